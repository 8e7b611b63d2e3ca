"""What is alike and what differs between two short texts, as named numbers.

All features are the same for (a, b) and (b, a): what belongs to one text is given as the smaller
and the larger of the two. No table of words of any training set is used; how much a word weighs
follows from its part of speech and its length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq, Levenshtein

from pipeline.claims.contrast import lexicon
from pipeline.claims.pairs.align import akin
from pipeline.claims.pairs.order import order_features
from pipeline.claims.pairs.reading import ASKED, Reading, Word
from pipeline.claims.pairs.runs import longest_run
from pipeline.sounds import sounds

_SOUND = sounds().symbols


def features(a: Reading, b: Reading) -> dict[str, float]:
    """Named features of a pair, always the same names in the same order."""
    first, second = sorted((a, b), key=lambda each: (len(each.tokens), each.letters))
    return {
        **_overlap(first, second),
        **_edits(first, second),
        **_lengths(first, second),
        **_ends(first, second),
        **_sequence(first, second),
        **_figures(first, second),
        **_questions(first, second),
        **_left_over(first, second),
        **order_features(first, second),
    }


def dice(a: Counter[Hashable], b: Counter[Hashable]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 1.0


def contained(a: Counter[Hashable], b: Counter[Hashable]) -> float:
    """Share of the smaller one that the other holds."""
    least = min(a.total(), b.total())
    return (a & b).total() / least if least else 1.0


def _overlap(a: Reading, b: Reading) -> dict[str, float]:
    chars: tuple[Counter[Hashable], ...] = (Counter(a.tokens), Counter(b.tokens))
    grams = tuple(_grams(each.tokens, 2) for each in (a, b))
    threes = tuple(_grams(each.tokens, 3) for each in (a, b))
    words: tuple[Counter[Hashable], ...] = tuple(Counter(w.key for w in x.words) for x in (a, b))
    sounding: tuple[Counter[Hashable], ...] = tuple(_grams(_sounding(x), 2) for x in (a, b))
    held = sorted((_held(a, words[1]), _held(b, words[0])))
    rare = sorted((_rare(a, b), _rare(b, a)))
    return {
        "chars": dice(*chars),
        "chars_contained": contained(*chars),
        "bigrams": dice(*grams),
        "bigrams_contained": contained(*grams),
        "trigrams": dice(*threes),
        "words": dice(*words),
        "words_contained": contained(*words),
        "sounds": dice(*sounding),
        "held_less": held[0],
        "held_more": held[1],
        "content_less": rare[0],
        "content_more": rare[1],
    }


def _grams(tokens: tuple[str, ...] | str, size: int) -> Counter[Hashable]:
    return Counter(zip(*(tokens[i:] for i in range(size)), strict=False))


def _sounding(reading: Reading) -> str:
    return reading.letters.translate(_SOUND)


def _held(of: Reading, by: Counter[Hashable]) -> float:
    """Weight of a text's words that the other text holds."""
    total = sum(word.weight for word in of.words)
    return sum(word.weight for word in of.words if by[word.key]) / total if total else 1.0


def _rare(of: Reading, by: Reading) -> float:
    """The same of words that mean something, letter by letter: 办证 is in 办理证件."""
    own = [word for word in of.words if word.kind != "function"]
    total = sum(word.weight for word in own)
    found = sum(
        word.weight * sum(char in by.letters for char in word.text) / len(word.text) for word in own
    )
    return found / total if total else 1.0


def _edits(a: Reading, b: Reading) -> dict[str, float]:
    words = [[word.key for word in each.words] for each in (a, b)]
    return {
        "edit": fuzz.ratio(a.letters, b.letters) / 100,
        "edit_inside": fuzz.partial_ratio(a.letters, b.letters) / 100,
        "subsequence": LCSseq.normalized_similarity(a.tokens, b.tokens),
        "word_edit": Levenshtein.normalized_similarity(*words),
        "sorted_edit": fuzz.ratio("".join(sorted(words[0])), "".join(sorted(words[1]))) / 100,
        "sound_edit": fuzz.ratio(_sounding(a), _sounding(b)) / 100,
    }


def _lengths(a: Reading, b: Reading) -> dict[str, float]:
    short, long = len(a.tokens), len(b.tokens)
    return {
        "short": short,
        "long": long,
        "longer_by": long - short,
        "length_ratio": short / max(1, long),
    }


def _ends(a: Reading, b: Reading) -> dict[str, float]:
    """How much is the same from the beginning and from the end."""
    short, long = len(a.tokens), max(1, len(b.tokens))
    start = end = 0
    while start < short and a.tokens[start] == b.tokens[start]:
        start += 1
    while end < short - start and a.tokens[-1 - end] == b.tokens[-1 - end]:
        end += 1
    return {
        "same_start": start / long,
        "same_end": end / long,
        "same_ends": (start + end) / long,
        "middle": short - start - end,
    }


def _sequence(a: Reading, b: Reading) -> dict[str, float]:
    """Whether shared words and characters come in the same order."""
    found = {}
    for name, ours, theirs in (
        ("words", [w.key for w in a.words], [w.key for w in b.words]),
        ("chars", list(a.tokens), list(b.tokens)),
    ):
        once = {each for each, n in Counter(ours).items() if n == 1}
        places = {each: at for at, each in enumerate(theirs) if each in once}
        single = {each for each, n in Counter(theirs).items() if n == 1}
        shared = [places[each] for each in ours if each in places and each in single]
        run = longest_run(shared)
        found[f"{name}_in_order"] = run / len(shared) if shared else 1.0
        found[f"{name}_moved"] = len(shared) - run
    pairs = [set(pairwise(x.words)) for x in (a, b)]
    found["word_pairs"] = 2 * len(pairs[0] & pairs[1]) / max(1, len(pairs[0]) + len(pairs[1]))
    return found


def _figures(a: Reading, b: Reading) -> dict[str, float]:
    def unlike(x: Counter[str], y: Counter[str]) -> int:
        return ((x - y) + (y - x)).total()

    return {
        "numbers": len(a.numbers) + len(b.numbers),
        "numbers_unlike": unlike(a.numbers, b.numbers),
        "numbers_differ": float(bool(a.numbers and b.numbers) and a.numbers != b.numbers),
        "latin": len(a.latin | b.latin),
        "latin_unlike": unlike(a.latin, b.latin),
        "negations": a.negations + b.negations,
        "negations_unlike": abs(a.negations - b.negations),
        "negation_turned": float((a.negations - b.negations) % 2),
    }


def _questions(a: Reading, b: Reading) -> dict[str, float]:
    """For each thing asked for: 1 both texts do, -1 one does, 0 none."""
    found: dict[str, float] = {
        f"asks_{name}": _both(name in a.asked, name in b.asked) for name in ASKED
    }
    found["asks_other"] = len(a.asked ^ b.asked)
    return found


def _both(first: bool, second: bool) -> float:
    return float(first) if first == second else -1.0


def _left_over(a: Reading, b: Reading) -> dict[str, float]:
    """Words that only one text has: how many, how weighty, and how near to each other."""
    mine, theirs = _only(a, b), _only(b, a)
    weights = sorted((sum(w.weight for w in mine), sum(w.weight for w in theirs)))
    heaviest = sorted(max((w.weight for w in each), default=0.0) for each in (mine, theirs))
    counts = sorted((len(mine), len(theirs)))
    chars: tuple[Counter[Hashable], ...] = tuple(
        Counter("".join(w.text for w in each)) for each in (mine, theirs)
    )
    near = [max((akin(x, y) for y in theirs), default=0.0) for x in mine if x.kind != "function"]
    found: dict[str, float] = {
        "only_fewer": counts[0],
        "only_more": counts[1],
        "only_lighter": weights[0],
        "only_heavier": weights[1],
        "heaviest_less": heaviest[0],
        "heaviest_more": heaviest[1],
        "only_chars": dice(*chars),
        "only_contained": contained(*chars) if mine and theirs else 0.0,
        "only_akin": sum(near) / len(near) if near else 1.0,
        "contrary": float(any(lexicon.contrary(x.text, y.text) for x in mine for y in theirs)),
    }
    for kind in ("name", "noun", "verb", "figure", "function"):
        each = sorted(sum(w.kind == kind for w in words) for words in (mine, theirs))
        found[f"only_{kind}_fewer"], found[f"only_{kind}_more"] = each
    return found


def _only(of: Reading, other: Reading) -> list[Word]:
    left = Counter(word.key for word in other.words)
    found = []
    for word in of.words:
        if left[word.key]:
            left[word.key] -= 1
        else:
            found.append(word)
    return found
