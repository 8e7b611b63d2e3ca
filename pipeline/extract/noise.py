"""Which boxes of a page are not the article, by the names that their makers gave them."""

from __future__ import annotations

import re

from pipeline.extract.page import Page

_LABEL = re.compile(
    r"comment|\bcmts?\b|-cmts?\b|pinglun|tie-|gentie|reply|replies|relat|xiangguan|recommend|tuijian|\brec[-_]|guess"
    r"|share|fenxiang|bdshare|jiathis|sidebar|side-?bar|\bside\b|aside|footer|\bfoot\b|bottom-?nav"
    r"|copyright|\bnav\b|navbar|nav-|-nav|breadcrumb|crumb|\bhot|hot-?(news|list|rank)"
    r"|rank(ing|list)?\b"
    r"|paihang|toolbar|tool-bar|\btags?\b|tag-?list|prev-?next|pre-?next|pagination|pager"
    r"|disclaimer"
    r"|shengming|statement|qr-?code|erweima|\bvote|subscribe|advert|\bads?\b|ad-|-ad\b|\bgg\b"
    r"|guanggao|popup|dialog|modal|login|dropdown|author-?(card|info|article)|more-?news|moreread"
    r"|editor-?(info|name)|zebian|zrbj|feedback|jiucuo|friend-?link|links?-?list|widget|app-?down"
    r"|hidden|reward|dashang|praise|\blike|appendqr|special_tag",
)
_NOISE_TAGS = frozenset({"footer", "aside", "nav", "dialog", "menu"})
_KEPT_TAGS = frozenset({"body", "html", "main", "article"})

_WRAPPED = 100
"""Characters in lines of some length that make a form more than a form."""


def noisy_elements(page: Page) -> list[bool]:
    """By element: whether it, or something around it, is hidden or named like noise."""
    noisy: list[bool] = []
    wrapping = _wrapping_forms(page) if any(e.tag == "form" for e in page.elements) else set()
    named = {label: _LABEL.search(label) is not None for label in {e.label for e in page.elements}}
    for index, element in enumerate(page.elements):
        own = element.tag in _NOISE_TAGS or (element.tag not in _KEPT_TAGS and named[element.label])
        own = own or element.hidden or (element.tag == "form" and index not in wrapping)
        noisy.append(own or (element.parent != index and noisy[element.parent]))
    return noisy


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
