from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clarifications.documents import (
    DOCUMENT_TYPES,
    CitedClaim,
    CitedFinding,
    Material,
    TemplateError,
    cite,
    lacks,
    problems,
    render,
)
from clarifications.material import in_force
from pipeline.model import Fact

FACT = Fact(
    "fee", "自2025年1月1日起免收工本费。", source="临市监发〔2024〕18号",
    effective_from=date(2025, 1, 1),
)  # fmt: skip
FULL = Material(
    topic="网传注册公司收费",
    where="临江论坛",
    claims=(CitedClaim("c", "网传注册公司要交200元工本费"),),
    facts=(cite(FACT),),
    findings=(CitedFinding("conflict", "0元", "200元"),),
    refuted=True,
    conflicts=True,
    agency="临江市市场监督管理局",
    contact="12315",
    date="2026年3月5日",
)
BARE = replace(FULL, claims=(), facts=(), findings=(), refuted=False, conflicts=False, contact="")


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
def test_every_document_has_its_elements(kind: str) -> None:
    made = render(kind, FULL)
    assert "网传注册公司收费" in made.title
    for element in (
        "网传注册公司要交200元工本费", FACT.statement, FACT.source, "自2025年1月1日起有效",
        "12315", "临江市市场监督管理局\n2026年3月5日",
    ):  # fmt: skip
        assert element in made.body


@pytest.mark.parametrize("kind", ["notice", "rebuttal"])
def test_with_fact_and_claim_nothing_is_left_to_fill_in(kind: str) -> None:
    made = render(kind, FULL)
    basis = {"facts": [{"id": "fee", "statement": FACT.statement, "source": FACT.source}]}
    assert lacks(made.title, made.body, basis) == []


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
def test_what_is_not_known_is_marked_and_no_verdict_is_made_up(kind: str) -> None:
    made = render(kind, BARE)
    assert "【待填：核实结果及依据】" in made.body
    for invented in ("不属实", "与事实不符", "有效）"):
        assert invented not in made.body
    assert any("【待填：联系方式】" in lack for lack in lacks(made.title, made.body, {}))


def test_an_outdated_and_an_omitted_part_are_named_as_such() -> None:
    findings = (CitedFinding("outdated", "3日", "5日"), CitedFinding("omission", "全市", ""))
    body = render("notice", replace(FULL, findings=findings)).body
    assert "“5日”系已失效的旧规定" in body
    assert "没有说明“全市”" in body


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("标题\n{{ nope }}", "第2行用了没有的变量"),
        ("标题\n\n{{ agency.nope }}", "第3行用了没有的变量"),
        ("标题\n{{ ''.__class__.__mro__ }}", "第2行用了不允许的内容"),
        ("标题\n{{ claims.append(1) }}", "第2行用了"),
        ("标题\n{% if %}", "第2行写法有误"),
        ("标题\n{{ 1 / 0 }}", "第2行不能使用"),
        ("{% for i in range(1000000000) %}a{% endfor %}", "第1行不能使用"),
        ("{% include 'other.j2' %}", "找不到模板other.j2"),
        ("{% include '../../secret' %}", "找不到模板"),
    ],
)
def test_a_bad_template_is_one_sentence_with_name_and_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "notice.j2").write_text(text, "utf-8")
    with pytest.raises(TemplateError) as raised:
        render("notice", FULL, tmp_path)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert problems(tmp_path) == [str(raised.value)]


def test_a_template_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notice.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match=r"模板notice\.j2不能使用"):
        render("notice", FULL, tmp_path)


def test_the_agencys_own_template_comes_first_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "notice.j2").write_text("我局公告\n\n{{ agency }}", "utf-8")
    assert render("notice", FULL, tmp_path).title == "我局公告"
    assert render("rebuttal", FULL, tmp_path) == render("rebuttal", FULL)


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(TemplateError, match="澄清公告、辟谣声明、情况说明"):
        render("poem", FULL)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, "现行有效"),
        (date(2025, 1, 1), None, "自2025年1月1日起有效"),
        (None, date(2025, 12, 31), "有效期至2025年12月31日"),
        (date(2025, 1, 1), date(2025, 12, 31), "2025年1月1日至2025年12月31日有效"),
    ],
)
def test_validity_in_words(start: date | None, end: date | None, words: str) -> None:
    assert cite(replace(FACT, effective_from=start, effective_to=end)).validity == words


def test_the_fact_in_force_follows_its_successors() -> None:
    today = date(2026, 3, 5)
    first = Fact("a", "旧", effective_to=date(2024, 12, 31))
    second = Fact("b", "现", effective_from=date(2025, 1, 1), supersedes="a")
    third = Fact("c", "将来", effective_from=date(2027, 1, 1), supersedes="b")
    facts = {each.id: each for each in (first, second, third)}
    assert in_force(first, facts, today) == second
    circle = {"a": replace(first, supersedes="b"), "b": second}
    assert in_force(circle["a"], circle, today).id in circle
