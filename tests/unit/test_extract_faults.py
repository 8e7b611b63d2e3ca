"""What users of other tools reported of pages, and what the net does to them: the right value."""

from __future__ import annotations

import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.extract.parse import MAX_TAGS, read_page
from pipeline.extract.second_opinion import second_opinion
from pipeline.model import Extraction

NOW = datetime(2026, 3, 5, 16, 20, tzinfo=UTC)
"""00:20 on 6 March in Beijing."""
FIRST = "临江市市场监管局今天公布，全市夜市摊位费由每月300元降为200元，四月起执行。"
SECOND = "摊主可以在线上平台查询自己的缴费记录，多缴的部分在五个工作日内退回。"


def page(
    *lines: str, title: str = "夜市摊位费四月起下调", byline: str = "", charset: str = "utf-8"
) -> str:
    text = "".join(f"<p>{line}</p>" for line in lines or (FIRST, SECOND))
    return (
        f'<html><head><meta charset="{charset}"><title>{title}_临江新闻网</title></head><body>'
        f"<h1>{title}</h1><div class=info>{byline}</div><div>{text}</div></body></html>"
    )


# --- charsets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "declared", "header"),
    [
        ("gb18030", "gb2312", ""),
        ("gb18030", "utf-8", "text/html; charset=utf-8"),
        ("gb18030", "iso-8859-1", "text/html; charset=ISO-8859-1"),
        ("gb18030", "", ""),
        ("big5", "gb2312", ""),
        ("utf-8", "gb2312", "text/html; charset=GBK"),
        ("utf-16-le", "utf-8", "text/html"),
        ("utf-16-be", "", ""),
        ("utf-16", "gbk", "text/html; charset=gbk"),
    ],
)
def test_the_text_is_right_whatever_the_page_declares(
    codec: str, declared: str, header: str
) -> None:
    lines, title = (FIRST, SECOND), "夜市摊位费四月起下调"
    if codec == "big5":
        lines = ("臨江市市場監管局今天公布，全市夜市攤位費四月起調降。", "攤主可以在線上查詢繳費。")
        title = "夜市攤位費四月起調降"
    body = page(*lines, title=title, charset=declared).encode(codec, "ignore")
    read = extract(body, content_type=header, now=NOW)
    assert read.text == "\n".join(lines)
    assert read.language == "zh"


def test_a_page_that_declares_gb2312_may_hold_more() -> None:
    line = "何镕、李喆、㐂多屋、龘龘三家商户和臺灣小館參加了檢查，𠮷野家也在名單之中，結果合格。"
    assert "𠮷" in line  # four bytes in GB18030
    body = page(line, SECOND, charset="gb2312").encode("gb18030")
    assert extract(body, content_type="text/html; charset=gb2312").text == f"{line}\n{SECOND}"


def test_nul_and_control_characters_are_gone() -> None:
    body = page(FIRST.replace("夜市", "夜\x00市\x0b"), SECOND, title="夜\x00市摊位费\x08下调")
    read = extract(body.encode(), now=NOW)
    assert read.title == "夜市摊位费下调"
    assert read.text == f"{FIRST}\n{SECOND}"


# --- what is no article ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.4\n" + page().encode(),
        b"\x89PNG\r\n\x1a\n" + page().encode(),
        b"\xff\xd8\xff\xe0" + bytes(64) + page().encode(),
        ('{"title": "t", "content": "' + FIRST + '"}').encode(),
        b"<html><body><p>" + b"x" * (30 * 1024 * 1024),
        b"<html><body>" + b"<div><span>" * 10_000 + FIRST.encode(),
        b"<!--" * 200_000 + FIRST.encode(),
        b"<html><body>" + b"<script" * 100_000,
        page("该页面不存在或者已经被删除，请返回首页浏览。", title="404").encode(),
        page("&nbsp;", "").encode(),
        page("请先登录，登录后可以查看全文内容。", title="用户登录").encode(),
        page("页面正在加载，请启用JavaScript后继续访问。", title="加载中").encode(),
    ],
    ids=[
        "pdf", "png", "jpeg", "json", "30 MB", "nested", "comments", "scripts",
        "soft 404", "empty", "wall", "shell",
    ],
)  # fmt: skip
def test_gives_nothing(body: bytes) -> None:
    assert extract(body, now=NOW) == Extraction()


# --- times -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("昨天 23:50", "2026-03-05T23:50:00+08:00"),
        ("2小时前", "2026-03-05T22:20:00+08:00"),
        ("3月5日 08:30", "2026-03-05T08:30:00+08:00"),
        ("03-05 08:30", "2026-03-05T08:30:00+08:00"),
        ("上周五", "2026-02-27T00:00:00+08:00"),
        ("今天 00:05", "2026-03-06T00:05:00+08:00"),
        ("发布时间：２０２６年３月５日 ０８：３０", "2026-03-05T08:30:00+08:00"),
    ],
)
def test_times_near_midnight(byline: str, expected: str) -> None:
    read = extract(page(byline=byline).encode(), now=NOW)
    assert read.published_at is not None
    assert read.published_at.isoformat() == expected


def test_a_range_in_the_headline_and_a_disclaimer_below() -> None:
    html = page(
        title="5月20日至31日封闭施工的滨江路段公布", byline="2026-05-18 16:05 来源：临江发布"
    )
    disclaimer = (
        "<div><p>免责声明：本网站部分内容来自网络，版权归原作者所有，如有侵权请联系删除，"
        "本网站不对其真实性负责，读者应自行判断，由此产生的一切后果由读者自行承担。</p></div>"
    )
    read = extract(html.replace("</body>", f"{disclaimer}</body>").encode(), now=NOW)
    assert read.text == f"{FIRST}\n{SECOND}"
    assert read.published_at is not None
    assert read.published_at.isoformat() == "2026-05-18T16:05:00+08:00"


def test_a_copyright_or_a_date_of_effect_is_no_publication() -> None:
    html = page(FIRST, "本办法自2018年1月1日起施行，有效期五年，由市市场监管局负责解释。")
    foot = "<div class=x>临江新闻网 ©2019-2026</div><p>Copyright 2019-2026 All Rights Reserved</p>"
    assert extract(html.replace("</body>", f"{foot}</body>").encode(), now=NOW).published_at is None


def test_a_short_article_above_a_long_foot() -> None:
    foot = "临江新闻网由临江日报社主办，关于我们、联系我们、广告服务、网站地图、法律声明。" * 10
    html = page(FIRST).replace("</body>", f"<div class=b><p>{foot}</p></div></body>")
    assert extract(html.encode(), now=NOW).text == FIRST


# --- what an article holds besides its text ----------------------------------------------------


def test_images_with_captions_and_links() -> None:
    html = page().replace(
        f"<p>{SECOND}",
        '<p><img src="/loading.gif" data-original="/i/1.jpg" alt="1.jpg"></p><p>图为夜市。何川 摄</p>'
        '<figure><img src="i/2.jpg" width="420p"><figcaption>退费窗口</figcaption></figure>'
        '<p><img src="/share-icon.png"><img src="/x.png" width="16"></p>'
        f'<p>详见<a href="/n/2.html">公告原文</a>和<a href="#top">页首</a>。{SECOND}',
    )
    related = '<ul><li><img src="/i/9.jpg"><a href="/n/9.html">另一条消息的标题</a></li></ul>'
    html = html.replace("</body>", f"<div class=related>{related}</div></body>")
    read = extract(html.encode(), url="https://news.example/n/1.html", now=NOW)
    assert [(image.url, image.caption) for image in read.images] == [
        ("https://news.example/i/1.jpg", "图为夜市。何川 摄"),
        ("https://news.example/n/i/2.jpg", "退费窗口"),
    ]
    assert [(link.url, link.text) for link in read.links] == [
        ("https://news.example/n/2.html", "公告原文")
    ]


def test_confidence_rises_with_the_signs_of_an_article() -> None:
    lines = [FIRST, SECOND] * 3
    full = extract(page(*lines, byline="2026-03-05 09:30").encode(), now=NOW).confidence
    undated = extract(page(*lines).encode(), now=NOW).confidence
    short = extract(page(FIRST).encode(), now=NOW).confidence
    assert 0 < short < undated < full <= 1
    assert extract(b"<html><body></body></html>", now=NOW).confidence == 0


# --- names that builders of pages give ---------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        "class='relative overflow-hidden'",
        "class='thread-content'",
        "class='elementor-widget elementor-widget-text-editor'",
        "class='read-box upload-area'",
        "id='share-page'",
    ],
)
def test_a_box_is_not_noise_for_a_name_that_resembles_one(names: str) -> None:
    html = page(byline="2026-03-05 09:30").replace("<body>", f"<body><div {names}>")
    assert extract(html.encode(), now=NOW).text == f"{FIRST}\n{SECOND}"


# --- very many tags ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "filling", ["<p>一</p>", "<br>", "<b>一</b>", "<tr><td>一", "<script>1</script>"]
)
def test_of_a_page_of_very_many_tags_the_beginning_is_read(filling: str) -> None:
    html = page(byline="2026-03-05 09:30").replace("</body>", "<table>" + filling * 500_000)
    found = read_page(html)
    assert found is not None
    assert len(found.elements) <= MAX_TAGS
    assert extract(html.encode(), now=NOW).title == "夜市摊位费四月起下调"
    assert FIRST in extract(html.encode(), now=NOW).text


def test_the_second_opinion_is_not_asked_of_a_page_that_it_would_take_seconds_for() -> None:
    article = "".join(f"<p>{FIRST}</p>" for _ in range(8))
    assert FIRST in second_opinion(f"<html><body>{article}</body></html>")
    assert not second_opinion(f"<html><body>{article}{'<b>一</b>' * 20_000}</body></html>")


# --- memory ------------------------------------------------------------------------------------


def resident() -> float:
    """MB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc on this system")
def test_memory_stays_level_over_ten_thousand_pages() -> None:
    def read(start: int, stop: int) -> None:
        for number in range(start, stop):
            assert extract(page(f"第{number}号公告。{FIRST}").encode(), now=NOW).is_article

    read(0, 2_000)
    before = resident()
    read(2_000, 10_000)
    assert resident() - before < 8


@pytest.mark.parametrize("unit", ["<script>", "<script", "<script>x</scrip>"])
def test_scripts_without_end(unit: str) -> None:
    assert extract((unit * 200_000).encode()).text == ""
