"""Trying a source with the real collector child against hosts on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from config.locks import locked
from config.trial import SourceTrial
from config.wiring import System, configuration_of
from desk.trials import Wanted
from pipeline.errors import BadInputError, ChengqingError
from pipeline.model import Source, SourceKind
from tests.command import chengqing, configure
from tests.faulty_host import Host, redirect, say, serving, silence

TEXT = (
    "临江市市场监督管理局今天答复，全市企业开办免收工本费，三个工作日内办结，请市民放心办理。" * 4
)
PAGE = f"<html><h1>企业开办免收工本费</h1><p>2026-03-05 09:30</p><p>{TEXT}</p></html>"


@pytest.fixture
def host() -> Iterator[Host]:
    with serving("127.0.0.1") as made:
        yield made


@pytest.fixture
def trial(tmp_path: Path, host: Host) -> SourceTrial:
    data = tmp_path / "data"
    data.mkdir()
    folder = configure(tmp_path / "config", host.url)
    return SourceTrial(System(configuration_of(folder, data), data), delay=0)


def test_a_feed_is_found_and_its_first_articles_read(trial: SourceTrial, host: Host) -> None:
    host.feed("/1", "/2", "/3", "/4", "/5")
    for path in ("/1", "/2", "/3", "/4", "/5"):
        host.answers[path] = say(PAGE)
    found = trial(Wanted(f"{host.url}/feed.xml"))
    assert (found.what, found.good) == ("feed", True)
    assert len(found.items) == 5
    assert [each.title for each in found.articles] == ["企业开办免收工本费"] * 3
    assert all(each.time is not None and each.lead.startswith("临江市") for each in found.articles)
    assert f"url: {host.url}/feed.xml" in found.yaml
    assert "kind: feed" in found.yaml
    assert [path for path in host.asked if path[1:].isdigit()] == ["/1", "/2", "/3"]
    assert not (trial.system.data / "spool").exists()


def test_wrong_addresses_are_named(trial: SourceTrial, host: Host) -> None:
    host.answers["/login"] = say("<title>登录</title><input type=password>")
    host.answers["/private"] = redirect(f"{host.url}/login")
    host.answers["/one.html"] = say(PAGE)
    host.answers["/paper.pdf"] = say(b"%PDF-1.7", kind="application/pdf")
    host.answers["/robots.txt"] = say("User-agent: *\nDisallow: /closed/", kind="text/plain")
    host.answers["/inside"] = redirect("http://10.0.0.1/")
    wanted = {
        "/private": "login", "/one.html": "article", "/paper.pdf": "document",
        "/closed/": "robots", "/none": "gone", "/inside": "address",
    }  # fmt: skip
    assert {path: trial(Wanted(host.url + path)).what for path in wanted} == wanted


def test_an_address_with_a_place_for_the_word_is_a_search(trial: SourceTrial, host: Host) -> None:
    rows = "".join(f"<li><a href='/{n}'>关于公告第{n}号的说明和解读</a></li>" for n in range(1, 5))
    host.answers["/s?kw=%E5%85%AC%E5%91%8A"] = say(f"<html><h1>公告</h1><ul>{rows}</ul></html>")
    found = trial(Wanted(f"{host.url}/s?kw={{query}}"))
    assert (found.what, len(found.items)) == ("search", 4)
    assert "{query}" in found.yaml
    assert "terms" not in found.yaml


def test_an_article_that_cannot_be_had_is_told(trial: SourceTrial, host: Host) -> None:
    host.feed("/1", "/2")
    host.answers["/1"] = say(PAGE)
    found = trial(Wanted(f"{host.url}/feed.xml", SourceKind.FEED))
    assert [bool(each.problem) for each in found.articles] == [False, True]
    assert "404" in found.articles[1].problem


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("ftp://news.example/"),
        Wanted("不是网址 有空格"),
        Wanted("http://"),
        Wanted("http://[::1"),
        Wanted("http://news.example:99999/"),
        Wanted("javascript:alert(1)"),
        Wanted("http://news\x00.example/"),
        Wanted("http://news.example/", SourceKind.MAILBOX),
        Wanted("http://news.example/", SourceKind.PAGE, links="ul["),
        Wanted("http://news.example/", SourceKind.SEARCH),
        Wanted("http://news.example/", SourceKind.HOTLIST, items="data.["),
        Wanted("http://news.example/", SourceKind.HOTLIST, fields=(("titel", "word"),)),
    ],
)
def test_what_cannot_be_tried_is_one_sentence(trial: SourceTrial, wanted: Wanted) -> None:
    with pytest.raises(BadInputError) as caught:
        trial(wanted)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("/feed.xml", "", "平安临江"),
        ("/list", "<title> 通知公告 &amp; 动态\n</title>", "通知公告 & 动态"),
        ("/list", "<p>没有标题</p>", "127.0.0.1"),
    ],
)
def test_the_entry_bears_a_name_and_an_id_of_its_own(
    trial: SourceTrial, host: Host, path: str, body: str, name: str
) -> None:
    host.feed("/news/20260305/1.html", "/news/20260305/2.html")
    feed = (
        "<rss version='2.0'><channel><title><![CDATA[平安临江]]></title><item><title>夜市开市"
        f"</title><link>{host.url}/news/20260305/1.html</link></item></channel></rss>"
    )
    host.answers["/feed.xml"] = say(feed, kind="application/rss+xml; charset=utf-8")
    links = "".join(
        f"<li><a href='/news/20260305/{n}.html'>夜市第{n}天照常营业，摊位照旧</a></li>"
        for n in range(9)
    )
    host.answers["/list"] = say(f"<html>{body}<ul>{links}</ul></html>")
    used = Source("127-0-0-1", SourceKind.PAGE, "旧", host.url)
    known = replace(trial.system.configuration, sources=(used, replace(used, id="127-0-0-1-2")))
    trial.system.configuration = known
    (entry,) = YAML(typ="safe").load(trial(Wanted(f"{host.url}{path}")).yaml)
    assert (entry["id"], entry["name"]) == ("127-0-0-1-3", name)


def test_a_site_that_is_slow_is_not_put_off_to_a_next_round(
    trial: SourceTrial, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.trial.SECONDS", 1)
    silence(host)
    found = trial(Wanted(f"{host.url}/feed.xml"))
    assert found.what == "unreachable"
    assert "下一轮" not in found.sentence + found.advice
    assert "没有在1秒内答复完" in found.sentence or "超时没有答复" in found.sentence


def test_one_trial_at_a_time(trial: SourceTrial, host: Host) -> None:
    with locked(trial.system.data / "trial.lock"), pytest.raises(ChengqingError, match="正在试"):
        trial(Wanted(f"{host.url}/feed.xml"))
    assert host.asked == []


def test_the_command(tmp_path: Path, host: Host) -> None:
    host.feed("/1")
    host.answers["/1"] = say(PAGE)
    folder = configure(tmp_path / "config", host.url)
    status, lines = chengqing(folder, tmp_path / "data", "try", f"{host.url}/feed.xml")
    assert status == 0
    (line,) = lines
    assert isinstance(line, dict)
    assert line["what"] == "feed"
    assert line["articles"][0]["title"] == "企业开办免收工本费"
