from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.loader import ConfigurationError, load
from pipeline.extract import extract
from pipeline.model import Extraction, Position, RawItem, RawKind, Site
from pipeline.understand import Unreadable, understand

NOW = datetime(2026, 3, 6, 4, 0, tzinfo=UTC)
PAGE = """<html><head><title>临江发布</title><meta name=when content="2026-03-05 09:30"></head><body>
<div class=t>市场监管局答复<b>摊位费</b>疑问</div><div class=who>周敏</div>
<div class=b><p>摊位费全年不涨。</p><div class=ad>今日特价，全场八折，先到先得，售完为止。</div>
<p>收费项目在市场入口处公示。</p></div><div class=from>临江日报</div>
<div class=more><p>另一条消息说，滨江路将于下周封闭施工，请过往车辆绕行，施工期间公交线路另有安排。</p>
<p>又一条消息说，东湖公园的步道已经修好，市民可以从南门和东门进入，开放时间不变。</p></div>
</body></html>"""
SITE = Site(
    "news.example",
    title=".t",
    text=".b",
    time="meta[name=when]",
    author=".who",
    source=".from",
    remove=(".ad",),
)


def read(site: Site, url: str = "https://news.example/1.html", html: str = PAGE) -> Extraction:
    return extract(html.encode(), url=url, now=NOW, sites={site.host: site})


def test_every_field_is_read_as_the_entry_says() -> None:
    page = read(SITE)
    assert page.title == "市场监管局答复摊位费疑问"
    assert page.text == "摊位费全年不涨。\n收费项目在市场入口处公示。"
    assert page.published_at is not None
    assert page.published_at.isoformat() == "2026-03-05T09:30:00+08:00"
    assert (page.published_precision, page.author, page.source) == ("minute", "周敏", "临江日报")


def test_subdomains_are_meant_and_other_hosts_are_not() -> None:
    assert read(SITE, "https://m.news.example/1.html").title == "市场监管局答复摊位费疑问"
    assert read(SITE, "https://badnews.example/1.html").author != "周敏"


def test_a_selector_without_a_match_leaves_the_field_to_the_general_reading() -> None:
    general = extract(PAGE.encode(), url="https://other.example/", now=NOW)
    assert general.is_article
    other = read(Site("news.example", title=".none", text="#none", time="time", author=".no"))
    assert other == general


def test_a_page_without_an_article_stays_empty() -> None:
    html = "<html><head><title>404</title></head><body><h1 class=t>页面不存在</h1></body></html>"
    assert read(SITE, html=html) == Extraction()


def test_a_record_is_read_by_the_entry_of_its_site() -> None:
    raw = RawItem(
        RawKind.ARTICLE,
        "s",
        "https://news.example/1.html",
        "https://news.example/1.html",
        NOW,
        200,
        {"content-type": "text/html"},
        PAGE.encode(),
    )
    (made,) = understand(raw, Position(1, 0), "Asia/Shanghai", sites={SITE.host: SITE})
    assert not isinstance(made, Unreadable)
    assert (made.author, made.origin) == ("周敏", "临江日报")


def test_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(
        "- {host: news.example, title: h1, text: .b, remove: .ad}\n", "utf-8"
    )
    (site,) = load(tmp_path, {}).sites
    assert site == Site("news.example", title="h1", text=".b", remove=(".ad",))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("- {host: news.example, text: 'div['}", "“div[” is not a CSS selector"),
        ("- {host: 'https://news.example/'}", "sites.yaml:1"),
        ("- {host: a.example}\n- {host: a.example}", "already used at sites.yaml:1"),
        ("- {host: a.example, body: p}", "body"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "sites.yaml").write_text(line, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, {})
    assert told in str(caught.value)
