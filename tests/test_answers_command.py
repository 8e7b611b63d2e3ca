"""`chengqing store answers`, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.stores import open_store
from tests.builders import mention
from tests.command import ROOT, chengqing, configure

CLAIMS = "- {id: bridge, text: 青云桥下周封闭施工, verdict: false}\n"
FACTS = (
    "- {id: toll, statement: 青云桥不收过桥费。, subjects: [青云桥], source: 临交发〔2025〕4号}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = configure(tmp_path / "agency", "http://127.0.0.1:9")
    (made / "claims.yaml").write_text(CLAIMS, "utf-8")
    (made / "facts.yaml").write_text(FACTS, "utf-8")
    return made


def found(data: Path, text: str) -> set[str]:
    with closing(open_store(f"sqlite:///{data}/mentions.db")) as store:
        return {each.key for each in store.answers.find(text)}


def test_the_copy_is_made_anew(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert chengqing(folder, data, "store", "answers") == (0, [{"claims": 1, "facts": 1}])
    assert found(data, "青云桥") == {"claim:bridge", "fact:toll"}
    assert found(data, "临交发 4号") == {"fact:toll"}
    (folder / "claims.yaml").unlink()
    assert chengqing(folder, data, "store", "answers") == (0, [{"claims": 0, "facts": 1}])
    assert found(data, "青云桥") == {"fact:toll"}


def test_search_gives_mentions_only(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with closing(open_store(f"sqlite:///{data}/mentions.db")) as store:
        store.put([mention("a", text="青云桥今天堵车")])
    chengqing(folder, data, "store", "answers")
    status, lines = chengqing(folder, data, "search", "青云桥")
    assert status == 0
    assert [line["id"] for line in lines if isinstance(line, dict)] == ["a"]


def test_a_dead_store_is_one_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHENGQING_MENTIONS", "elasticsearch+http://127.0.0.1:9/x")
    monkeypatch.setenv("CHENGQING_CONFIG", str(folder))
    monkeypatch.setenv("CHENGQING_DATA", str(tmp_path / "data"))
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", "store", "answers"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("http://127.0.0.1:9: no answer")
    assert len(done.stderr.splitlines()) == 1
