"""Near-duplicates: what is found, what is merged by mistake, time and memory.

    python -m benchmarks.duplicates [--posts POSTS.jsonl] [SIZE …]

POSTS holds one `{"text": …}` a line; without it the invented texts of the sample web are used. At
each SIZE (10,000 and 100,000 unless given, 1,000,000 takes some minutes) so many texts are known
that are made from those: characters follow each other as they do there. The named peer is rensa's
own LSH in the same run, with the same signatures and bands; it verifies nothing, so that what it
returns is candidates, and it is left out above 100,000, where it takes 4 GB and more.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np
from rensa import RMinHash, RMinHashLSH

from config.sample.web.content import items
from pipeline.bands import BANDS, PERMUTATIONS
from pipeline.duplicates import SHORT, DuplicateIndex, sketch
from pipeline.likeness import cleaned
from tests.edited_texts import FORMS, edited, edits

FILLINGS = 1_000
ASKED = 1_000
"""Texts that are looked for at each size, of each kind."""
BATCH = 10_000
JUMP = 0.1
"""How often a made text goes on with any character at all."""
LONGEST = 400
PEER_UP_TO = 100_000


def posts(path: Path | None) -> list[str]:
    if path:
        texts = [str(json.loads(line)["text"]) for line in path.read_text("utf-8").splitlines()]
    else:
        made = items(datetime(2026, 3, 5, tzinfo=UTC))
        texts = ["\n".join(item.paragraphs) for item in made if not item.repost_of]
    return [text for text in texts if len(cleaned(text)) >= SHORT]


def found_again(texts: Sequence[str]) -> None:
    index, families = DuplicateIndex(), []
    for number, text in enumerate(texts):
        made = sketch(text)
        found = index.find(made)
        families.append(found[0] if found else str(number))
        index.add(str(number), families[-1], made)
    print(f"{len(texts)} texts, {len(set(families))} families")
    for kind, copy in edits(sorted("".join(texts))).items():
        dice = Random(20)
        right = wrong = tried = 0
        for text, family in zip(texts, families, strict=True):
            made = sketch(copy(text, dice))
            if len(made.clean) < SHORT:
                continue
            hit = index.find(made)
            tried += 1
            right += hit is not None and hit[0] == family
            wrong += hit is not None and hit[0] != family
        print(f"  {kind:26} found {right / tried:.4f}  in another family {wrong / tried:.4f}")


def merged_by_mistake() -> None:
    for form, fill in FORMS.items():
        dice, merged = Random(7), 0
        for _ in range(FILLINGS):
            first, second = fill(dice), fill(dice)
            index = DuplicateIndex()
            index.add("first", "first", sketch(first))
            merged += index.find(sketch(second)) is not None
        print(f"  {form:26} merged {merged / FILLINGS:.3f}")


class Maker:
    """Texts of which each character follows the one before as often as in the texts given."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._dice = np.random.default_rng(9)
        self._lengths = np.array([min(len(text), LONGEST) for text in texts])
        codes = np.frombuffer("。".join(texts).encode("utf-32-le"), np.uint32)
        self._letters, places = np.unique(codes, return_inverse=True)
        before, self._all = places[:-1], places
        order = np.argsort(before, kind="stable")
        self._next = places[1:][order]
        self._begins = np.searchsorted(before[order], np.arange(len(self._letters) + 1))

    def __call__(self, count: int) -> list[str]:
        lengths = self._dice.choice(self._lengths, count)
        at = self._dice.choice(self._all, count)
        columns = []
        for _ in range(int(lengths.max())):
            columns.append(self._letters[at])
            follow = self._begins[at + 1] - self._begins[at]
            pick = self._begins[at] + (self._dice.random(count) * follow).astype(np.intp)
            jump = (self._dice.random(count) < JUMP) | (follow == 0)
            at = np.where(
                jump,
                self._dice.integers(0, len(self._letters), count),
                self._next[np.minimum(pick, len(self._next) - 1)],
            )
        rows = np.stack(columns, axis=1).astype(np.uint32)
        return [
            rows[n, :length].tobytes().decode("utf-32-le", "replace")
            for n, length in enumerate(lengths.tolist())
        ]

    def batches(self, count: int) -> Iterator[list[str]]:
        for start in range(0, count, BATCH):
            yield self(min(BATCH, count - start))


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Ours:
    name = "ours"

    def __init__(self) -> None:
        self._index = DuplicateIndex()

    def add(self, name: int, text: str) -> None:
        self._index.add(f"{name:032x}", f"{name:032x}", sketch(text))

    def find(self, text: str) -> set[int]:
        found = self._index.find(sketch(text))
        return {int(found[0], 16)} if found else set()

    def place(self, name: int, text: str) -> None:
        """All that a new mention costs."""
        made = sketch(text)
        found = self._index.find(made)
        self._index.add(f"{name:032x}", found[0] if found else f"{name:032x}", made)


class Rensa:
    name = "rensa LSH, unverified"

    def __init__(self) -> None:
        self._index = RMinHashLSH(0.4, PERMUTATIONS, BANDS)

    def _signed(self, text: str) -> RMinHash:
        clean = cleaned(text)
        made = RMinHash(PERMUTATIONS, 1)
        made.update({clean[at : at + 2] for at in range(max(len(clean) - 1, 1))})
        return made

    def add(self, name: int, text: str) -> None:
        self._index.insert(name, self._signed(text))

    def find(self, text: str) -> set[int]:
        return set(self._index.query(self._signed(text)))

    def place(self, name: int, text: str) -> None:
        made = self._signed(text)
        self._index.query(made)
        self._index.insert(name, made)


def seconds(act: Callable[[], object]) -> float:
    """Of this process on a core: what else the machine does is left out as far as possible."""
    start = time.process_time()
    act()
    return time.process_time() - start


def at_size(texts: Sequence[str], size: int) -> None:
    letters, rates = sorted(set("".join(texts))), {}
    for peer in (Ours, Rensa) if size <= PEER_UP_TO else (Ours,):
        make, dice = Maker(texts), Random(3)
        make(BATCH)  # so that its own memory is not counted
        index, before, known = peer(), resident(), list[tuple[int, str]]()
        for number, batch in enumerate(make.batches(size)):
            for place, text in enumerate(batch):
                index.add(number * BATCH + place, text)
            known += [
                (number * BATCH + place, batch[place])
                for place in range(0, len(batch), max(1, size // ASKED))
                if len(cleaned(batch[place])) >= SHORT
            ]
        memory = (resident() - before) / size
        new = make(ASKED)
        spent = seconds(
            lambda: [index.place(size + n, text) for n, text in enumerate(new)]  # noqa: B023
        )
        rates[peer.name] = ASKED / spent
        recall = []
        for share in (0.05, 0.1, 0.2):
            copies = [(name, edited(text, share, dice, letters)) for name, text in known]
            recall.append(sum(name in index.find(text) for name, text in copies) / len(copies))
        others = [len(index.find(text)) for text in make(ASKED)]
        print(
            f"  {size:>9,} {peer.name:22} {rates[peer.name]:7,.0f} texts/s  "
            f"{memory:6,.0f} bytes a mention  found at 5/10/20% edits "
            f"{' / '.join(f'{each:.3f}' for each in recall)}  "
            f"of new ones {sum(map(bool, others)) / ASKED:.4f} taken for copies"
        )
    if len(rates) == 2:
        print(f"  {size:>9,} ratio {rates[Ours.name] / rates[Rensa.name]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--posts", type=Path)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000])
    given = parser.parse_args()
    texts = posts(given.posts)
    found_again(texts)
    merged_by_mistake()
    for size in given.sizes:
        at_size(texts, size)


if __name__ == "__main__":
    main()
