"""The longest common pieces of two texts, and which of them have moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from pipeline.claims.pairs.runs import longest_run

_MOST_PIECES = 24

Span = tuple[int, int]
Piece = tuple[int, int, int]
"""Where it begins in the one text and in the other, and its length."""


def piece_features(a: str, b: str) -> dict[str, float]:
    """The order of characters: of those that occur once, and of the longest common pieces."""
    once = {char for char, count in Counter(b).items() if count == 1}
    at = {char: place for place, char in enumerate(b) if char in once}
    twice = {char for char, count in Counter(a).items() if count > 1}
    shared = [at[char] for char in a if char in at and char not in twice]
    run = longest_run(shared)
    pieces = _pieces(a, b)
    moved = _moved(pieces)
    return {
        "unlisted_chars_in_order": run / len(shared) if shared else 1.0,
        "unlisted_chars_moved": len(shared) - run,
        "pieces": len(pieces),
        "piece_length": sum(size for _, _, size in pieces) / max(1, len(pieces)),
        "pieces_share": 2 * sum(size for _, _, size in pieces) / max(1, len(a) + len(b)),
        "moved_pieces": len(moved),
        "moved_longest": max(moved, default=0),
        "moved_share": 2 * sum(moved) / max(1, len(a) + len(b)),
    }


def _pieces(a: str, b: str) -> list[Piece]:
    """Common pieces of at least two characters, (in a, in b, length), the longest ones first;
    no character in two of them. In the order of `a`."""
    found: list[Piece] = []
    open_a, open_b = [(0, len(a))], [(0, len(b))]
    while len(found) < _MOST_PIECES:
        best = (0, 0, 1)
        for i, end_a in open_a:
            for j, end_b in open_b:
                if min(end_a - i, end_b - j) <= best[2]:
                    continue
                piece = SequenceMatcher(None, a[i:end_a], b[j:end_b], autojunk=False)
                match = piece.find_longest_match()
                if match.size > best[2]:
                    best = (i + match.a, j + match.b, match.size)
        if best[2] < 2:
            break
        found.append(best)
        open_a = _without(open_a, best[0], best[2])
        open_b = _without(open_b, best[1], best[2])
    return sorted(found)


def _without(spans: list[Span], start: int, size: int) -> list[Span]:
    cut: list[Span] = []
    for first, last in spans:
        if first <= start < last:
            cut += [(first, start), (start + size, last)]
        else:
            cut.append((first, last))
    return [(first, last) for first, last in cut if last - first >= 2]


def _moved(pieces: Sequence[Piece]) -> list[int]:
    """Lengths of the pieces outside the heaviest run that keeps its order."""
    best: list[int] = []
    for place, (_, at, size) in enumerate(pieces):
        before = [best[k] for k in range(place) if pieces[k][1] < at]
        best.append(size + max(before, default=0))
    if not best:
        return []
    last = max(range(len(best)), key=best.__getitem__)
    kept = {last}
    while (wanted := best[last] - pieces[last][2]) > 0:
        last = next(k for k in range(last) if best[k] == wanted and pieces[k][1] < pieces[last][1])
        kept.add(last)
    return [size for k, (_, _, size) in enumerate(pieces) if k not in kept]
