"""Near-duplicates: what is found, what is merged by mistake, time and memory.

    python -m benchmarks.duplicates [POSTS.jsonl]

POSTS holds one `{"text": …}` a line; without it the invented texts of the sample web are used.
"""

from __future__ import annotations

import json
import sys
import time
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from config.sample.web.content import items
from pipeline.duplicates import SHORT, DuplicateIndex, signature
from pipeline.likeness import cleaned
from tests.edited_texts import FORMS, edits

MADE = 20_000
FILLINGS = 1_000


def posts(arguments: Sequence[str]) -> list[str]:
    if arguments:
        lines = Path(arguments[0]).read_text("utf-8").splitlines()
        texts = [str(json.loads(line)["text"]) for line in lines]
    else:
        made = items(datetime(2026, 3, 5, tzinfo=UTC))
        texts = ["\n".join(item.paragraphs) for item in made if not item.repost_of]
    return [text for text in texts if len(cleaned(text)) >= SHORT]


def indexed(texts: Sequence[str]) -> tuple[DuplicateIndex, list[str]]:
    """The index of the texts in order, and the family of each."""
    index, families = DuplicateIndex(), []
    for number, text in enumerate(texts):
        made = signature(text)
        found = index.find(text, made)
        families.append(found[0] if found else str(number))
        index.add(str(number), families[-1], made, text)
    return index, families


def found_again(texts: Sequence[str]) -> None:
    index, families = indexed(texts)
    print(f"{len(texts)} texts, {len(set(families))} families")
    for kind, copy in edits(sorted("".join(texts))).items():
        dice = Random(20)
        right = wrong = tried = 0
        for text, family in zip(texts, families, strict=True):
            made = copy(text, dice)
            if len(cleaned(made)) < SHORT:
                continue
            hit = index.find(made, signature(made))
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
            index.add("first", "first", signature(first), first)
            merged += index.find(second, signature(second)) is not None
        print(f"  {form:26} merged {merged / FILLINGS:.3f}")


def cost(texts: Sequence[str]) -> None:
    """Time and memory on texts put together from pieces, so that they share some."""
    dice = Random(9)
    made = [
        "".join(dice.choice(texts)[4:16] for _ in range(dice.choice((5, 10, 20, 50))))
        for _ in range(MADE)
    ]
    start = time.perf_counter()
    signatures = [signature(text) for text in made]
    signed = time.perf_counter()
    index = DuplicateIndex()
    for number, (text, each) in enumerate(zip(made, signatures, strict=True)):
        index.find(text, each)
        index.add(f"{number:032x}", f"{number:032x}", each, text)
    done = time.perf_counter()
    print(f"  signatures {MADE / (signed - start):,.0f}/s")
    print(f"  query and insert {MADE / (done - signed):,.0f}/s")
    tracemalloc.start()
    index = DuplicateIndex()
    for number, (text, each) in enumerate(zip(made, signatures, strict=True)):
        index.add(name := f"{number:032x}", name, each, text)
    print(f"  memory {tracemalloc.get_traced_memory()[0] / MADE:,.0f} bytes a mention")
    tracemalloc.stop()


def main() -> None:
    texts = posts(sys.argv[1:])
    found_again(texts)
    merged_by_mistake()
    cost(texts)


if __name__ == "__main__":
    main()
