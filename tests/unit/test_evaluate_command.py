"""`chengqing evaluate extract`: labelled pages → figures, one sentence for each mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from config.cli import app
from pipeline.errors import BadInputError
from pipeline.evaluation.extractors import EXTRACTORS, Extractor

TITLE, TEXT = (
    "城东停水通知",
    "受管网改造影响，城东片区今晚停水。\n恢复时间为次日六点，请居民提前储水。",
)


def page(folder: Path, name: str) -> None:
    lines = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    folder.joinpath(name).write_text(
        f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
        f"<p>2026-03-05 08:30 来源：临江日报</p><div>{lines}</div></body></html>",
        "utf-8",
    )


def label(**changes: object) -> str:
    fields = {
        "file": "pages/a.html",
        "title": TITLE,
        "text": TEXT,
        "published_at": "2026-03-05T08:30+08:00",
        "source": "临江日报",
    }
    return json.dumps({**fields, **changes}, ensure_ascii=False)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    page(tmp_path / "pages", "a.html")
    (tmp_path / "pages" / "empty.html").write_text("<html><body><p>404</p></body></html>")
    return tmp_path / "gold.jsonl"


def evaluate(gold: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", "extract", str(gold), *options])


def test_figures_of_each_extractor(gold: Path) -> None:
    nothing = label(file="pages/empty.html", title="", text="", published_at=None, source=None)
    gold.write_text(f"{label()}\n\n{nothing}\n", "utf-8")
    done = evaluate(gold, "--json")
    assert done.exit_code == 0
    rows = {row["extractor"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert list(rows) == ["chengqing", "trafilatura", "gne", "newspaper4k", "resiliparse"]
    ours = rows["chengqing"]
    assert ours.pop("pages_per_second") > 0
    figures = {"pages": 2, "title": 1.0, "time": 1.0, "f1_mean": 1.0, "f1_min": 1.0, "f1_low": 0}
    judged = {"author": None, "source": 1.0}
    assert ours == {"extractor": "chengqing", "installed": True, **figures, **judged}
    assert rows["trafilatura"]["installed"]


def test_a_table_says_what_is_not_installed(gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Extractor:
        raise ImportError

    monkeypatch.setitem(EXTRACTORS, "gne", missing)
    gold.write_text(label(), "utf-8")
    done = evaluate(gold)
    assert done.exit_code == 0
    assert "1 page" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "gne" in line]
    assert line.startswith("Not installed: gne")
    assert "100.0%" in next(line for line in done.stdout.splitlines() if "chengqing" in line)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "line 2: not a JSON object"),
        ("[]", "line 2: not a JSON object"),
        (label(title=None), "line 2: the field “title” must be text"),
        (label(author=3), "line 2: the field “author” must be text or null"),
        (label(published_at="yesterday"), "line 2: “yesterday” is no ISO 8601 time"),
        (label(file="pages/b.html"), "line 2: pages/b.html cannot be read"),
    ],
)
def test_a_bad_line_is_named_and_the_others_go_on(gold: Path, line: str, sentence: str) -> None:
    gold.write_text(f"{label()}\n{line}\n", "utf-8")
    done = evaluate(gold, "--json")
    assert isinstance(done.exception, BadInputError)
    assert sentence in done.stderr
    assert json.loads(done.stdout.splitlines()[0])["pages"] == 1


def test_no_file_and_no_label(tmp_path: Path) -> None:
    done = evaluate(tmp_path / "gold.jsonl")
    assert "cannot be read" in str(done.exception)
    (tmp_path / "gold.jsonl").write_text("\n")
    done = evaluate(tmp_path / "gold.jsonl")
    assert "no labelled page" in str(done.exception)
