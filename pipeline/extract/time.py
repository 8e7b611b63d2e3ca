"""When a page says it was published.

What a reader sees beside the headline wins over the page's metadata; metadata over scripts, and an
absolute time over a relative one. A date in the headline, in the text or in the site's foot is
never taken, nor is one read from the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from pipeline.extract.beside import time_beside
from pipeline.extract.moment import Moment, from_epoch, moments
from pipeline.extract.page import Block, Page
from pipeline.extract.prose import is_prose
from pipeline.extract.text import Content
from pipeline.extract.title import Headline, key
from pipeline.extract.wording import heads_other_box, is_foot

Precision = Literal["minute", "day"]

_LABELLED = re.compile(
    r"发布|发表|发文|时间|日期|来源|作者|编辑|记者|阅读|浏览|点击|首发|刊发|上传|提交|推送"
    r"|publish|posted|date\b|by\b|稿源|字号|字体",
    re.I,
)
_UPDATED = re.compile(r"更新|修改|修订|updated|modified", re.I)
_OTHER = re.compile(
    r"截[至止]|活动时间|报名|有效期|施行|实施日期|成文日期|生成日期|开会|会议时间|考试|访问"
    r"|打印时间|当前时间|今天是|现在是|今日是"
    r"|(?:来信|提问|咨询|受理|提交|写信)时间|注册时间|注册于|最后登录|版本|服务时间|工作时间|营业|回复于|最后回复|开始时间"
    r"|结束时间|活动日期|废止|失效",
)
_HINT = re.compile(r"[\d刚前昨今周]|ago\b|ester")
_YEAR = re.compile(r"(?:19|20)\d{2}|\d{2}-\d{2}-\d{2}")
_DAY_OF_MONTH = re.compile(r"\d\s*[-/月.]\s*\d|[a-z]{3} \d|\d [a-z]{3}", re.I)
_DATE_LABEL = re.compile(r"date|time|pub|info|source|meta|byline|msg|sub|detail|tip|ly\b|sj\b|from")
_META = frozenset(
    {
        "article:published_time", "pubdate", "publishdate", "publish-date", "apub:time",
        "datepublished", "og:release_date", "weibo: article:create_at", "firstpublishedtime",
        "date", "dateupdate", "og:published_time", "publish_time", "publishtime", "dc.date.issued",
        "createdate", "pub_date",
    }
)  # fmt: skip
_EDITION = re.compile(
    r"^(?:[\w（）()]{2,12}\s+)?(?:19"
    r"|20)\d{2}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?\s*[(（]?(?:星期"
    r"|周)[一二三四五六日天][)）]?$"
)
"""The date line of a newspaper's page."""
_SHEET = re.compile(r"第?\s*[A-Z]?\d{1,2}\s*版|[A-Z]\d{2}\s|\d{2}[:：]\S{2,6}$")
_FIRST_FLOOR = re.compile(r"(?:来自\S+\s+)?#?1\s*[楼#]\s*(?:19|20)\d{2}")
_NO_CLOCK = re.compile(r"[T -]00:00(?::00|$)|23:59:59")
"""What systems write when only the day was entered."""
_SCRIPT_VALUE = re.compile(
    r"(?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}"
    r"(?:[T ]\d{1,2}:\d{2}[0-9:.]*(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)|1(?:\d{12}|\d{9})(?!\d)"
)
_SCRIPT_KEY = re.compile(
    r"\b(?:datePublished|pubDate|pub_?time|publish_?time|publishTime|pubTime|publishDate|pub_date"
    r"|publish_at|publishedAt|create_?time|createTime|ori_create_time|ctime|ptime|releaseTime|ct)"
    r"[\"']?\s*[:=]\s*[\"']?$"
)


@dataclass(frozen=True, slots=True)
class Published:
    at: datetime
    precision: Precision
    block: int | None = None
    """Block that shows it; None when metadata or a script said it."""


@dataclass(frozen=True, slots=True)
class _Sight:
    score: float
    moment: Moment
    block: int
    relative: bool
    """Counted from another moment altogether, such as 昨天."""
    sure: bool
    """With year and clock."""


def find_time(
    page: Page,
    noisy: list[bool],
    headline: Headline,
    content: Content,
    zone: tzinfo,
    now: datetime | None,
) -> Published | None:
    """The publication time, in `zone` or with the offset that the page writes."""
    sights = _sights(page, noisy, headline, content, zone, now)
    if sights and sights[0].sure:
        return Published(sights[0].moment.at, "minute", sights[0].block)
    hidden = _declared(page, zone)
    if not hidden or hidden[0].precision == "day":
        beside = _read(time_beside(page.html, headline.text), zone)
        exact = any(moment.precision == "minute" for moment in beside)
        hidden += beside if exact else beside + _scripted(page, zone)
    if hidden:
        clock = hidden[0].at + timedelta(days=31)
        dated = _sights(page, noisy, headline, content, zone, clock)
        shown = next((s for s in dated if not s.relative), None)
        if shown:
            return _refined(shown.moment, shown.block, hidden)
        return _refined(hidden[0], None, hidden)
    if not sights:
        return None
    return Published(sights[0].moment.at, sights[0].moment.precision, sights[0].block)


def _refined(moment: Moment, block: int | None, others: list[Moment]) -> Published:
    """A bare date is made exact by metadata of the same day."""
    if moment.precision == "day":
        for other in others:
            local = other.at.astimezone(moment.at.tzinfo)
            if other.precision == "minute" and local.date() == moment.at.date():
                return Published(local, "minute", block)
    return Published(moment.at, moment.precision, block)


def _sights(
    page: Page,
    noisy: list[bool],
    headline: Headline,
    content: Content,
    zone: tzinfo,
    clock: datetime | None,
) -> list[_Sight]:
    """Times that the page shows where a byline may stand, best first.

    `clock` is the moment from which times without a year are counted.
    """
    title = headline.block
    text = set(content.blocks)
    first = content.blocks[0] if content.blocks else len(page.blocks)
    last = content.blocks[-1] if content.blocks else len(page.blocks)
    anchor = title if title is not None else max(first - 1, 0)
    spelling = key(headline.text)
    found: list[_Sight] = []
    for index in range(max(0, anchor - 60), min(len(page.blocks), last + 30)):
        block = page.blocks[index]
        if index > last and heads_other_box(block.text):
            break
        if block.size > 300 or index == title or not _may_hold_time(block.text):
            continue
        if spelling and block.size < len(spelling) + 12 and spelling in key(block.text):
            continue
        if index in text and (is_prose(block) or first < index < last):
            continue
        line = block.spaced
        if len(line) < 30 and index + 1 < len(page.blocks):
            line = _with_neighbours(page, index, line)
        place = _place(page, noisy, index, anchor, first, last)
        label = _label_before(page, index)
        for moment in moments(line, zone, clock):
            score = place + _wording(line, moment, label)
            if score >= 2.0:
                expression = line[moment.start : moment.end]
                sure = moment.precision == "minute" and _YEAR.search(expression) is not None
                relative = _DAY_OF_MONTH.search(expression) is None
                found.append(_Sight(score, moment, index, relative, sure))
    return sorted(found, key=lambda s: (-s.score, s.block))


def _may_hold_time(text: str) -> bool:
    return _HINT.search(text) is not None


def _with_neighbours(page: Page, index: int, line: str) -> str:
    """Year, day and clock sometimes stand in boxes of their own."""
    for block in page.blocks[index + 1 : index + 3]:
        if block.size > 12 or not block.text[0].isdigit():
            break
        line += " " + block.text
    return line


def _place(
    page: Page, noisy: list[bool], index: int, anchor: int, first: int, last: int
) -> float:  # fmt: skip
    """How likely a byline stands at that block."""
    block = page.blocks[index]
    chain = [page.elements[e] for e in list(page.ancestors(block.element))[:2]]
    score = 1.0 if any(_DATE_LABEL.search(e.label) for e in chain) else 0.0
    if anchor < index < first:
        score += 4.0 - min(2.0, 0.1 * (index - anchor))
    elif index <= anchor:
        score += 1.0 - min(3.0, 0.1 * (anchor - index))
        if any(_EDITION.match(piece) for piece in block.pieces):
            score = 3.0 if _is_newspaper(page) else score + 2.0
    elif index > last:
        score += 1.0 - 0.1 * (index - last)
    else:
        score += 0.5
    if block.linked > 0.5 * block.size and not (block.size < 25 and block.text[0].isdigit()):
        score -= 3.0
    if (
        noisy[block.element]
        and not anchor < index < first
        and not _is_first_floor(block, index, last)
    ):
        score -= 3.0
    if is_foot(block.text):
        score -= 6.0
    if chain[0].hidden:
        score -= 1.0
    above = page.blocks[index - 1]
    if index > last and above.size > 6 and above.linked > 0.8 * above.size:
        score -= 3.0
    return score


def _is_first_floor(block: Block, index: int, last: int) -> bool:
    """The line right behind a thread's opening post that numbers and dates it."""
    return last < index <= last + 2 and _FIRST_FLOOR.match(block.spaced) is not None


def _is_newspaper(page: Page) -> bool:
    """Whether it lists the pages of a newspaper, and so shows the day of the edition on top."""
    return sum(_SHEET.match(block.text) is not None for block in page.blocks[:80]) >= 3


def _label_before(page: Page, index: int) -> str:
    """The words of a table cell or box that names what stands in the next one: 发布日期："""
    block = page.blocks[index - 1] if index else None
    named = block and block.size <= 10 and not any(char.isdigit() for char in block.text)
    return block.text if block and named else ""


def _wording(line: str, moment: Moment, label: str) -> float:
    """How the words around a time speak for its being the publication's."""
    before = (label + line[: moment.start])[-12:]
    rest = len(line) - (moment.end - moment.start)
    score = 1.0 if moment.precision == "minute" else 0.0
    if _OTHER.search(before):
        score -= 5.0
    elif _UPDATED.search(before):
        score -= 2.0
    elif re.search(r"(发布|发表|刊发|首发|发文|答复|回复时间|publish|posted).{0,8}$", before, re.I):
        score += 3.0
    elif _LABELLED.search(line):
        score += 1.5
    elif rest < 14:
        score += 1.0
    if rest > 60:
        score -= 2.0
    if re.search(r"[。！？]", line):
        score -= 2.0
    return score


def _declared(page: Page, zone: tzinfo) -> list[Moment]:
    """Times in the page's metadata, those with a clock first."""
    found = _read(page.described.time, zone)
    for value in page.named(_META):
        found += _read(value, zone)
    for value in page.times:
        found += _read(value, zone)
    return sorted(found, key=lambda m: m.precision == "day")


def _scripted(page: Page, zone: tzinfo) -> list[Moment]:
    """Times that scripts name as the publication's, JSON-LD included.

    The least nested come first: those of other articles stand in lists.
    """
    found: list[tuple[int, int, Moment]] = []
    script = counted = depth = 0
    for match in _SCRIPT_VALUE.finditer(page.html):
        at = match.start()
        if not _SCRIPT_KEY.search(page.html[max(0, at - 32) : at]):
            continue
        start = max(page.html.rfind("<script", counted, at), script)
        if start > script:
            script, counted, depth = start, start, 0
        before = page.html[counted:at]
        depth += sum(before.count(c) for c in "{[") - sum(before.count(c) for c in "}]")
        counted = at
        found += [(depth, len(found), moment) for moment in _read(match[0], zone)]
        if len(found) >= 20:
            break
    return [moment for _, _, moment in sorted(found, key=lambda f: f[:2])]


def _read(value: str, zone: tzinfo) -> list[Moment]:
    value = value.strip()
    if value.isdigit() and len(value) in (10, 13):
        at = from_epoch(int(value), zone)
        return [Moment(at, "minute", 0, len(value))] if at else []
    found = moments(value[:60], zone, None, compact=True)[:1]
    if found and found[0].precision == "minute" and _NO_CLOCK.search(value):
        moment = found[0]
        return [Moment(moment.at.replace(hour=0, minute=0), "day", moment.start, moment.end)]
    return found
