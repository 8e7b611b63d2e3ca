"""Which boxes of a page are not the article, by the names that their makers gave them."""

from __future__ import annotations

import re

from pipeline.extract.page import Page

_LABEL = re.compile(
    r"comment|-cmts?\b|pinglun|gentie|reply|replies|related|relation|relates|xiangguan|recommend"
    r"|tuijian|guess|share|fenxiang|bdshare|jiathis|sidebar|side-bar|aside|footer|bottom-?nav"
    r"|copyright|navbar|nav-|-nav|crumb|paihang|toolbar|tool-bar|tag-?list|prev-?next|pre-?next"
    r"|pagination|pager|disclaimer|shengming|statement|qr-?code|erweima|subscribe|advert|-ad\b"
    r"|guanggao|popup|dialog|modal|login|dropdown|author-?(?:card|info|article)|more-?news"
    r"|moreread|editor-?(?:info|name)|zebian|zrbj|feedback|jiucuo|friend-?link|links?-?list"
    r"|app-?down|reward|dashang|praise|appendqr|special_tag"
)
_WORD = re.compile(
    r"[\s-](?:cmts?\b|tie-|rec[-_]|side\b|foot\b|nav\b|hot|rank(?:ing|list)?\b|tags?\b|vote|ads?\b"
    r"|gg\b|like)|[\s_](?:rank(?:ing|list)?\b|ads?-)|\s(?:hidden|sign|signatures?|widget(?:[-_]\S*)?)(?=\s|$)"
)
"""Those that only mean noise where a word begins; in a label with a space before it."""
_NOISE_TAGS = frozenset({"footer", "aside", "nav", "dialog", "menu"})
_KEPT_TAGS = frozenset({"body", "html", "main", "article"})

_WRAPPED = 100
"""Characters in lines of some length that make a form more than a form."""


def noisy_elements(page: Page) -> list[bool]:
    """By element: whether it, or something around it, is hidden or named like noise."""
    noisy: list[bool] = []
    wrapping = _wrapping_forms(page) if any(e.tag == "form" for e in page.elements) else set()
    named = {label: _is_named_noise(label) for label in {e.label for e in page.elements}}
    # A box around the headline is the page itself, whatever it is called.
    titled = {a for i, e in enumerate(page.elements) if e.tag == "h1" for a in page.ancestors(i)}
    for index, element in enumerate(page.elements):
        own = element.tag in _NOISE_TAGS or (element.tag not in _KEPT_TAGS and named[element.label])
        own = own and index not in titled
        own = own or element.hidden or (element.tag == "form" and index not in wrapping)
        noisy.append(own or (element.parent != index and noisy[element.parent]))
    return noisy


def _is_named_noise(label: str) -> bool:
    if not label or label == " ":
        return False
    return _LABEL.search(label) is not None or _WORD.search(f" {label}") is not None


def _wrapping_forms(page: Page) -> set[int]:
    """Forms around an article: some systems wrap their pages into one."""
    held = dict.fromkeys((i for i, e in enumerate(page.elements) if e.tag == "form"), 0)
    for block in page.blocks:
        if block.size - block.linked < 20:
            continue
        for element in page.ancestors(block.element):
            if element in held:
                held[element] += block.size - block.linked
    return {form for form, size in held.items() if size >= _WRAPPED}
