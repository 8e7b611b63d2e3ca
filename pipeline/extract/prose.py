"""Which blocks read like sentences, and which elements stand inside another."""

from __future__ import annotations

import re

from pipeline.extract.page import Block, Page
from pipeline.extract.wording import is_byline

_SENTENCE = re.compile(r"[，。！？；、：,;!?]|\.\s|\.$")


def is_prose(block: Block) -> bool:
    """Whether the block reads like a sentence and is not mostly links."""
    own = block.size - block.linked
    if own < 10 or own <= block.linked:
        return False
    sentence = own >= 40 or _SENTENCE.search(block.text) is not None
    return sentence and not is_byline(block.text)


def inside_of(page: Page, element: int) -> list[bool]:
    """By element: whether it is `element` or stands inside it."""
    inside = [False] * len(page.elements)
    inside[element] = True
    for index in range(element + 1, len(page.elements)):
        inside[index] = inside[page.elements[index].parent]
    return inside
