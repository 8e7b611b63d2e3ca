"""What a page's scripts say in the same object as its headline: of this article, not of the hot
ones listed beside it."""

from __future__ import annotations

import json
import re

from pipeline.extract.state import SOURCE_VALUE, TIME_VALUE, first_value

_REACH = 20_000
"""Characters looked at on each side of the headline."""
_MOST = 6
"""Occurrences of the headline."""
_BRACE = re.compile(r"[{}]")
_ASSIGNED = re.compile(r"[:=(,]\s*\\?[\"']$")


def time_beside(html: str, title: str) -> str:
    """The publication time as written; empty when no script says it."""
    return first_value(TIME_VALUE, _objects(html, title))


def source_beside(html: str, title: str) -> str:
    return first_value(SOURCE_VALUE, _objects(html, title))


def _objects(html: str, title: str) -> list[str]:
    """The text of each object that holds the title itself, without the objects inside it."""
    if len(title) < 4:
        return []
    found = []
    for spelling in {title, json.dumps(title, ensure_ascii=False)[1:-1], json.dumps(title)[1:-1]}:
        at = html.find(spelling)
        for _ in range(_MOST):
            if at < 0:
                break
            if _ASSIGNED.search(html[max(0, at - 4) : at]):
                found.append(_around(html, at, at + len(spelling)))
            at = html.find(spelling, at + len(spelling))
    return [text for text in found if text]


def _around(html: str, start: int, end: int) -> str:
    before = html[max(0, start - _REACH) : start]
    after = html[end : end + _REACH]
    edges = [(m.start(), 1 if m[0] == "}" else -1) for m in _BRACE.finditer(before)]
    left = _own(before, [(at, step) for at, step in reversed(edges)], backwards=True)
    if left is None:
        return ""
    edges = [(m.start(), 1 if m[0] == "{" else -1) for m in _BRACE.finditer(after)]
    return left + " " + (_own(after, edges, backwards=False) or "")


def _own(text: str, edges: list[tuple[int, int]], *, backwards: bool) -> str | None:
    """The parts of `text` up to the brace that closes the object; None when there is none."""
    parts: list[str] = []
    depth, at = 0, len(text) if backwards else 0
    for edge, step in edges:
        if depth == 0:
            parts.append(text[edge + 1 : at] if backwards else text[at:edge])
        depth += step
        if depth < 0:
            return " ".join(reversed(parts) if backwards else parts)
        at = edge if backwards else edge + 1
    return None
