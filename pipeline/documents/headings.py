"""Headings of tables as hotlines, petitions and press reviews write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS: dict[str, str] = {
    "id": (
        "工单编号 工单号 诉求编号 受理编号 登记编号 投诉编号 举报编号 来信编号 信访编号 "
        "信件编号 业务编号 流水号 受理单号 投诉单号 单号 编号 工单id id"
    ),
    "title": (
        "诉求标题 工单标题 信件标题 来信标题 新闻标题 文章标题 节目标题 标题 主题 "
        "诉求主题 题名 题目 事项名称 事由 title subject"
    ),
    "text": (
        "诉求内容 工单内容 反映内容 投诉内容 举报内容 来电内容 信件内容 来信内容 "
        "短信内容 留言内容 问题描述 诉求描述 事项描述 投诉问题 主要内容 内容 正文 全文 "
        "原文 文本 内容摘要 摘要 描述 content text body message"
    ),
    "time": (
        "诉求时间 来电时间 受理时间 登记时间 投诉时间 举报时间 来信时间 留言时间 "
        "接收时间 收到时间 发送时间 提交时间 创建时间 发布时间 发表时间 播出时间 "
        "刊发时间 见报时间 反映时间 建单时间 时间 受理日期 来信日期 登记日期 投诉日期 "
        "发布日期 播出日期 见报日期 刊发日期 日期 time date published_at"
    ),
    "origin": (
        "诉求来源 受理渠道 来源渠道 信息来源 媒体名称 媒体 来源 渠道 频道 栏目 报纸 "
        "报刊 节目 平台 source channel"
    ),
    "url": "原文链接 文章链接 链接地址 网页地址 网址 链接 地址 url link",
    "author": "作者 记者 发布者 发布人 发帖人 账号 账号名称 author",
    "person": (
        "诉求人 来电人 投诉人 举报人 反映人 来信人 信访人 市民姓名 联系人 姓名 "
        "联系人姓名 诉求人姓名 来电人姓名"
    ),
    "about": (
        "被投诉单位 被投诉对象 被举报单位 被举报对象 被反映单位 涉及单位 涉及企业 "
        "企业名称 被诉单位 商家名称 经营者名称"
    ),
}
"""By field, best first. Phones, addresses, identity numbers and what nobody names stay out."""
_PLACES = {
    word: (field, place)
    for field, words in _WORDS.items()
    for place, word in enumerate(words.split())
}
_ENDING = 4
_LONGEST = 30
"""Characters: what is longer heads no column, and to try all its endings would take hours."""
FIELDS = tuple(_WORDS)
HEAD_ROWS = 20
"""So far down a sheet its headings may stand."""


@dataclass(frozen=True, slots=True)
class Head:
    """Row of the headings (0-based), and the column of each field that was found."""

    row: int
    columns: dict[str, int]
    labels: tuple[str, ...]


def normalised(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", text)
    return re.sub(r"[\s:*、·]+", "", text)


def find_head(rows: Sequence[Sequence[object]], fields: Sequence[tuple[str, str]]) -> Head | None:
    """The row with the most headings that are understood; None when none names what to read.

    Cells merged over two rows leave the lower one empty: there the heading above counts.
    """
    own = {normalised(heading): field for field, heading in fields}
    best: Head | None = None
    above: tuple[str, ...] = ()
    for number, row in enumerate(rows[:HEAD_ROWS]):
        labels = tuple(str(cell) if isinstance(cell, str) else "" for cell in row)
        filled = tuple(
            label or (above[column] if column < len(above) else "")
            for column, label in enumerate(labels)
        )
        columns = _columns(filled, own)
        if ("text" in columns or "title" in columns) and (
            best is None or len(columns) > len(best.columns)
        ):
            lower = tuple(label for label in labels if label)
            if any(_meaning(normalised(label), own)[0] for label in lower):
                best = Head(number, columns, filled)
        above = filled
    return best


def _meaning(word: str, own: dict[str, str]) -> tuple[str, int]:
    """Field of a heading, and how good a name for it the heading is; the least is the best.

    What ends in a known heading of some length (市民诉求内容) is a worse one for the same.
    """
    if word in own:
        return own[word], -1
    if word in _PLACES:
        return _PLACES[word]
    if len(word) > _LONGEST:
        return "", 0
    endings = (word[start:] for start in range(1, len(word) - _ENDING + 1))
    known = next((_PLACES[each] for each in endings if each in _PLACES), None)
    return (known[0], known[1] + len(_PLACES)) if known else ("", 0)


def _columns(labels: Sequence[str], own: dict[str, str]) -> dict[str, int]:
    found: dict[str, tuple[int, int]] = {}
    for column, label in enumerate(labels):
        field, place = _meaning(normalised(label), own)
        if field and (field not in found or place < found[field][0]):
            found[field] = (place, column)
    return {field: column for field, (_, column) in found.items()}
