"""The command line as a contract: fields, statuses, one sentence for each mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ROOT
from tests.site import STORIES, article

RULES = "- {id: fee, level: III, all: [[市场监管局, 工商局], 工本费], none: [招聘]}\n"


def run(tmp_path: Path, *arguments: str, stdin: str | bytes = "") -> tuple[int, str, str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "config.cli", *arguments],
        input=data,
        capture_output=True,
        cwd=ROOT,
        timeout=120,
        env={**os.environ, "CHENGQING_DATA": str(tmp_path / "data")},
    )
    err = done.stderr.decode()
    assert "Traceback" not in err, err
    return done.returncode, done.stdout.decode(), err


def lines(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_extract_files_and_stdin(tmp_path: Path) -> None:
    title, text = STORIES["market"]
    page = tmp_path / "market.html"
    page.write_text(article(title, text, minute=7), "utf-8")
    (tmp_path / "empty.html").write_text("<html><body><p>404</p></body></html>")
    status, out, _ = run(tmp_path, "extract", str(page), str(tmp_path / "empty.html"))
    assert status == 0
    first, second = lines(out)
    assert list(first) == [
        *("file", "url", "title", "text", "published_at", "author", "source", "language"),
    ]
    assert (first["title"], first["text"]) == (title, text)
    assert first["published_at"] == "2026-03-05T08:07+08:00"
    assert (first["source"], first["language"]) == ("临江日报", "zh")
    assert (second["title"], second["text"], second["published_at"]) == ("", "", None)
    status, out, _ = run(tmp_path, "extract", stdin=page.read_bytes())
    assert [line["file"] for line in lines(out)] == ["-"]


def test_extract_says_what_it_cannot_read(tmp_path: Path) -> None:
    status, out, err = run(tmp_path, "extract", str(tmp_path / "missing.html"))
    assert (status, out) == (2, "")
    assert "missing.html: cannot be read" in err
    status, _, err = run(tmp_path, "extract", "a.html", "b.html", "--url", "http://x.example/")
    assert status == 2
    assert "--url goes with one input only" in err


def test_match(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES, "utf-8")
    texts = [
        {"id": "a", "title": "工商局收工本费", "text": "听说了吗"},
        {"id": "b", "title": "招聘", "text": "工商局 工本费"},
        {
            "id": 3,
            "text": "市场监管局说不收工本费",
            "source": "forum",
            "published_at": "2026-03-05",
        },
    ]
    stdin = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in texts)
    status, out, _ = run(tmp_path, "match", "--rules", str(rules), stdin=stdin)
    assert status == 0
    assert lines(out) == [
        {
            "id": "a",
            "rule": "fee",
            "level": "III",
            "spans": [[0, 3, "工商局", "title"], [4, 7, "工本费", "title"]],
        },
        {
            "id": "3",
            "rule": "fee",
            "level": "III",
            "spans": [[0, 5, "市场监管局", "text"], [8, 11, "工本费", "text"]],
        },
    ]


def test_a_bad_line_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    good = json.dumps({"id": "a", "text": "今日城东停水通告，请居民提前储水备用。"})
    bad = ["{", "[]", '{"id": "b"}', '{"id": "c", "text": 3}']
    stdin = "\n".join([good, *bad, good.replace('"a"', '"d"')]) + "\n"
    status, out, err = run(tmp_path, "duplicates", stdin=stdin.encode() + b"\xff\n")
    assert status == 2
    assert [(line["id"], line["of"]) for line in lines(out)] == [("a", None), ("d", "a")]
    for number in (2, 3, 4, 5, 7):
        assert f"line {number}: " in err
    assert "5 lines were passed over" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("collect", "--source", "nowhere"), "there is no source “nowhere”"),
        (("search", "x", "--since", "yesterday"), "is no ISO 8601 time"),
        (
            (
                "search",
                "(((",
            ),
            "“(((”里没有可查的词",
        ),
        (("search", "x", "--source", "nope"), "there is no source “nope”; known are "),
        (("alerts", "--level", "V"), "“V” is no level"),
        (("digest", "--week", "2026-W99"), "2026-W99"),
        (("digest", "--week", "2026-W10", "--format", "pdf"), "only html is"),
        (("match", "--rules", "nowhere.yaml"), "nowhere.yaml: the file cannot be read"),
        (("search", "x", "--config", "nowhere"), "no such configuration folder"),
        (("collect", "--nope"), "No such option"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    arguments: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    status, out, err = run(tmp_path, *arguments)
    assert (status, out) == (2, "")
    assert sentence in err


def test_a_terminal_is_told_that_nothing_was_found(tmp_path: Path) -> None:
    environment = {**os.environ, "CHENGQING_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "config.cli", "search", "查无此词"]
    master, terminal = os.openpty()
    with os.fdopen(master, "rb", buffering=0) as screen:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=terminal, env=environment, cwd=ROOT,
            timeout=120,
        )  # fmt: skip
        os.close(terminal)
        assert (done.returncode, done.stdout) == (0, b"")
        assert "没有找到" in screen.read(4096).decode()
    assert run(tmp_path, "search", "查无此词")[2] == "", "a program sees it from the output"


def test_doctor_names_every_mistake(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "rules.yaml").write_text("- {id: r, level: V, any: [甲]}\n- {id: s, levl: I}\n")
    status, out, _ = run(tmp_path, "doctor", "--config", str(folder), "--json")
    assert status == 1
    messages = [str(line["message"]) for line in lines(out)]
    assert any(message.startswith("rules.yaml:1: level") for message in messages)
    assert any("“levl” is not known; did you mean “level”?" in message for message in messages)


def test_a_store_that_is_gone_is_one_sentence_and_status_1(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "settings.yaml").write_text("mentions: elasticsearch+http://127.0.0.1:9/gone\n")
    status, _, err = run(tmp_path, "search", "x", "--config", str(folder))
    assert status == 1
    assert "127.0.0.1:9" in err


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, out, err = run(tmp_path, "up", "--port", port)
    assert (status, out) == (1, "")
    assert f"port {port} is taken" in err


def test_a_second_one_on_the_same_folder_is_one_sentence(tmp_path: Path) -> None:
    import socket

    from config.locks import locked

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with locked(tmp_path / "data" / "schedule.lock"):
        status, out, err = run(tmp_path, "up", "--port", port)
    assert (status, out) == (1, "")
    assert "another chengqing is running on" in err


@pytest.mark.parametrize("port", ["abc", "80000", "0"])
def test_a_port_that_is_none_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("CHENGQING_PORT", port)
    status, out, err = run(tmp_path, "up")
    assert (status, out) == (2, "")
    assert f"“{port}” is no port" in err
