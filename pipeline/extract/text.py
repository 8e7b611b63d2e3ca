"""The article's text: which part of the page it is, and which lines of it.

Text density over the tree, after Readability and Sun et al., DOM Based Content Extraction via Text
Density (SIGIR 2011), reduced to sums over blocks: the container is found by descending from the
body into the child that keeps the prose and sheds the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.apart import foot, second_post, with_boxes, with_legal
from pipeline.extract.page import Page
from pipeline.extract.prose import inside_of, is_prose
from pipeline.extract.title import Headline, key
from pipeline.extract.wording import (
    ends_article,
    is_byline,
    is_foot,
    is_furniture,
    letter_label,
    names_editor,
    without_tail,
)

_CELL = 80
"""Characters of a table cell that may share a line with its neighbours."""
_ENTRY = re.compile(r"(?:\d{1,2}月\d{1,2}日\s*)?\d{1,2}[:：]\d{2}")
"""The time of day of an entry of a live report."""
_ASKS = re.compile(r"[？?]|请问|想问|请教|求助")


@dataclass(frozen=True, slots=True)
class Content:
    """The chosen container, and the indexes of the blocks that are the article."""

    element: int = 0
    blocks: tuple[int, ...] = ()
    prose: int = 0
    """Characters in sentences."""
    lead: int = 0
    """How many of the blocks are an introduction outside of the container."""

    @property
    def body(self) -> int:
        """Index of the first block inside the container; there must be blocks."""
        return self.blocks[min(self.lead, len(self.blocks) - 1)]


@dataclass(slots=True)
class _Mass:
    good: list[float]
    bad: list[float]


def find_content(page: Page, noisy: list[bool], headline: Headline) -> Content:
    """The article; empty when the page has no prose of its own."""
    if not page.blocks:
        return Content()
    start = headline.block + 1 if headline.block is not None else 0
    stop = min(foot(page, start), second_post(page, start))
    noisy = with_boxes(page, with_legal(page, noisy, start), start)
    content = _choose(page, noisy, start, stop, headline)
    if content.prose < 20:
        calm = [False] * len(page.elements)
        second = _choose(page, calm, start, len(page.blocks), headline)
        second = _without_foot(page, second)
        if second.prose > 5 * content.prose + 80:
            return second
    return _with_lead(page, noisy, headline, content)


def _with_lead(page: Page, noisy: list[bool], headline: Headline, content: Content) -> Content:
    """With the introduction of a live report, or what a question says below its headline.

    Both stand in the headline's own box, outside of the list of entries or answers.
    """
    if headline.block is None or not content.blocks:
        return content
    entries = sum(_ENTRY.fullmatch(page.blocks[i].text) is not None for i in content.blocks)
    asked = headline.text.endswith(("？", "?"))
    if entries < 3 and not asked:
        return content
    inside = inside_of(page, page.elements[page.blocks[headline.block].element].parent)
    lead = [
        i
        for i in range(headline.block + 1, content.blocks[0])
        if is_prose(block := page.blocks[i])
        and inside[block.element]
        and not noisy[block.element]
        and not is_furniture(block.text)
        and (entries >= 3 or _ASKS.search(block.text))
    ]
    prose = content.prose + sum(page.blocks[i].size for i in lead)
    return Content(content.element, (*lead, *content.blocks), prose, len(lead))


def _without_foot(page: Page, content: Content) -> Content:
    blocks = tuple(i for i in content.blocks if not is_foot(page.blocks[i].text))
    prose = sum(page.blocks[i].size for i in blocks if is_prose(page.blocks[i]))
    return Content(content.element, blocks, prose)


def _choose(page: Page, noisy: list[bool], start: int, stop: int, headline: Headline) -> Content:
    mass = _weigh(page, noisy, start, stop)
    element = _descend(page, mass)
    blocks = _lines(page, noisy, element, start, stop, headline)
    prose = sum(page.blocks[i].size for i in blocks if is_prose(page.blocks[i]))
    return Content(element, tuple(blocks), prose)


def _weigh(page: Page, noisy: list[bool], start: int, stop: int) -> _Mass:
    """Prose and the rest, by element, sums over everything inside."""
    good = [0.0] * len(page.elements)
    bad = [0.0] * len(page.elements)
    for index, block in enumerate(page.blocks):
        inside = start <= index < stop
        if not inside or noisy[block.element]:
            bad[block.element] += block.size
        elif block.linked >= 0.6 * block.size:
            bad[block.element] += block.linked + 0.2 * block.size
        elif is_furniture(without_tail(block.text)):
            bad[block.element] += block.size
        elif is_prose(block):
            good[block.element] += block.size - block.linked
        else:
            bad[block.element] += block.linked + 0.2 * block.size
    for index in range(len(page.elements) - 1, 0, -1):
        parent = page.elements[index].parent
        good[parent] += good[index]
        bad[parent] += bad[index]
    return _Mass(good, bad)


def _descend(page: Page, mass: _Mass) -> int:
    best: dict[int, int] = {}
    for index in range(1, len(page.elements)):
        parent = page.elements[index].parent
        if mass.good[index] > mass.good[best[parent]] if parent in best else mass.good[index] > 0:
            best[parent] = index
    element = 0
    while element in best:
        child = best[element]
        lost = mass.good[element] - mass.good[child]
        shed = mass.bad[element] - mass.bad[child]
        rows = page.elements[child].tag == "tr" and lost > 0.1 * mass.good[element]
        if rows or page.elements[child].tag == "p" or lost > 0.5 * mass.good[element]:
            break
        if lost > 0.01 * mass.good[element] and shed < 0.5 * lost:
            break
        element = child
    return element


def _lines(
    page: Page, noisy: list[bool], element: int, start: int, stop: int, headline: Headline
) -> list[int]:
    """Indexes of the blocks of the container that belong to the article."""
    inside = inside_of(page, element)
    candidates = [i for i in range(start, stop) if inside[page.blocks[i].element]]
    noise_matters = not noisy[element]
    kept: list[int] = []
    prose = skipped = 0
    signed: int | None = None
    before = 0
    title = key(headline.text)
    for i in candidates:
        block = page.blocks[i]
        line = without_tail(block.text)
        if i < skipped:
            continue
        if ends_article(line) and (prose >= 20 or noisy[block.element]):
            skipped = _behind_box(page, i, kept)
            if prose >= 20 and not skipped:
                break
            continue
        if noise_matters and noisy[block.element]:
            continue
        if block.linked >= 0.6 * block.size and block.size > 1:
            continue
        if names_editor(line) and signed is None and prose >= 20:
            signed, before = len(kept), prose
        if not prose and is_byline(line):
            kept.clear()
            continue
        if is_furniture(line) or names_editor(line) or (title and key(line) == title):
            continue
        kept.append(i)
        if is_prose(block):
            prose += block.size
    if signed is not None and prose < 1.5 * before:
        kept = kept[:signed]
    return _trimmed(page, _without_labels(page, kept))


def _without_labels(page: Page, kept: list[int]) -> list[int]:
    """Without the narrow cells of a letter's table: 答复内容, and 答复时间 with its value."""
    dropped: set[int] = set()
    for i in kept:
        label = letter_label(page.blocks[i].text)
        row, cell = _cell_of(page, page.blocks[i].element) if label else (-1, -1)
        if row < 0:
            continue
        dropped.add(i)
        if label == "fact" and i + 1 < len(page.blocks):
            beside = _cell_of(page, page.blocks[i + 1].element)
            if beside[0] == row and beside[1] != cell:
                dropped.add(i + 1)
    return [i for i in kept if i not in dropped] if dropped else kept


def _behind_box(page: Page, index: int, kept: list[int]) -> int:
    """Index of the block behind a box that stands between two paragraphs of the text.

    0 when block `index` heads no such box: then the text ends there.
    """
    homes = {page.elements[page.blocks[i].element].parent for i in kept if is_prose(page.blocks[i])}
    box = page.blocks[index].element
    while page.elements[box].parent not in homes:
        if page.elements[box].parent == box:
            return 0
        box = page.elements[box].parent
    inside = inside_of(page, box)
    after = index
    while after < len(page.blocks) and inside[page.blocks[after].element]:
        after += 1
    following = page.blocks[after : after + 3]
    home = page.elements[box].parent
    goes_on = any(is_prose(b) and page.elements[b.element].parent == home for b in following)
    return after if goes_on and after > index + 1 else 0


def _trimmed(page: Page, kept: list[int]) -> list[int]:
    """Without short lines before and behind that live elsewhere than the paragraphs."""
    prose = [i for i in kept if is_prose(page.blocks[i])]
    if not prose:
        return []
    homes = {page.blocks[i].element for i in prose}
    homes |= {page.elements[e].parent for e in homes}

    def belongs(i: int) -> bool:
        element = page.blocks[i].element
        return element in homes or page.elements[element].parent in homes

    first, last = prose[0], prose[-1]
    return [i for i in kept if first <= i <= last or belongs(i)]


def render(page: Page, content: Content) -> str:
    """Paragraphs, one a line; the cells of a table row in one line."""
    lines: list[str] = []
    before = (-1, -1)
    for index in content.blocks:
        block = page.blocks[index]
        row, cell = _cell_of(page, block.element)
        if lines and row >= 0 and row == before[0] and cell != before[1] and block.size < _CELL:
            lines[-1] += " " + block.text
        else:
            lines.append(without_tail(block.text))
        before = (row, cell)
    return "\n".join(lines)


def _cell_of(page: Page, element: int) -> tuple[int, int]:
    """The table row and cell that a block stands in; -1 outside of tables."""
    for _ in range(3):
        current = page.elements[element]
        if current.tag in ("td", "th"):
            return current.parent, element
        element = current.parent
    return -1, -1
