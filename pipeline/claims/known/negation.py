"""Whether one text denies what the other says, word for word."""

from __future__ import annotations

import re

_NO = (
    r"不(?!仅|但|只|料|久|同|断|少|得了|错|过|管|论|幸|好意思|明|法|良|止|小心|满|起)|没有|没(?!收)|"
    r"无需|无须|未(?!来|成年|必|婚)|非(?!法|常|典|洲|机动)|免(?:收|费|除|征)?|取消|停止|禁止|严禁|拒绝|"
    r"(?<![区特性级分])别(?![的人墅])|勿|防止|阻止|杜绝|避免"
)
_NEGATION = re.compile(_NO)
_DENIED = re.compile(
    rf"(?:{_NO})(?:要求|允许|可以|需要|应该|[要能得会用必让许可再是被有于])*(.{{2}})"
)
_BEFORE = 6
"""Letters before a word in which a negation still reaches it."""


def denies(first: str, second: str) -> bool:
    """Whether what one of two folded texts negates stands in the other without a negation.

    What the other does not speak of at all is no contradiction.
    """
    return _denied(first, second) or _denied(second, first)


def _denied(text: str, other: str) -> bool:
    return any(word in other and not _negated(word, other) for word in set(_DENIED.findall(text)))


def _negated(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        if _NEGATION.search(text[max(0, at - _BEFORE) : at]):
            return True
        at = text.find(word, at + 1)
    return False
