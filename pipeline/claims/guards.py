"""What makes two nearly equal texts say different things: a number, a negation, a place."""

from __future__ import annotations

import re

from pipeline.claims.elements import Element, elements
from pipeline.model import ElementKind

_COMPARED: tuple[ElementKind, ...] = ("amount", "percentage", "duration")
_NEGATION = re.compile(
    r"不(?!仅|但|只|料|久|同|断|少|得了|错|过|管|论|幸|好意思|明|法|良|止|小心|满|起)|没有|没(?!收)|无需|无须|未(?!来|成年|必|婚)|"
    r"非(?!法|常|典|洲|机动)|免(?:收|费|除|征)|取消|停止|禁止|严禁|拒绝"
)
_PLACE = re.compile(
    r"([\u4e00-\u9fff]{2})(?<![超夜股楼城门菜上集都本全我该各早花])(?:省|市(?!场|监|民|值|区|面|政|长|委)|县|州市)"
)


def contradicts(claim: str, passage: str) -> bool:
    """Whether a folded passage differs from a folded claim in a decisive part."""
    return (
        other_value(claim, passage)
        or bool(_NEGATION.search(claim)) != bool(_NEGATION.search(passage))
        or other_place(claim, passage)
    )


def other_value(claim: str, passage: str) -> bool:
    """Whether a folded passage gives another amount, percentage or duration than a folded claim."""
    return any(_other_value(claim, passage, kind) for kind in _COMPARED)


def _other_value(claim: str, passage: str, kind: ElementKind) -> bool:
    """Whether the claim's values of a kind are answered by others only."""
    wanted, found = elements(claim, kind), elements(passage, kind)
    return bool(wanted and found) and not any(_meet(a, b) for a in wanted for b in found)


def _meet(first: Element, second: Element) -> bool:
    return (
        first.unit == second.unit
        and first.low <= second.high * (1 + 1e-9)
        and second.low <= first.high * (1 + 1e-9)
    )


def other_place(claim: str, passage: str) -> bool:
    """Whether a folded passage speaks of other cities or counties than a folded claim."""
    wanted, found = set(_PLACE.findall(claim)), set(_PLACE.findall(passage))
    return bool(wanted and found) and not any(place in passage for place in wanted)
