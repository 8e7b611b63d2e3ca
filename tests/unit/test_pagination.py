"""Where the next page of an article is, and what is not one; one text of several."""

from __future__ import annotations

import pytest

from pipeline.extract.pagination import continuation, joined, may_continue

A = "http://news.example/202603/t0305_81.html"


def bar(*links: tuple[str, str]) -> str:
    """A page whose bar has links of address and text."""
    made = "".join(f'<a href="{href}">{text}</a> ' for href, text in links)
    return f"<html><body><h1>夜市恢复营业</h1><p>正文。</p><div class='pages'>{made}</div></body></html>"


@pytest.mark.parametrize(
    ("url", "html", "expected"),
    [
        (A, bar(("t0305_81_2.html", "下一页")), "t0305_81_2.html"),
        (A, bar(("t0305_81_2.html", "2"), ("t0305_81_3.html", "3")), "t0305_81_2.html"),
        (A, bar(("t0305_81_1.html", "2"), ("t0305_81_2.html", "3")), "t0305_81_1.html"),
        (A, bar(("t0305_81_1.html", "1"), ("t0305_81_2.html", "下页 >")), "t0305_81_2.html"),
        (A, bar(("./t0305_81-2.html", "[2]")), "t0305_81-2.html"),
        (A, bar(("t0305_81_2.html", ">>")), "t0305_81_2.html"),
        (A, bar(("t0305_81_p2.html", "第2页")), "t0305_81_p2.html"),
        (A, bar(("t0305_81.html?page=2", "下一页")), "t0305_81.html?page=2"),
        (A, "<link rel='next' href='t0305_81_2.html'>", "t0305_81_2.html"),
        (
            A,
            "<script>createPageHTML(3, 0, 't0305_81', 'html');</script>",
            "t0305_81_1.html",
        ),
        (
            A,
            bar(("t0305_81_2.html", "下一页"), ("t0305_81_all.html", "阅读全文")),
            "t0305_81_all.html",
        ),
        (A, bar(("t0305_81_2.html", "2"), ("?page=all", "显示全部")), "t0305_81.html?page=all"),
    ],
)
def test_the_next_page_of_an_article(url: str, html: str, expected: str) -> None:
    assert continuation(html, url) == f"http://news.example/202603/{expected}"


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("http://news.example/show?id=81", "/show?id=81&page=2"),
        ("http://news.example/show?id=81&page=1", "/show?page=2&id=81"),
        ("http://news.example/story/81/", "/story/81/2/"),
        ("http://news.example/story/81", "/story/81/page/2"),
        ("https://news.example/story/81.shtml", "/story/81/2.shtml"),
    ],
)
def test_other_forms_of_addresses(url: str, href: str) -> None:
    origin = url.partition("/s")[0]
    assert continuation(bar((href, "下一页")), url) == origin + href


@pytest.mark.parametrize(
    "html",
    [
        bar(("t0305_82.html", "下一篇")),
        bar(("t0305_82.html", "下一页")),
        bar(("t0306_2.html", "下一页")),
        bar(("index_2.html", "下一页")),
        bar(("/202603/", "2")),
        bar(("http://other.example/202603/t0305_81_2.html", "下一页")),
        bar(("t0305_81_2.html", "电梯改造进入验收")),
        bar(("t0305_81_4.html", "4")),
        bar(("t0305_81_200.html", "下一页")),
        bar(("javascript:next()", "下一页"), ("#page2", "2")),
        bar(("t0305_81.html?cpage=2", "下一页")),
        bar(("http://[bad/t0305_81_2.html", "下一页")),
        "<link rel='next' href='/2026/03/06/电梯改造/'>",
        "<script>createPageHTML(9, 0, 'index', 'html');</script>",
        "<script>createPageHTML(1, 0, 't0305_81', 'html');</script>",
        "",
    ],
)
def test_what_is_no_page_of_this_article(html: str) -> None:
    assert continuation(html, A) is None


def test_a_forums_next_page_is_what_others_say() -> None:
    url = "http://bbs.example/viewthread.php?tid=81"
    assert continuation(bar((f"{url}&page=2", "下一页")), url) is None


def test_pages_are_followed_to_the_last() -> None:
    links = [("t0305_81.html", "1"), ("t0305_81_2.html", "2"), ("t0305_81_3.html", "3")]
    second = "http://news.example/202603/t0305_81_2.html"
    third = "http://news.example/202603/t0305_81_3.html"
    assert continuation(bar(*links), A) == second
    assert continuation(bar(*links), second, first=A) == third
    assert continuation(bar(*links), third, first=A) is None
    assert continuation(bar(*links, ("t0305_81_3.html", "下一页")), third, first=A) is None


def test_pages_numbered_from_nought_are_followed_to_the_last() -> None:
    links = [("t0305_81.html", "1"), ("t0305_81_1.html", "2"), ("t0305_81_2.html", "3")]
    second = "http://news.example/202603/t0305_81_1.html"
    third = "http://news.example/202603/t0305_81_2.html"
    assert continuation(bar(*links), A) == second
    assert continuation(bar(*links), second, first=A) == third
    assert continuation(bar(*links), third, first=A) is None
    script = "<script>createPageHTML(3, {}, 't0305_81', 'html');</script>"
    assert continuation(script.format(1), second, first=A) == third
    assert continuation(script.format(2), third, first=A) is None


def test_all_on_one_page_is_the_end() -> None:
    whole = "http://news.example/202603/t0305_81_all.html"
    assert continuation(bar(("t0305_81_2.html", "2")), whole, first=A) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (bar(("t0305_81_2.html", "下一页")).encode("gbk"), True),
        (bar(("t0305_81.html?page=2", "下一页")).encode("utf-16"), False),
        (b'<a href="?id=3&amp;page=2">', True),
        (b"createPageHTML(3, 0", True),
        (b'<a href="t0305_82.html"> <a href="index_2.html">', False),
        (b"", False),
    ],
)
def test_a_quick_look_first(body: bytes, expected: bool) -> None:
    assert may_continue(body, A) is expected


def test_texts_of_pages_are_one_without_repetitions() -> None:
    lead = "连日降雨停业的夜市一条街今晚恢复营业。"
    first = f"{lead}\n记者：路面如何？\n摊主：已经铺好。"
    second = f"{lead}\n记者：还下雨吗？\n摊主：已经铺好。\n{lead}"
    assert joined([first, second]) == (
        f"{lead}\n记者：路面如何？\n摊主：已经铺好。\n记者：还下雨吗？\n摊主：已经铺好。"
    )
    assert joined([first, f"{first}\n完。"]) == f"{first}\n完。"
    assert joined(["", first, ""]) == first
    assert joined([]) == ""
