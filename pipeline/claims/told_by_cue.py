"""What is said of an element by its cue alone: a duty by 要, a charge without its amount."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.claims.expectation import Expectation
from pipeline.claims.reading import Line

_CHARGED = (
    r"(?:要|需要?|得|须|必须|开始|将|恢复|被|强制|照样|照旧|仍然?|还)(?:另外?|再|先|统一|额外)?"
    r"(?:收取?|加收|交纳?|缴纳?|支付|付|掏)(?:[^,。]{0,4})"
)
_CHARGING = r"[^,。;!?不没免未勿]{0,16}(?:恢复|开始|重新|照常|继续|照样)(?:收取|征收|缴纳|收费|收)"
_HAVE_TO = r"(?<![不没只需重主就快想还])(?:要|得)(?:先|进行|实行|提交|提供|办理?)?"
_NEGATED = re.compile(r"(?:不|无|没有?|免|未|勿|别|停止|禁止|严禁)[^,。]{0,3}$")


def had_to(element: Expectation, line: Line) -> Iterator[tuple[int, int]]:
    """要实名: 要 and 得 are too common words to be a duty anywhere but right before the cue."""
    assert element.value is not None
    if element.value.unit != "必须":
        return
    for cue in element.cues:
        for match in re.compile(_HAVE_TO + re.escape(cue)).finditer(
            line.whole, line.start, line.end
        ):
            yield match.span()


def charged(element: Expectation, line: Line) -> Iterator[tuple[int, int]]:
    """A charge without an amount, where the fact says that there is none."""
    for cue in element.cues:
        for pattern in (_CHARGED + re.escape(cue), re.escape(cue) + _CHARGING):
            for match in re.compile(pattern).finditer(line.whole, line.start, line.end):
                if not _NEGATED.search(line.whole[line.start : match.start()]):
                    yield match.span()
