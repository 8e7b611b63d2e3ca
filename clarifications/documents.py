"""Texts that go out, drafted from templates. Nothing is invented: what is not known stands as a
mark 【待填：…】, and a text with such a mark is not submitted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from traceback import walk_tb

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import ChengqingError
from pipeline.model import Fact

OWN_TEMPLATES = Path(__file__).parent / "document_templates"
PLACEHOLDER = re.compile(r"【待填[^】]*】?|\{\{|\{%")
_DOCUMENT = re.compile(r"〔\d{4}〕\s*\d+\s*号|《[^》]{2,}》")


class TemplateError(ChengqingError):
    """A template cannot be used; the message names it and the line."""


@dataclass(frozen=True, slots=True)
class DocumentType:
    label: Promise
    template: str
    """File name; a file of that name in the agency's own folder comes first."""


DOCUMENT_TYPES: dict[str, DocumentType] = {
    "notice": DocumentType(gettext_lazy("澄清公告"), "notice.j2"),
    "rebuttal": DocumentType(gettext_lazy("辟谣声明"), "rebuttal.j2"),
    "statement": DocumentType(gettext_lazy("情况说明"), "statement.j2"),
}


@dataclass(frozen=True, slots=True)
class CitedClaim:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CitedFact:
    """`validity` says in words since when, or until when, it is in force."""

    id: str
    statement: str
    source: str
    validity: str


@dataclass(frozen=True, slots=True)
class CitedFinding:
    kind: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Material:
    """All that a template may use.

    `topic` is the title of what circulates, `where` names the sources. `refuted` is true when a
    claim is known to be false, `conflicts` when a finding contradicts a fact.
    """

    topic: str
    where: str
    claims: tuple[CitedClaim, ...]
    facts: tuple[CitedFact, ...]
    findings: tuple[CitedFinding, ...]
    refuted: bool
    conflicts: bool
    agency: str
    contact: str
    date: str


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    body: str


def render(kind: str, material: Material, own_folder: Path | None = None) -> Document:
    """The first line is the title, what follows is the body. Raises TemplateError."""
    if kind not in DOCUMENT_TYPES:
        known = "、".join(str(each.label) for each in DOCUMENT_TYPES.values())
        raise TemplateError(
            _("没有文种“{kind}”，可用的有：{known}。").format(kind=kind, known=known)
        )
    name = DOCUMENT_TYPES[kind].template
    folders = [own_folder, OWN_TEMPLATES] if own_folder else [OWN_TEMPLATES]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain text; escaped where it becomes HTML
    )
    values = {key: getattr(material, key) for key in Material.__slots__}
    template: Template | None = None
    try:
        template = environment.get_template(name)
        text = template.render(values)
    except Exception as error:  # noqa: BLE001 # whatever a template does, it gets one sentence
        raise _template_error(name, template, error) from None
    title, _newline, body = text.strip().partition("\n")
    return Document(title.strip(), re.sub(r"\n{3,}", "\n\n", body.strip()))


def problems(own_folder: Path) -> list[str]:
    """What is wrong with an agency's own templates, one sentence each; for a check beforehand."""
    fact = CitedFact("f", "事实", "文件", "有效")
    full = Material(
        "标题", "来源", (CitedClaim("c", "说法"),), (fact,),
        (CitedFinding("conflict", "0元", "200元"),), True, True, "单位", "电话", "日期",
    )  # fmt: skip
    found = []
    for kind in DOCUMENT_TYPES:
        try:
            render(kind, full, own_folder)
        except TemplateError as error:
            found.append(str(error))
    return found


def lacks(title: str, body: str, basis: Mapping[str, Sequence[Mapping[str, str]]]) -> list[str]:
    """What a text needs before it can be submitted, one sentence a lack.

    A basis is a fact of the fact base that the text cites (its statement or its document), or a
    document named in the text, as in 〔2025〕18号 or 《…》.
    """
    found = []
    if not title.strip():
        found.append(_("稿件没有标题。"))
    if not body.strip():
        found.append(_("稿件没有正文。"))
    for mark in dict.fromkeys(PLACEHOLDER.findall(f"{title}\n{body}")):
        found.append(_("稿件里还有未填写之处：{mark}。").format(mark=mark))
    cited = [
        fact.get(key, "") for fact in basis.get("facts", ()) for key in ("source", "statement")
    ]
    if not any(text and text in body for text in cited) and not _DOCUMENT.search(body):
        found.append(_("稿件没有写明核实依据，请写出依据的事实及文件名称或文号。"))
    return found


def cite(fact: Fact) -> CitedFact:
    return CitedFact(fact.id, fact.statement, fact.source, validity(fact))


def validity(fact: Fact) -> str:
    start, end = fact.effective_from, fact.effective_to
    if start and end:
        return _("{start}至{end}有效").format(start=chinese_date(start), end=chinese_date(end))
    if start:
        return _("自{start}起有效").format(start=chinese_date(start))
    if end:
        return _("有效期至{end}").format(end=chinese_date(end))
    return _("现行有效")


def chinese_date(day: date) -> str:
    """As official documents write it: 2026年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _template_error(name: str, template: Template | None, error: Exception) -> TemplateError:
    if isinstance(error, TemplateSyntaxError):
        where, line = error.filename or error.name or name, error.lineno
        return TemplateError(
            _("模板{where}第{line}行写法有误：{why}。").format(
                where=where, line=line, why=error.message
            )
        )
    where = (template.filename if template else None) or name
    frames = walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == where]
    if isinstance(error, TemplateNotFound):
        return TemplateError(_("找不到模板{name}。").format(name=error.name or name))
    if isinstance(error, UndefinedError):
        why = _("用了没有的变量（{detail}）")
    elif isinstance(error, SecurityError):
        why = _("用了不允许的内容（{detail}）")
    else:
        why = _("不能使用（{detail}）")
    detail = str(error).splitlines()[0] if str(error) else type(error).__name__
    sentence = _("模板{where}第{line}行{why}。") if lines else _("模板{where}{why}。")
    return TemplateError(
        sentence.format(where=where, line=lines[-1] if lines else 0, why=why.format(detail=detail))
    )
