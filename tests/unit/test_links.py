"""Article links on list pages of our own, in the layouts that publishers use."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.links import MAX_DEPTH, MAX_LINKS, article_links, selector_problem

BASE = "http://www.linjiang.example/news/"
HEADLINES = [
    "临江市集中开展电梯安全检查",
    "城西农贸市场升级后重新开业",
    "本月食品抽检结果公布",
    "夜市一条街今晚恢复营业",
    "全市加油站完成计量检定",
    "停水通知",
]
NAVIGATION = (
    "<div class='top-nav'><a href='/'>临江市政务服务门户首页</a><a href='/org/'>机构职能与信息公开</a>"
    "<a href='/news/'>新闻动态与通知公告</a><a href='/hall/'>网上办事大厅服务入口</a></div>"
)
FOOTER = "".join(
    f"<a href='http://gov{n}.example/'>友好合作城市市场监管部门网站{n}</a>" for n in range(30)
)
PAGES = (
    "<div class='pagination'><a href='index_1.html'>1</a><a href='index_2.html'>下一页</a></div>"
)


def urls(html: str, selector: str | None = None, base: str = BASE) -> list[str]:
    return [url for url, _ in article_links(html, base=base, selector=selector)]


def page(content: str) -> str:
    return (
        f"<html><body>{NAVIGATION}{content}{PAGES}"
        f"<div class='friends'>{FOOTER}</div><div class='footer'>备案号</div></body></html>"
    )


def articles(count: int = len(HEADLINES)) -> list[str]:
    return [f"http://www.linjiang.example/news/202603/t20260305_{n}.html" for n in range(count)]


LAYOUTS = {
    "list": "<ul>"
    + "".join(
        f"<li><a href='./202603/t20260305_{n}.html'>{text}</a><span>2026-03-05</span></li>"
        for n, text in enumerate(HEADLINES)
    )
    + "</ul>",
    "table": "<table>"
    + "".join(
        f"<tr class='{'odd' if n % 2 else 'even'}'><td><a href='/news/202603/t20260305_{n}.html'>"
        f"{text}</a></td></tr>"
        for n, text in enumerate(HEADLINES)
    )
    + "</table>",
    "cards": "".join(
        f"<div class='card'><a href='202603/t20260305_{n}.html'><img src='{n}.jpg'></a>"
        f"<h3><a href='202603/t20260305_{n}.html'>{text}</a></h3>"
        f"<p>编辑：<a href='/author/{n}'>王小临</a></p></div>"
        for n, text in enumerate(HEADLINES)
    ),
    "two columns": "<div class='left'>"
    + "".join(
        f"<p><a href='202603/t20260305_{n}.html'>{text}</a></p>"
        for n, text in enumerate(HEADLINES[:4])
    )
    + "</div><div class='right'><h2><a href='202603/t20260305_4.html'>全市加油站完成计量检定</a></h2>"
    "<h2><a href='202603/t20260305_5.html'>停水通知</a></h2></div>",
    "all in one wrapper": "<div id='page' class='page'><ul>"
    + "".join(
        f"<li><a href='202603/t20260305_{n}.html'>{text}</a></li>"
        for n, text in enumerate(HEADLINES)
    )
    + "".join(
        f"<li><a href='202603/t20260305_{n}.html'>临江要闻{n}号文</a></li>" for n in range(6, 60)
    )
    + "</ul></div>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_links_are_learnt(layout: str) -> None:
    count = 60 if layout == "all in one wrapper" else len(HEADLINES)
    assert urls(page(LAYOUTS[layout])) == articles(count)


def test_addresses_in_words_are_learnt_by_their_place() -> None:
    slugs = ["night-market-open", "lift-check", "food-test", "fuel-check"]
    rows = "".join(
        f"<li><a href='{s}'>{t}</a></li>" for s, t in zip(slugs, HEADLINES, strict=False)
    )
    assert urls(page(f"<ul class='news'>{rows}</ul>")) == [f"{BASE}{slug}" for slug in slugs]


def test_an_article_elsewhere_that_stands_in_the_list_belongs_to_it() -> None:
    rows = LAYOUTS["list"].replace(
        "</ul>",
        "<li><a href='https://mp.example/s/Ab3xQ'>临江发布：一图读懂年报</a><span>x</span></li></ul>",
    )
    assert urls(page(rows)) == [*articles(), "https://mp.example/s/Ab3xQ"]


def test_a_link_has_its_longest_text() -> None:
    html = page(LAYOUTS["cards"])
    assert [text for _, text in article_links(html, base=BASE, selector=None)] == HEADLINES
    short = (
        "<ul class='n'><li><a href='/1' title='全市加油站完成计量检定'>全市加油站…</a></li></ul>"
    )
    assert article_links(short, base=BASE, selector=".n a") == [
        ("http://www.linjiang.example/1", "全市加油站完成计量检定")
    ]


def test_threads_of_a_forum() -> None:
    rows = "".join(
        f"<tr><th><a class='xst' href='thread-{n}-1-1.html'>{text}大家怎么看？</a>"
        f"<a href='thread-{n}-1-2.html'>2</a></th><td><a href='space-uid-{n}.html'>临江老街坊{n}号</a></td>"
        f"<td><a href='redirect.php?tid={n}&goto=lastpost'>昨天 08:{n}0 最后回复</a></td></tr>"
        for n, text in enumerate(HEADLINES)
    )
    found = urls(page(f"<table>{rows}</table>"), base="http://bbs.linjiang.example/")
    assert found == [f"http://bbs.linjiang.example/thread-{n}-1-1.html" for n in range(6)]


@pytest.mark.parametrize("selector", ["ul.news a", "ul.news", "ul.news li"])
def test_a_selector_names_the_links_or_what_holds_them(selector: str) -> None:
    html = page("<ul class='news'><li><a href='a'>一</a></li><li><a href='b'>二</a></li></ul>")
    assert urls(html, selector) == [f"{BASE}a", f"{BASE}b"]


def test_the_base_of_the_page_counts() -> None:
    html = "<base href='/other/'><ul class='n'><a href='a'>一</a></ul>"
    assert urls(html, ".n a") == ["http://www.linjiang.example/other/a"]


def test_only_web_addresses_are_links_and_each_once() -> None:
    references = [
        "javascript:void(0)", "mailto:a@b.example", "#top", "", "ftp://x/1", "file:///etc/passwd",
        "http://", "http://[1", "a#comments", "a", "//cdn.example/b", "HTTPS://X.example/c",
    ]  # fmt: skip
    html = "".join(f"<a href='{reference}'>临江夜市今晚恢复营业</a>" for reference in references)
    assert urls(f"<div class='n'>{html}</div>", ".n a") == [
        f"{BASE}a",
        "http://cdn.example/b",
        "HTTPS://X.example/c",
    ]


@pytest.mark.parametrize(
    "html", ["", "<html></html>", "纯文本", f"<nav>{NAVIGATION}</nav>", "<a href='/x'>更多</a>"]
)
def test_a_page_without_articles_has_no_links(html: str) -> None:
    assert urls(f"<html><body>{html}<p>没有列表</p></body></html>") == []


def test_a_hostile_page_is_bounded() -> None:
    deep = "<div class='a'>" * 10_000 + "<a href='/1'>一个足够长的标题在此</a>" * 20_000
    assert urls(deep) == ["http://www.linjiang.example/1"]
    many = "".join(f"<a href='/{n}'>一个足够长的标题在此</a>" for n in range(20_000))
    assert len(urls(f"<div class='n'>{many}</div>", ".n a")) == MAX_LINKS


@given(st.text(max_size=200), st.none() | st.text(max_size=10))
def test_any_page_and_selector_give_links(html: str, selector: str | None) -> None:
    assert all(url.lower().startswith("http") for url in urls(f"<ul>{html}", selector))


def test_a_page_nested_without_end_is_not_read() -> None:
    """Its parser would need minutes."""
    assert urls("<div><a href='/1'>一个足够长的标题在此</a>" * (MAX_DEPTH + 1)) == []
    flat = "<p><a href='/1'>一个足够长的标题在此</a>" * (MAX_DEPTH + 1)
    assert urls(flat) == ["http://www.linjiang.example/1"]


@pytest.mark.parametrize(
    "selector", ["//ul[@class='n']//a", "//ul/li/a/@href", "(//ul)[1]", "//ul[@class='n']/li"]
)
def test_links_are_named_by_an_xpath(selector: str) -> None:
    html = "<a href='/0'>首页导航链接在此</a><ul class='n'><li><a href='/1'>夜市</a></li><li><a href='2'>早市</a></li></ul>"
    assert urls(html, selector) == ["http://www.linjiang.example/1", f"{BASE}2"]


@pytest.mark.parametrize("selector", ["//", "count(//a)", "//a[", "//comment()", "//a/text()"])
def test_an_xpath_that_names_no_links_gives_none(selector: str) -> None:
    assert urls("<!-- x --><a href='/1'>夜市</a>", selector) == []


@pytest.mark.parametrize(
    ("selector", "wrong"),
    [
        ("ul.n a", False),
        ("//ul/li/a", False),
        ("ul[", True),
        ("//ul[", True),
        ("//a[", True),
        ("count(//a)", True),
        ("(//a)[1]", False),
        ("//a/@href", False),
    ],
)
def test_a_selector_is_checked_before_it_is_used(selector: str, wrong: bool) -> None:
    assert (selector_problem(selector) is not None) is wrong


def test_links_come_from_json_where_the_markup_has_no_list() -> None:
    rows = [{"title": text, "url": f"/doc/1023{n}.html"} for n, text in enumerate(HEADLINES)]
    html = (
        f"{NAVIGATION}<div id='app'></div><script>var data = {json.dumps({'list': rows})};</script>"
    )
    expected = [f"http://www.linjiang.example/doc/1023{n}.html" for n in range(len(HEADLINES))]
    assert urls(html) == expected
    assert urls(json.dumps(rows)) == expected


def test_scripts_without_end() -> None:
    filling = "夜市按时开市。" * 400_000
    assert urls("<html>" + "<script>" * 9_000 + filling) == []
