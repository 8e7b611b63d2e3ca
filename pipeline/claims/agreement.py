"""Whether two values can be the same: other units, bounds, ranges, and what is only about so."""

from __future__ import annotations

from pipeline.claims.elements import Element, same_modality

_EXCHANGED = (frozenset("个处座家所站间"), frozenset("只条头"), frozenset("项条种类份"))
"""Measure words that people exchange freely."""
_OWN = frozenset(("次", "岁", "度", "米", "公斤", "平方米", "立方米", "层", "期", "届", "级"))
"""Measure words that 个 cannot stand for."""


def agrees(expected: Element, found: Element) -> bool | None:
    """Whether two values can be the same; None when they cannot be compared."""
    kind = expected.kind
    if kind == "modality":
        return same_modality(expected.unit, found.unit)
    if kind == "docno":
        return expected.unit == found.unit
    if kind == "date":
        if expected.moment is None or found.moment is None:
            return None
        return expected.moment.agrees(found.moment)
    if expected.unit != found.unit and found.unit and not _countable(expected, found):
        return _unlike(expected, found)
    return _same_number(expected, found)


def _countable(expected: Element, found: Element) -> bool:
    if expected.kind != "count":
        return False
    units = {expected.unit, found.unit}
    return any(units <= each for each in _EXCHANGED) or ("个" in units and not units & _OWN)


def _same_number(expected: Element, found: Element) -> bool:
    """Intervals: a bound is compared with the bound, 约200 with what lies in it."""
    slack = 1e-9 * max(1.0, abs(expected.low))
    if expected.low != expected.high and not expected.loose and not _is_bound(expected):
        inside = expected.low - slack <= found.low and found.high <= expected.high + slack
        return inside or (_is_bound(found) and _bound(found) in (expected.low, expected.high))
    if found.loose or expected.loose:
        return found.low - slack <= expected.high and expected.low - slack <= found.high
    if _is_bound(expected):
        if _is_bound(found):
            same_way = (expected.low == 0) == (found.low == 0)
            return same_way and abs(_bound(expected) - _bound(found)) <= slack
        return expected.low - slack <= found.low and found.high <= expected.high + slack
    return abs(_bound(found) - expected.low) <= slack


def _is_bound(value: Element) -> bool:
    return value.high == float("inf") or (value.low == 0 and value.high > 0)


def _bound(value: Element) -> float:
    """The number that was written; of a span its upper end."""
    return value.low if value.high == float("inf") else value.high


def _unlike(expected: Element, found: Element) -> bool | None:
    """Other units: free is free in any currency; working days and days are not the same limit."""
    if expected.kind == "amount":
        return not (expected.high or found.high)
    return False if expected.kind == "duration" else None
