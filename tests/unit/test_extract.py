from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import extract, extract_html, plain_text
from pipeline.model import Extraction, Hints

NOW = datetime(2026, 3, 5, 16, 20, tzinfo=UTC)
"""00:20 on 6 March in Beijing."""
PARAGRAPHS = (
    "临江市市场监管局工作人员介绍，本次检查共出动执法人员120人次，检查经营户326家。",
    "下一步，该局将对整改情况开展回头看，对拒不改正的依法从严处理。",
)


def article(byline: str = "", title: str = "全市农贸市场检查进行时", head: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<html><head><title>{title}_临江新闻网</title>{head}</head><body><h1>{title}</h1>"
        f"<div class=info>{byline}</div><div>{text}</div>"
        "<p>版权所有 © 2019-2026 临江新闻网</p></body></html>"
    )


def published(byline: str, **kwargs: str) -> str | None:
    page = extract(article(byline, **kwargs).encode(), now=NOW)
    assert page.text == "\n".join(PARAGRAPHS)
    if page.published_at is None:
        return None
    return page.published_at.isoformat()[: 16 if page.published_precision == "minute" else 10]


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("", None),
        ("浏览：2019次", None),
        ("昨天 23:50 来源：临江发布", "2026-03-05T23:50"),
        ("2小时前", "2026-03-05T22:20"),
        ("03-05 08:30", "2026-03-05T08:30"),
        ("上周五", "2026-02-27"),
        ("更新时间：2026-03-05 10:00 发布时间：2026-03-04 09:00", "2026-03-04T09:00"),
        ("更新时间：2026-03-05 10:00", "2026-03-05T10:00"),
    ],
)
def test_bylines(byline: str, expected: str | None) -> None:
    assert published(byline) == expected


def test_a_date_in_the_headline_is_not_the_publication() -> None:
    title = "2026年5月20日至31日滨江路封闭施工"
    assert published("", title=title) is None
    assert published("2026-05-18 08:05", title=title) == "2026-05-18T08:05"


def test_what_the_page_shows_wins_over_its_metadata() -> None:
    meta = '<meta property="article:published_time" content="2026-03-05T09:31:00+08:00">'
    assert published("2026-03-05 09:30", head=meta) == "2026-03-05T09:30"
    assert published("2026-03-05", head=meta) == "2026-03-05T09:31"
    assert published("2026-03-04", head=meta) == "2026-03-04"
    assert published("", head=meta) == "2026-03-05T09:31"
    assert published("2小时前", head=meta) == "2026-03-05T09:31"


def test_times_without_an_offset_are_in_the_zone_of_the_source() -> None:
    page = extract(article("2026-03-05 09:30").encode(), timezone="Asia/Tokyo")
    assert page.published_at is not None
    assert page.published_at.astimezone(UTC) == datetime(2026, 3, 5, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("byline", "author", "source"),
    [
        ("2026-03-05 09:30 来源：临江发布", "", "临江发布"),
        ("2026-03-05 09:30来源：临江日报作者：许诺 责任编辑：林一", "许诺", "临江日报"),
        ("2026-03-05 09:30 <a>临江晚报</a>", "", "临江晚报"),
        ("来源：<a>临江发布</a> <span>作者 周敏</span> <span>阅读 52</span>", "周敏", "临江发布"),
        ("2026-03-05 09:30 来源：", "", ""),
        ("发布人：admin 2026-03-05 点击：12", "", ""),
    ],
)
def test_author_and_source(byline: str, author: str, source: str) -> None:
    page = extract(article(byline).encode())
    assert (page.author, page.source) == (author, source)


def test_the_headline_has_no_site_in_it() -> None:
    for title in (
        "农贸市场检查：326家被查 - 要闻 - 临江新闻网",
        "农贸市场检查：326家被查|临江在线",
    ):
        html = f"<html><title>{title}</title><body><p>{'</p><p>'.join(PARAGRAPHS)}</p></body>"
        assert extract_html(html).title == "农贸市场检查：326家被查"


def test_the_address_is_absolute_and_not_the_front_page() -> None:
    def canonical(head: str) -> str:
        return extract(article(head=head).encode(), url="https://a.example/x/1.html").canonical_url

    assert canonical('<link rel="canonical" href="/y/1.html">') == "https://a.example/y/1.html"
    assert canonical('<link rel="canonical" href="https://a.example/">') == ""
    assert canonical('<link rel="canonical" href="javascript:void(0)">') == ""
    assert canonical('<meta property="og:url" content="http://[bad">') == ""


def test_json_ld_carries_an_article() -> None:
    data = {
        "@type": "NewsArticle",
        "headline": "农贸市场检查：326家被查",
        "datePublished": "2026-03-05T01:30:00Z",
        "author": {"name": "周敏"},
        "articleBody": "\n".join(PARAGRAPHS),
    }
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    page = extract(f"<html><head><title>x</title>{script}</head><body></body></html>".encode())
    assert page.title == "农贸市场检查：326家被查"
    assert page.text == "\n".join(PARAGRAPHS)
    assert page.published_at == datetime(2026, 3, 5, 1, 30, tzinfo=UTC)


def test_surrogates_and_controls_do_not_come_back_through_escapes() -> None:
    body = json.dumps({"title": "标题\x00", "content": PARAGRAPHS[0] * 3 + "\ud800\x0b&#xB;"})
    page = extract(f"<html><body><script>var d={body}</script></body></html>".encode())
    assert page.text.startswith(PARAGRAPHS[0])
    page.text.encode()
    assert not any(ord(char) < 32 for char in page.title + page.text if char != "\n")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"%PDF-1.7\n<html><body><p>x",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
        b'{"title":"<p>t</p>"}',
        '<?xml version="1.0"?><rss><channel><title>临江日报</title></channel></rss>'.encode(),
        "这里没有标签，只有一句话，并不是网页。".encode(),
        b"<html><head></head><frameset><frame src=a></frameset></html>",
        b"<html><body>" + b"<div>" * 10_000 + PARAGRAPHS[0].encode() + b"</div>" * 10_000,
        b"<html><body><p>" + PARAGRAPHS[0].encode() * 260_000,
        random.Random(7).randbytes(50_000),
    ],
    ids=[
        "empty",
        "blank",
        "pdf",
        "png",
        "json",
        "feed",
        "plain",
        "frames",
        "nested",
        "huge",
        "noise",
    ],
)
def test_what_is_no_article_gives_nothing(body: bytes) -> None:
    assert extract(body, now=NOW) == Extraction()


@pytest.mark.parametrize(
    "fragment",
    [
        "<h1>404</h1><p>抱歉，您访问的页面不存在，可能已经被删除。</p>",
        "<p>该内容已被发布者删除，无法继续查看，请返回。</p>",
        "<h1>登录</h1><p>请先登录后再查看全文，谢谢您的支持。</p><input type=password>",
        "<p>系统检测到访问过于频繁，请输入验证码后继续访问。</p>",
        "<div id=app>正在加载，请稍候，如未响应请刷新页面。</div>",
    ],
)
def test_walls_and_errors_give_nothing(fragment: str) -> None:
    html = f"<html><head><title>提示</title></head><body>{fragment}</body></html>"
    assert extract_html(html, now=NOW) == Extraction()


def test_the_name_that_a_link_gave_helps_to_find_the_headline() -> None:
    html = (
        "<html><head><title>临江市人民政府</title></head><body><p>全市农贸市场检查进行时</p>"
        f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></body></html>"
    )
    page = extract_html(html, hints=Hints(title="全市农贸市场检查进行时"))
    assert (page.title, page.text) == ("全市农贸市场检查进行时", "\n".join(PARAGRAPHS))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "text/html; charset=gbk", "x; charset="]))
def test_any_bytes_are_read_without_an_exception(noise: bytes, content_type: str) -> None:
    body = b"<html><title>" + noise + b"</title><body><p>" + noise[::-1] + PARAGRAPHS[0].encode()
    first = extract(body, content_type=content_type, now=NOW)
    assert extract(body, content_type=content_type, now=NOW) == first


def test_plain_text_of_fragments() -> None:
    assert plain_text("一 &amp; 二<br>三<p>四</p><script>x()</script>") == "一 & 二\n三\n四"
    assert plain_text("  只有\x00一句  ") == "只有一句"
    assert plain_text("") == ""


@pytest.mark.parametrize(
    "line",
    [
        "未经许可擅自从事食品经营的，由市场监督管理部门依法处罚。",
        "市民可以下载“临江通”APP，在线查询办理进度。",
        "扫描二维码即可查询摊位信息。",
        "举报电话：12315，举报邮箱：12315@linjiang.example。",
        "主办单位：临江市文化和旅游局",
        "时间：2026年3月5日14:00",
        "网站应当在首页底部标明ICP备案编号。",
    ],
)
def test_lines_that_only_resemble_furniture_stay(line: str) -> None:
    first, second = PARAGRAPHS
    html = article().replace(second, f"{second}</p><p>{line}</p><p>{second[::-1]}")
    assert extract_html(html).text == "\n".join([first, second, line, second[::-1]])


@pytest.mark.parametrize(
    "line",
    [
        "（责任编辑：林一）",
        "编辑 林一 校对 周二",
        "原标题：全市开展检查",
        "来源：临江日报",
        "扫码关注我们",
        "本文仅代表作者个人观点，不代表本网立场。",
        "未经授权，不得转载。",
        "分享到：微信 微博",
        "<a href=/1.html>市场监管局开展专项检查</a>",
    ],
)
def test_furniture_goes(line: str) -> None:
    html = article().replace(PARAGRAPHS[1], f"{PARAGRAPHS[1]}</p><p>{line}")
    assert extract_html(html).text == "\n".join(PARAGRAPHS)


def test_what_a_site_glues_to_the_last_paragraph_goes() -> None:
    html = article().replace(PARAGRAPHS[1], PARAGRAPHS[1] + "<a href=/>返回临江网，查看更多</a>")
    assert extract_html(html).text == "\n".join(PARAGRAPHS)


def test_a_short_article_on_a_page_with_a_login_box() -> None:
    html = article("2026-03-05 09:30", title="注册公司要收费？市监局：免费").replace(
        PARAGRAPHS[0], "短信验证码不要告诉他人，登录后请核对网址，这是市监局的提醒。"
    )
    html = html.replace("<h1>", "<form><input type=password>登录</form><h1>")
    assert extract_html(html).text.startswith("短信验证码")


def test_state_with_entities_and_a_nested_time() -> None:
    content = "".join(f"&lt;p&gt;{p}&lt;/p&gt;" for p in PARAGRAPHS)
    script = (
        "var BASE = { articleInfo: { title: '&quot;农贸市场检查&quot;'.slice(6, -6),"
        f" content: '&quot;{content}&quot;'.slice(6, -6),"
        " subInfo: { source: '临江发布', time: '2026-03-05 09:30:01' } } };"
    )
    html = f"<html><head><title>x</title></head><body><script>{script}</script></body></html>"
    page = extract_html(html)
    assert (page.title, page.text) == ("农贸市场检查", "\n".join(PARAGRAPHS))
    assert page.source == "临江发布"
    assert page.published_at is not None
    assert page.published_at.isoformat() == "2026-03-05T09:30:00+08:00"
