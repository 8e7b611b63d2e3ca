"""Near-duplicates: reposts, shortened and edited copies of a text that is already known.

Candidates come from MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman and Ullman,
*Mining of Massive Datasets*, ch. 3) over character bigrams of the cleaned text; bigrams, because
trigrams lose too much when every fifth character is edited. Each candidate is then compared text
against text (`pipeline.likeness`), since bulletins made from one form share most of their bigrams
and are not copies of each other.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import repeat
from operator import eq

from rensa import RMinHash

from pipeline.likeness import HEAD, cleaned, likeness, same_form

PERMUTATIONS = 126
ROWS = 3
BANDS = PERMUTATIONS // ROWS
SHORT = 20
"""Shorter texts (characters that carry meaning) count as the same only when equal."""

_SEED = 20_260_101
_READ = 12
"""Candidates compared text against text, those that share the most bands first."""
_SUPPORT = 0.3
"""Equal signature places that two long texts of one length must have at least: a copy with every
fifth character edited has 0.47. Less for a part of a text, by its size."""
_WHOLE = 0.4
"""Equal signature places from which they are copies although one does not hold the head of the
other; unrelated long articles have 0.02, never more than 0.08."""
_LONGEST_CHAIN = 64
_NARROW = 0xFFFF


def signature(text: str) -> tuple[int, ...]:
    """MinHash signature of a text: PERMUTATIONS places of 32 bits; empty for one without content.

    Stored with a mention, so that the index can be rebuilt without hashing again.
    """
    clean = cleaned(text)
    if not clean:
        return ()
    sketch = RMinHash(PERMUTATIONS, _SEED)
    sketch.update({clean[at : at + 2] for at in range(max(len(clean) - 1, 1))})
    return tuple(sketch.digest())


class DuplicateIndex:
    """Texts seen so far, about 1 KB each; families are named by their first member.

    Of every text the index keeps 16 bits of each signature place (enough to tell them apart), the
    first HEAD cleaned characters, and its links in one hash table a band. The tables are plain
    arrays: `dict`s of this size would take several KB a text.
    """

    def __init__(self) -> None:
        self._signatures = array("H")
        self._previous = array("i")
        """For each row and band the row before it in the same bucket, or -1."""
        self._size = 1024
        self._latest = [array("i", repeat(-1, self._size)) for _ in range(BANDS)]
        """For each band and bucket its latest row, or -1."""
        self._texts: list[str] = []
        self._lengths = array("I")
        self._families: list[str] = []
        self._first: dict[str, int] = {}
        """Family → row of its first member."""
        self._short: dict[str, str] = {}

    def find(self, text: str, made: Sequence[int]) -> tuple[str, float] | None:
        """The family that a text with the signature `made` belongs to, and how alike its first
        member is (0…1)."""
        clean = cleaned(text)
        if len(clean) < SHORT:
            family = self._short.get(clean)
            return None if family is None else (family, 1.0)
        narrow = _narrow(made)
        for row in self._candidates(narrow):
            alike = self._alike(clean, narrow, row)
            if alike is not None:
                family = self._families[row]
                first = self._texts[self._first.get(family, row)]
                return family, likeness(clean, first) or alike
        return None

    def add(self, mention_id: str, family: str, made: Sequence[int], text: str) -> None:
        """Remember a text as a member of `family`, which is its own id when it is the first."""
        clean = cleaned(text)
        if len(clean) < SHORT:
            if clean:
                self._short.setdefault(clean, family)
            return
        if len(made) != PERMUTATIONS:  # made by another version of this module
            made = signature(text)
        row, narrow = len(self._texts), _narrow(made)
        if mention_id == family:
            self._first[family] = row
        elif self._signature(self._first.get(family, row)) == narrow:
            return  # word for word like the first: it adds nothing to look for
        self._texts.append(clean[:HEAD])
        self._lengths.append(len(clean))
        self._families.append(family)
        self._signatures.extend(narrow)
        if row < self._size:
            self._link(row)
        else:
            self._rehash()

    def __len__(self) -> int:
        return len(self._texts) + len(self._short)

    def _alike(self, clean: str, narrow: array[int], row: int) -> float | None:
        """How alike a cleaned text and a known one are, None when neither is a copy.

        Long texts are judged as a whole too: they may share no more than the preamble, and a copy
        may have lost its beginning or begin with a comment.
        """
        head, length = self._texts[row], self._lengths[row]
        alike = likeness(clean, head)
        if min(len(clean), length) <= HEAD:
            return alike
        agreeing = sum(map(eq, narrow, self._signature(row))) / PERMUTATIONS
        if alike is not None:
            size = min(len(clean), length) / max(len(clean), length)
            return alike if agreeing >= _SUPPORT * size else None
        return agreeing if agreeing >= _WHOLE and not same_form(clean[:HEAD], head) else None

    def _candidates(self, narrow: array[int]) -> Iterator[int]:
        """Rows that share bands, the most first, then the oldest."""
        shared: Counter[int] = Counter()
        for band, (bucket, latest) in enumerate(
            zip(self._buckets(narrow), self._latest, strict=True)
        ):
            row = latest[bucket]
            for _ in range(_LONGEST_CHAIN):
                if row < 0:
                    break
                shared[row] += 1
                row = self._previous[row * BANDS + band]
        ranked = sorted(shared.items(), key=lambda entry: (-entry[1], entry[0]))
        return (row for row, _ in ranked[:_READ])

    def _signature(self, row: int) -> array[int]:
        return self._signatures[row * PERMUTATIONS : (row + 1) * PERMUTATIONS]

    def _buckets(self, narrow: array[int]) -> list[int]:
        mask, places = self._size - 1, tuple(narrow)
        return [hash(places[at : at + ROWS]) & mask for at in range(0, PERMUTATIONS, ROWS)]

    def _link(self, row: int) -> None:
        buckets = self._buckets(self._signature(row))
        for bucket, latest in zip(buckets, self._latest, strict=True):
            self._previous.append(latest[bucket])
            latest[bucket] = row

    def _rehash(self) -> None:
        """Tables of twice the size, filled anew from the signatures."""
        self._size *= 2
        self._latest = [array("i", repeat(-1, self._size)) for _ in range(BANDS)]
        self._previous = array("i")
        for row in range(len(self._texts)):
            self._link(row)


def _narrow(made: Sequence[int]) -> array[int]:
    return array("H", [place & _NARROW for place in made])
