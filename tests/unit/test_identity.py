"""Which addresses are one page, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.identity import canonical_url, content_hash, mention_id, page_key, same_site

SAME = [
    ("HTTP://News.Example/a.html", "http://news.example/a.html"),
    ("http://news.example:80/a", "http://news.example/a"),
    ("https://news.example:443/a", "https://news.example/a"),
    ("http://news.example", "http://news.example/"),
    ("http://news.example./a", "http://news.example/a"),
    ("http://news.example/a#comments", "http://news.example/a"),
    (" http://news.example/a\n", "http://news.example/a"),
    ("http://news.example/a?utm_source=wx&utm_medium=m", "http://news.example/a"),
    ("http://news.example/a?spm=1.2&id=7&from=timeline", "http://news.example/a?id=7"),
    ("http://news.example/a?share_token=x&sharer_shareid=y&scene=21", "http://news.example/a"),
    ("http://news.example/a;jsessionid=5F2?id=1", "http://news.example/a?id=1"),
    ("http://news.example/a?b=2&a=1", "http://news.example/a?a=1&b=2"),
    ("http://news.example/a?&id=1&", "http://news.example/a?id=1"),
    ("http://news.example/%e5%a4%9c%7E", "http://news.example/夜~"),
    ("http://news.example/news/../a/./b", "http://news.example/a/b"),
    ("http://临江.example/a", "http://xn--miq684e.example/a"),
    ("http://reader@news.example/a", "http://news.example/a"),
    ("http://news.example/a?id=7&hmsr=wx&vd_source=9&mpshare=1", "http://news.example/a?id=7"),
    ("https://news-example.cdn.ampproject.org/c/s/news.example/a", "https://news.example/a"),
    ("https://news-example.mipcdn.com/c/news.example/a?id=1", "http://news.example/a?id=1"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_page(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)
    assert mention_id(one) == mention_id(other)


DIFFERENT = [
    ("http://news.example/a", "http://news.example/b"),
    ("http://news.example/a", "http://news.example/A"),
    ("http://news.example/a?id=1", "http://news.example/a?id=2"),
    ("http://news.example/?app=news&id=1", "http://news.example/?app=notice&id=1"),
    ("http://news.example/?q=%CA%D0", "http://news.example/?q=%B3%C7"),  # 市, 城 in GBK
    ("http://news.example/?a=1&a=2", "http://news.example/?a=2&a=1"),
    ("http://news.example/a%2Fb", "http://news.example/a/b"),
    ("http://news.example:8080/a", "http://news.example/a"),
    ("http://m.news.example/a", "http://news.example/a"),
    ("http://news.example/#/detail?id=1", "http://news.example/#/detail?id=2"),
    ("http://news.example/?12", "http://news.example/?13"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_of_different_pages(one: str, other: str) -> None:
    assert mention_id(one) != mention_id(other)


def test_http_and_https_are_one_page_but_the_address_stays_as_it_answers() -> None:
    assert canonical_url("http://news.example/a") == "http://news.example/a"
    assert page_key("http://news.example/a") == page_key("https://news.example/a")
    assert mention_id("http://news.example/a") == mention_id("https://news.example/a")
    assert page_key("http://news.example:8080/a") == "http://news.example:8080/a"


@pytest.mark.parametrize(
    "text", ["", "tag:news.example,2026:1", "mailto:a@b.example", "http://", "http://[1", "//x/a"]
)
def test_what_is_no_web_address_stays(text: str) -> None:
    assert canonical_url(text) == text


@given(
    st.text() | st.text().map(lambda rest: f"http://{rest}") | st.text().map("http://h/".__add__)
)
@example("http://::")
def test_any_text_has_one_spelling(text: str) -> None:
    once = canonical_url(text)
    assert canonical_url(once) == once
    assert len(mention_id(text)) == 32


def test_the_content_hash_tells_title_from_text() -> None:
    assert content_hash("甲", "乙丙") == content_hash("甲", "乙丙")
    assert content_hash("甲", "乙丙") != content_hash("甲乙", "丙")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("http://m.news.example/a", "https://www.news.example/b", True),
        ("http://news.example/a", "http://3g.news.example/a", True),
        ("http://wap.news.example/a", "http://amp.news.example/a", True),
        ("http://news.example/a", "http://news.example:8080/a", True),
        ("http://m.news.example/a", "http://gov.example/a", False),
        ("http://blog.news.example/a", "http://news.example/a", False),
        ("http://m.example/a", "http://example/a", False),
        ("http://m.example/a", "http://www.example/a", False),
        ("http://[bad/a", "http://news.example/a", False),
        ("", "", False),
    ],
)
def test_versions_of_one_site(one: str, other: str, expected: bool) -> None:
    assert same_site(one, other) is same_site(other, one) is expected
