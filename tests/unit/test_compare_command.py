"""`chengqing compare` and `chengqing evaluate compare`: fields, statuses, one sentence a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from config.cli import app
from pipeline.errors import BadInputError

FACTS = """\
- id: fee-2026
  statement: 自2026年1月1日起，全市企业开办免收工本费。
  effective_from: 2026-01-01
  supersedes: fee-2024
  subjects: [企业开办, 注册公司]
  elements:
    - {id: fee, kind: amount, value: 0元, cues: [工本费]}
    - {id: scope, kind: phrase, value: 全市, required: true}
- id: fee-2024
  statement: 企业开办工本费50元。
  effective_from: 2024-01-01
  effective_to: 2025-12-31
  subjects: [企业开办, 注册公司]
  elements:
    - {id: fee, kind: amount, value: 50元, cues: [工本费]}
- id: night-market
  statement: 夜市22:30收摊。
  subjects: [夜市]
  elements:
    - {id: close, kind: date, value: 22:30, cues: [收摊]}
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, "utf-8")
    return path


def compare(facts: Path, *texts: dict[str, Any] | str, now: str = "2026-03-05") -> Result:
    lines = [text if isinstance(text, str) else json.dumps(text) for text in texts]
    arguments = ["compare", "--facts", str(facts), "--now", now]
    return CliRunner().invoke(app, arguments, input="\n".join(lines))


def findings(result: Result) -> list[list[dict[str, Any]]]:
    return [json.loads(line)["findings"] for line in result.stdout.splitlines()]


def test_a_line_of_findings_for_each_text(facts: Path) -> None:
    done = compare(
        facts, {"id": "a", "text": "注册公司要交工本费２００元。"}, {"id": 7, "text": "无关"}
    )
    assert done.exit_code == 0
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["id"] == "a"
    conflict, omission = first["findings"]
    assert conflict == {
        "fact": "fee-2026",
        "kind": "conflict",
        "element": "fee",
        "expected": "0元",
        "found": "２００元",
        "span": [9, 13],
    }
    assert omission["kind"] == "omission"
    assert (omission["found"], omission["span"]) == (None, None)
    assert second == {"id": "7", "findings": []}


def test_the_day_decides_which_facts_hold(facts: Path) -> None:
    text = "全市注册公司的工本费是50元。"
    then = {"id": "then", "text": text, "published_at": "2025-06-01T08:00+08:00"}
    now = {"id": "now", "text": text}
    old, new = findings(compare(facts, then, now))
    assert [each["kind"] for each in old] == ["consistent"]
    assert [(each["fact"], each["kind"]) for each in new] == [
        ("fee-2024", "outdated"),
        ("fee-2026", "consistent"),
    ]
    [before] = findings(compare(facts, {"id": "x", "text": text}, now="2025-06-01"))
    assert [each["kind"] for each in before] == ["consistent"]


def test_a_time_of_day_may_be_written_plainly_in_yaml(facts: Path) -> None:
    [found] = findings(compare(facts, {"id": "x", "text": "夜市晚上十点就收摊了。"}))
    assert [(each["kind"], each["expected"]) for each in found] == [("conflict", "22:30")]


def test_bad_lines_are_named_and_the_others_go_on(facts: Path) -> None:
    good = {"id": "a", "text": "注册公司"}
    done = compare(facts, "nonsense", {**good, "published_at": "soon"}, good)
    assert done.stdout.splitlines() == ['{"id": "a", "findings": []}']
    assert "line 1: not a JSON object" in done.stderr
    assert "id a: “soon” is no ISO 8601 time" in done.stderr
    assert isinstance(done.exception, BadInputError)


def test_a_bad_time_of_now(facts: Path) -> None:
    done = compare(facts, now="today")
    assert str(done.exception).startswith("--now: “today” is no ISO 8601 time")


def label(text: str, *labels: tuple[str, str, str]) -> str:
    found = [{"fact": f, "kind": k, "element": e} for f, k, e in labels]
    return json.dumps({"id": text[:4], "text": text, "findings": found}, ensure_ascii=False)


def evaluate(facts: Path, lines: list[str], *options: str) -> Result:
    gold = facts.with_name("gold.jsonl")
    gold.write_text("\n".join(lines), "utf-8")
    arguments = ["evaluate", "compare", str(gold), "--facts", str(facts), "--now", "2026-03-05"]
    return CliRunner().invoke(app, [*arguments, *options])


LABELLED = [
    label("全市注册公司工本费200元。", ("fee-2026", "conflict", "fee"), ("fee-2026", "consistent", "scope")),
    label("夜市十点收摊。", ("night-market", "consistent", "close")),
    label("天气很好。"),
]  # fmt: skip


def test_figures_for_each_kind(facts: Path) -> None:
    done = evaluate(facts, LABELLED, "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    rows = {row["group"]: row for row in found["kinds"]}
    assert rows["conflict"] == {
        "group": "conflict",
        "expected": 1,
        "found": 2,
        "right": 1,
        "precision": 0.5,
        "recall": 1.0,
        "f1": 0.6667,
    }
    assert rows["consistent"]["recall"] == 0.5
    assert rows["outdated"]["precision"] is None
    assert [row["group"] for row in found["conflicts"]] == ["amount", "date"]
    assert (found["texts"], found["silent"], found["falsely_alarmed"]) == (3, 2, 1)


def test_the_table(facts: Path) -> None:
    done = evaluate(facts, LABELLED)
    assert "conflict, amount" in done.stdout
    assert "Falsely alarmed: 1 of 2 texts without alarm." in done.stdout


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", "not a JSON object"),
        ('{"id": "a", "findings": []}', "the field “text” is missing"),
        ('{"id": "a", "text": "x"}', "the field “findings” must be a list of objects"),
        (label("x", ("fee-2026", "wrong", "fee")), "a finding's kind must be one of conflict"),
        (label("x", ("fee-2026", "conflict", "x")), "the facts have no element “x” of a fact"),
    ],
)
def test_labels_that_cannot_be_used(facts: Path, line: str, message: str) -> None:
    done = evaluate(facts, [line, *LABELLED])
    assert f"line 1: {message}" in done.stderr
    assert "1 line was passed over" in str(done.exception)


def test_nothing_to_judge(facts: Path) -> None:
    done = evaluate(facts, [""])
    assert "no labelled text" in str(done.exception)
