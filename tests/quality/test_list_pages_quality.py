"""How well the article links of list pages are learnt: precision and recall over invented pages."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest

from crawlers.links import article_links
from tests.list_pages import list_pages

BASE = "http://www.linjiang.example/index.html"
PAGES = dict(list_pages())
PRECISION, RECALL = 0.97, 0.97
"""Floors over all pages; 1.00 and 1.00 when they were set."""
WORST = 0.8
"""Floor of both on any single page."""


def gold(html: str) -> set[str]:
    links = re.findall(r"<a\b[^>]*\bdata-gold\b[^>]*>", html)
    return {urljoin(BASE, re.search(r"href='([^']*)'", link)[1]) for link in links}  # type: ignore[index]


def figures(html: str) -> tuple[float, float]:
    """Precision and recall of one page."""
    wanted = gold(html)
    plain = re.sub(r"<!--gold.*?-->", "", html, flags=re.S).replace(" data-gold", "")
    found = {url for url, _ in article_links(plain, base=BASE, selector=None)}
    right = len(found & wanted)
    return right / len(found) if found else 0.0, right / len(wanted)


@pytest.mark.parametrize("name", PAGES)
def test_each_page(name: str) -> None:
    precision, recall = figures(PAGES[name])
    assert precision >= WORST
    assert recall >= WORST


def test_all_pages() -> None:
    each = [figures(html) for html in PAGES.values()]
    assert len(each) >= 15
    assert sum(precision for precision, _ in each) / len(each) >= PRECISION
    assert sum(recall for _, recall in each) / len(each) >= RECALL
