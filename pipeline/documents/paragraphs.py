"""Lines as they stand on paper or on a screen → paragraphs, title and dateline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.extract.moment import moments

TITLE_LENGTH = 60
_END = re.compile(r"[。！？!?；;：:”」』）)…]$")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
_PAGE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–·\s]*"
)
_SENTENCE = re.compile(r"^.{4,}?[。！？!?\n]", re.S)
_NOT_DATELINE = 12
"""Letters beside the date that a dateline may have (发布时间, a place, a paper's name)."""


def join(first: str, second: str) -> str:
    """Two pieces of one sentence: Chinese meets without a space."""
    if not first or not second:
        return first + second
    glued = _CJK.match(first[-1]) or _CJK.match(second[0])
    return f"{first}{second}" if glued else f"{first} {second}"


def joined(lines: Sequence[str]) -> list[str]:
    """Paragraphs of text set in lines: one goes on until a line ends early or at a blank line.

    Page numbers standing alone are left out.
    """
    widths = sorted(_width(line) for line in lines if line.strip())
    full = widths[int(0.9 * (len(widths) - 1))] if widths else 0
    found: list[str] = []
    going_on = False
    for line in lines:
        text = line.strip()
        if not text or _PAGE_NUMBER.fullmatch(text):
            going_on = going_on and text != ""
            continue
        indented = len(line) - len(line.lstrip()) >= 2 or line.startswith("\u3000")
        if going_on and not indented:
            found[-1] = join(found[-1], text)
        else:
            found.append(text)
        width = _width(text)
        going_on = width >= 0.8 * full if _END.search(text) is None else width >= 0.95 * full
    return found


def _width(line: str) -> int:
    text = line.strip()
    return len(text) + len(_CJK.findall(text))


def headed(paragraphs: Sequence[str]) -> tuple[str, str]:
    """Title and text: the first paragraph when it is short and others follow, else the beginning
    of the first sentence."""
    if not paragraphs:
        return "", ""
    first = paragraphs[0]
    if len(paragraphs) > 1 and len(first) <= TITLE_LENGTH and not first.endswith(("。", "，")):
        return first, "\n".join(paragraphs[1:])
    text = "\n".join(paragraphs)
    return beginning(text), text


def beginning(text: str) -> str:
    """A title for a text that has none."""
    found = _SENTENCE.match(text)
    sentence = (found[0] if found else text.partition("\n")[0]).strip().rstrip("。，、；：")
    return sentence if len(sentence) <= TITLE_LENGTH else f"{sentence[: TITLE_LENGTH - 1]}…"


def dateline(
    paragraphs: Sequence[str], zone: str, taken_at: datetime
) -> tuple[datetime, Literal["minute", "day"]] | None:
    """The date that stands by itself below the title or under the text, never one spoken of in a
    sentence, and never one to come."""
    edges = [*paragraphs[:4], *paragraphs[:3:-1][:4]]
    for line in edges:
        if len(line) > TITLE_LENGTH:
            continue
        for moment in moments(line, ZoneInfo(zone), None):
            beside = line[: moment.start] + line[moment.end :]
            letters = sum(char.isalnum() for char in beside)
            if letters <= _NOT_DATELINE and moment.at <= taken_at + timedelta(days=1):
                return moment.at, moment.precision
    return None
