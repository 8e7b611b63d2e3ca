"""Which boxes of a page are not the article, by the names that their makers gave them."""

from __future__ import annotations

import re

from pipeline.extract.page import Page

_LABEL = re.compile(
    r"comment|pinglun|tie-|gentie|reply|replies|relat|xiangguan|recommend|tuijian|\brec[-_]|guess"
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
_NOISE_TAGS = frozenset({"footer", "aside", "nav", "form", "dialog", "menu"})
_KEPT_TAGS = frozenset({"body", "html", "main", "article"})


def noisy_elements(page: Page) -> list[bool]:
    """By element: whether it, or something around it, is named like noise."""
    noisy: list[bool] = []
    named = {label: _LABEL.search(label) is not None for label in {e.label for e in page.elements}}
    for index, element in enumerate(page.elements):
        own = element.tag in _NOISE_TAGS or (element.tag not in _KEPT_TAGS and named[element.label])
        noisy.append(own or (element.parent != index and noisy[element.parent]))
    return noisy
