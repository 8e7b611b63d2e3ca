"""A small news site on loopback, for tests; it keeps a record of what was asked."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

STORIES = {
    "fee": (
        "网传临江注册公司要交200元工本费",
        "近日有网友发帖称，到市场监管局注册公司需要缴纳二百元工本费，不少创业者表示不解。帖子在本地群里被多次转发。",
    ),
    "lift": (
        "临江老旧小区电梯改造进入验收",
        "临江市市场监管局特种设备科人员昨日到城南三个小区查看电梯加装现场，验收合格的将在月底前投入使用。",
    ),
    "market": (
        "城西农贸市场升级后重新开业",
        "改造历时四个月的城西农贸市场昨天开门迎客，摊位由九十个增至一百二十个，新设了公平秤和检测室。",
    ),
    "food": (
        "临江公布本月食品抽检结果",
        "本月抽检食品五百批次，其中糕点、熟食、水产品各有不合格样品，涉事经营者已被立案调查。",
    ),
    "night": (
        "夜市一条街今晚恢复营业",
        "受连日降雨影响暂停的夜市一条街今晚恢复营业，管理方提醒游客留意路面湿滑，餐饮摊主须亮证经营。",
    ),
    "price": (
        "加油站计量器具完成年度检定",
        "全市六十三座加油站的加油机已全部完成年度检定，两台误差超标的加油机被停用并贴上封条。",
    ),
}
"""Key → headline and text: invented, of the invented city."""


@dataclass
class Site:
    """Pages by path: body and type; `moved` by path: where to. `asked` records (path, status)."""

    url: str = ""
    pages: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    sent: int = 0

    def add(self, path: str, body: str, kind: str = "text/html; charset=utf-8") -> None:
        self.pages[path] = (body.encode("utf-8"), kind)

    def publish(self, *keys: str) -> None:
        """Articles of STORIES with a list page and a feed that names all of them."""
        for number, key in enumerate(keys):
            self.add(f"/news/{key}.html", article(*STORIES[key], minute=number))
        links = "".join(
            f'<li><a href="/news/{key}.html">{STORIES[key][0]}</a></li>' for key in keys
        )
        self.add("/news/", f"<html><body><ul class='news'>{links}</ul></body></html>")
        entries = "".join(
            f"<item><title>{escape(STORIES[key][0])}</title>"
            f"<link>{self.url}/news/{key}.html</link></item>"
            for key in keys
        )
        self.add(
            "/feed.xml",
            f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
            f"<title>临江日报</title>{entries}</channel></rss>",
            "application/rss+xml",
        )


def article(title: str, text: str, *, minute: int = 0) -> str:
    """A plain article page, published on 5 March 2026 at 08:MM Beijing time."""
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n"))
    return (
        f"<html><head><meta charset='utf-8'><title>{escape(title)}_临江日报</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a> <a href='/news/'>新闻</a></div>"
        f"<div class='article'><h1>{escape(title)}</h1>"
        f"<div class='info'>2026年3月5日 08:{minute:02} 来源：临江日报</div>"
        f"<div class='content'>{paragraphs}</div></div>"
        "<div class='footer'>临江日报社版权所有</div></body></html>"
    )


@contextmanager
def running_site() -> Iterator[Site]:
    """A site on a free port of 127.0.0.1, stopped at the end of the block."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body, kind = site.pages.get(self.path, (b"", ""))
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            status = 301 if self.path in site.moved else 404 if not kind else 200
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            site.asked.append((self.path, status))
            site.sent += len(body)
            self.send_response(status)
            if status != 304:
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(body)))
            if self.path in site.moved:
                self.send_header("Location", site.moved[self.path])
            self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: the record is `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
