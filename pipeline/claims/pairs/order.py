"""How far two texts that share their words say them of one another in the same way.

Word order decides who did what to whom, but not all order: the members of a list may change
places (甲和乙, 乙和甲), a time or a place may move to the front. So words are aligned first, and
what has changed places is told apart by kind and by what stands around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from pipeline.claims.pairs.align import Link, align
from pipeline.claims.pairs.lists import in_order_of
from pipeline.claims.pairs.pieces import piece_features
from pipeline.claims.pairs.reading import LIGHT, Reading, Word
from pipeline.claims.pairs.runs import longest_run

_CONTENT = frozenset(("name", "noun", "verb", "figure"))
_PASSIVE = frozenset(("被", "由", "遭", "受", "受到", "遭到"))
_SKIPPED = frozenset(("的", "了", "地", "得", "着"))
_STOPS = frozenset(",。;!?:")


def order_features(a: Reading, b: Reading) -> dict[str, float]:
    links = align(a, b)
    found = {"aligned": 2 * len(links) / max(1, len(a.parts) + len(b.parts))}
    for name, kinds in (
        ("content", _CONTENT),
        ("names", frozenset(("name", "noun"))),
        ("figures", frozenset(("figure",))),
    ):
        places = [j for i, j in links if a.parts[i].kind in kinds]
        turned, pairs = _turned(places)
        found[f"{name}_turned"] = turned / pairs if pairs else 0.0
        found[f"{name}_out_of_order"] = len(places) - longest_run(places)
    found |= _moves(links, a.parts, b.parts)
    found |= _surroundings(links, a.parts, b.parts)
    found |= _roles(links, a.parts, b.parts)
    found |= _governed(links, a.parts, b.parts)
    found |= _unlisted(links, a.parts, b.parts)
    return found


def _unlisted(links: Sequence[Link], a: Sequence[Word], b: Sequence[Word]) -> dict[str, float]:
    """The order once more, after the lists of `b` have been put in the order of `a`."""
    ranks: list[float | None] = [None] * len(b)
    for i, j in links:
        if b[j].kind not in LIGHT:
            ranks[j] = i
    order = in_order_of(b, ranks)
    at = {j: place for place, j in enumerate(order)}
    content = [(i, at[j]) for i, j in links if a[i].kind in _CONTENT]
    places = [j for _, j in content]
    turned, pairs = _turned(places)
    ours = "".join(word.text for word in a if word.kind != "mark")
    theirs = "".join(b[j].text for j in order if b[j].kind != "mark")
    out = len(places) - longest_run(places)
    return {
        "list_turned": float(order != sorted(order)),
        "unlisted_turned": turned / pairs if pairs else 0.0,
        "unlisted_out_of_order": out,
        "unlisted_out_share": out / max(1, len(places)),
        "unlisted_edit": fuzz.ratio(ours, theirs) / 100,
        **piece_features(ours, theirs),
    }


def _governed(links: Sequence[Link], a: Sequence[Word], b: Sequence[Word]) -> dict[str, float]:
    """Of the shared names, nouns and figures: whether the same word governs them in both.

    于巴黎 stays 于巴黎 wherever it stands in the sentence, and all members of a list share what
    governs the list.
    """
    answer = dict(links)
    same = other = total = follow = 0
    for i, j in links:
        if a[i].kind not in ("name", "noun", "figure"):
            continue
        ours, theirs = _governor(i, -1, a), _governor(j, -1, b)
        behind, beyond = _governor(i, 1, a), _governor(j, 1, b)
        total += 1
        agree = _answers(ours, theirs, answer, a, b)
        same += agree
        follow += _answers(behind, beyond, answer, a, b)
        other += not agree and not _answers(behind, beyond, answer, a, b)
    return {
        "governed_before": same / total if total else 1.0,
        "governed_after": follow / total if total else 1.0,
        "governed_otherwise": other,
        "governed_otherwise_share": other / total if total else 0.0,
    }


def _governor(at: int, step: int, words: Sequence[Word]) -> int | None:
    """The next verb, preposition or other word of grammar that is neither 的 nor listing."""
    at += step
    while 0 <= at < len(words):
        word = words[at]
        if word.kind in ("verb", "function") and not word.lists and word.text not in _SKIPPED:
            return at
        if word.kind == "mark" and word.text in _STOPS:
            return None
        at += step
    return None


def _answers(
    i: int | None, j: int | None, answer: dict[int, int], a: Sequence[Word], b: Sequence[Word]
) -> bool:
    if i is None or j is None:
        return i is None and j is None
    return answer.get(i) == j or a[i].key == b[j].key


def _turned(places: Sequence[int]) -> tuple[int, int]:
    """Pairs that stand the other way round, of how many."""
    count = len(places)
    turned = sum(places[i] > places[j] for i in range(count) for j in range(i + 1, count))
    return turned, count * (count - 1) // 2


def _moves(links: Sequence[Link], a: Sequence[Word], b: Sequence[Word]) -> dict[str, float]:
    """Breaks in the order, and pairs of words that have changed places with each other.

    A phrase that moves as a whole breaks the order in three places; two words that change places
    in four, and each of them stands where the other one stood.
    """
    content = [(i, j) for i, j in links if a[i].kind not in LIGHT]
    ranks = {j: rank for rank, j in enumerate(sorted(j for _, j in content))}
    order = [ranks[j] for _, j in content]
    breaks = sum(second - first != 1 for first, second in pairwise(order))
    swapped = listed = 0
    for place, rank in enumerate(order):
        if rank > place and rank < len(order) and order[rank] == place:
            if _listed(content[place][0], content[rank][0], a):
                listed += 1
            else:
                swapped += 1
    turned_lists = sum(
        _listed(content[place][0], content[place + 1][0], a) and order[place] > order[place + 1]
        for place in range(len(order) - 1)
    )
    displaced = sum(rank != place for place, rank in enumerate(order))
    return {
        "breaks": breaks,
        "breaks_share": breaks / max(1, len(order)),
        "swapped": swapped,
        "swapped_in_list": max(listed, turned_lists),
        "displaced": displaced / max(1, len(order)),
    }


def _listed(first: int, second: int, words: Sequence[Word]) -> bool:
    """Whether two words are members of one list: nothing but listing and names between them."""
    between = words[first + 1 : second]
    if any(word.kind == "verb" for word in between):
        return False
    return any(word.lists for word in between)


def _surroundings(links: Sequence[Link], a: Sequence[Word], b: Sequence[Word]) -> dict[str, float]:
    """Of the shared content words: how many stand before, or behind, the same word in both."""
    answer = dict(links)
    before = after = alone = total = 0
    for i, j in links:
        if a[i].kind not in _CONTENT:
            continue
        total += 1
        kept_before = _beside(i, -1, a, answer) == (j - 1 if j else None)
        kept_after = _beside(i, 1, a, answer) == (j + 1 if j + 1 < len(b) else None)
        before += kept_before
        after += kept_after
        alone += not kept_before and not kept_after
    return {
        "same_before": before / total if total else 1.0,
        "same_after": after / total if total else 1.0,
        "uprooted": alone / total if total else 0.0,
        "uprooted_words": alone,
    }


def _beside(i: int, step: int, words: Sequence[Word], answer: dict[int, int]) -> int | None:
    """The answer to the neighbour of a word; -1 when it has none, None at the text's edge."""
    at = i + step
    return answer.get(at, -1) if 0 <= at < len(words) else None


def _roles(links: Sequence[Link], a: Sequence[Word], b: Sequence[Word]) -> dict[str, float]:
    """Whether both texts begin and end with the same name, seen from shared verbs too."""
    answer = dict(links)
    back = {j: i for i, j in links}
    things = [i for i, word in enumerate(a) if word.kind in ("name", "noun")]
    others = [j for j, word in enumerate(b) if word.kind in ("name", "noun")]
    first = last = 0.0
    if things and others:
        first = _agree(answer.get(things[0]), others[0], back)
        last = _agree(answer.get(things[-1]), others[-1], back)
    crossed = kept = 0
    for i, j in links:
        if a[i].kind != "verb":
            continue
        for n in things:
            m = answer.get(n)
            if m is not None and abs(n - i) <= 6 and abs(m - j) <= 8:
                crossed += (n < i) != (m < j)
                kept += (n < i) == (m < j)
    passive = sum(w.text in _PASSIVE for w in a) - sum(w.text in _PASSIVE for w in b)
    return {
        "first_thing": first,
        "last_thing": last,
        "crossed_verb": crossed,
        "crossed_verb_share": crossed / (crossed + kept) if crossed + kept else 0.0,
        "voice": abs(passive),
    }


def _agree(answer: int | None, other: int, back: dict[int, int]) -> float:
    """1 the same, -1 both are elsewhere, 0 one of them is missing in the other text."""
    if answer == other:
        return 1.0
    return -1.0 if answer is not None and other in back else 0.0
