"""Pages that only a browser can show: Debian's Chromium, which has no network of its own.

Every request of a page comes back to us (`route`) and is fetched, if at all, by the collector's own
downloader: the same checks of addresses and robots.txt, the same delays and limits. Whatever slips
past that finds no name resolved and a proxy that nobody runs. One page is shown at a time.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawlers.offspring import kill_offspring
from crawlers.records import decoded_body, header
from pipeline.errors import ChengqingError, PipelineError

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Route

    from crawlers.plan import Plan

START_SECONDS = 60.0
"""For the browser to start."""
QUIET_SECONDS = 15.0
"""For a page to have nothing under way any more; what it shows by then counts."""
MAX_REQUESTS = 30
"""Requests that one page may make."""
MAX_RESOURCE = 5 * 1024 * 1024
MAX_KEPT = 32 * 1024 * 1024
"""Bytes of scripts that are kept for the other pages of the round."""
_FETCHED = ("script", "xhr", "fetch")
_PASSED_ON = ("accept", "referer", "x-requested-with")
_KEPT_HEADERS = ("content-type", "access-control-allow-origin", "access-control-allow-credentials")
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--disable-quic",
    "--no-pings",
    "--disable-gpu",
    "--renderer-process-limit=1",
    "--js-flags=--max-old-space-size=256",
)
_log = logging.getLogger(__name__)


class BrowserError(ChengqingError):
    """A page could not be shown; the message is for the desk."""


def missing() -> str:
    """One sentence when there is no browser; empty when there is one."""
    if find_spec("playwright") is None:
        return "此来源需要浏览器，请安装附加组件：pip install 'chengqing[browser]'"
    if shutil.which("chromium") is None:
        return "此来源需要浏览器，请安装 Chromium：apt-get install chromium"
    return ""


class Browser:
    """Started when the first page needs it. `fetch` is the collector's downloader."""

    def __init__(self, fetch: Callable[[Request], Awaitable[Any]], plan: Plan) -> None:
        self.fetch, self.plan = fetch, plan
        self._one = asyncio.Lock()
        self._chromium: Any = None
        self._kept: dict[str, dict[str, Any]] = {}

    async def show(self, response: Any, source: str) -> str:
        """The page's DOM as HTML after its scripts ran. Raises BrowserError or PipelineError."""
        body = decoded_body(response)
        async with self._one:
            try:
                context = await asyncio.wait_for(self._context(), START_SECONDS)
                showing = self._shown(context, response, body, source)
                return await asyncio.wait_for(showing, self.plan.page_seconds)
            except BrowserError:
                raise
            except TimeoutError:
                self._kill()
                raise BrowserError("浏览器没有按时显示页面") from None
            except Exception as error:  # noqa: BLE001 - a browser dies in many ways
                _log.warning("%s: %s", response.url, str(error).partition("\n")[0])
                self._kill()
                raise BrowserError("浏览器没有能显示页面，详见采集日志") from None

    async def _shown(self, context: BrowserContext, response: Any, body: bytes, source: str) -> str:
        try:
            page = await context.new_page()
            context.on("page", lambda popup: _close(popup))
            visit = _Visit(self, page, response, body, source)
            await context.route("**/*", visit.answer)
            await context.route_web_socket("**/*", lambda socket: socket.close())
            await page.goto(response.url, wait_until="domcontentloaded")
            with suppress(Exception):  # what it shows by then counts
                await page.wait_for_load_state("networkidle", timeout=QUIET_SECONDS * 1000)
            html: str = await page.content()
        finally:
            with suppress(Exception):
                await asyncio.wait_for(context.close(), 5)
        if len(html) > self.plan.max_bytes:
            raise BrowserError("浏览器显示的页面超过大小上限")
        return html

    async def _context(self) -> Any:
        if self._chromium is None or not self._chromium.is_connected():
            from playwright.async_api import async_playwright

            playwright = await async_playwright().start()
            self._chromium = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=list(_ARGUMENTS),
                # Chromium refuses its sandbox to root.
                chromium_sandbox=os.geteuid() != 0,
                handle_sigint=False, handle_sigterm=False, handle_sighup=False,
            )  # fmt: skip
        return await self._chromium.new_context(
            user_agent=self.plan.user_agent,
            locale="zh-CN",
            accept_downloads=False,
            service_workers="block",
        )

    def _kill(self) -> None:
        """The next page gets a new browser."""
        self._chromium = None
        kill_offspring()

    def keep(self, url: str, answer: dict[str, Any]) -> None:
        """Scripts are the same for all pages of a site."""
        if sum(len(each["body"]) for each in self._kept.values()) < MAX_KEPT:
            self._kept[url] = answer

    def kept(self, url: str) -> dict[str, Any] | None:
        return self._kept.get(url)


class _Visit:
    """One page and what it asks for."""

    def __init__(
        self, browser: Browser, page: Page, response: Any, body: bytes, source: str
    ) -> None:
        self.browser, self.page, self.source = browser, page, source
        self.response, self.body = response, body
        self.came = False
        self.requests = 0

    async def answer(self, route: Route) -> None:
        """What becomes of a request: the page itself is here already, style is not needed."""
        request = route.request
        with suppress(Exception):  # the page may be closed meanwhile
            if request.is_navigation_request():
                await self._navigate(route)
            elif request.resource_type == "stylesheet":
                await route.fulfill(status=200, content_type="text/css", body="")
            elif request.resource_type in _FETCHED and request.method == "GET":
                await self._fetch(route)
            else:
                await route.abort()

    async def _navigate(self, route: Route) -> None:
        """Only to the page that was asked for, once: a page that leads elsewhere stays."""
        if self.came or route.request.frame != self.page.main_frame:
            await route.abort("aborted")  # any other error would take the page's place
            return
        self.came = True
        kind = header(self.response, "Content-Type") or "text/html"
        await route.fulfill(status=200, headers={"content-type": kind}, body=self.body)

    async def _fetch(self, route: Route) -> None:
        url = route.request.url
        found = self.browser.kept(url)
        if found is None:
            self.requests += 1
            if self.requests > MAX_REQUESTS or not url.startswith(("http://", "https://")):
                await route.abort()
                return
            found = await self._have(route)
        if found is None:
            await route.abort()
            return
        if route.request.resource_type == "script" and found["status"] == 200:
            self.browser.keep(url, found)
        await route.fulfill(**found)

    async def _have(self, route: Route) -> dict[str, Any] | None:
        """An answer by our own downloader; None when it may not or cannot be had."""
        asked = route.request.headers
        via = [*self.response.meta.get("redirect_urls", ()), self.response.url]
        request = Request(
            route.request.url,
            callback=NO_CALLBACK,
            headers={name: asked[name] for name in _PASSED_ON if name in asked},
            # As if the page had redirected here: it must not reach what itself it could not be.
            meta={
                "source": self.source, "redirect_urls": via, "download_maxsize": MAX_RESOURCE
            },
        )  # fmt: skip
        try:
            response = await self.browser.fetch(request)
            body = decoded_body(response, limit=MAX_RESOURCE)
        except (PipelineError, Exception) as error:  # noqa: BLE001 - the page goes without it
            _log.info("%s: %s", route.request.url, error)
            return None
        headers = {name: header(response, name) for name in _KEPT_HEADERS}
        kept = {name: value for name, value in headers.items() if value}
        return {"status": response.status, "headers": kept, "body": body}


async def _close(popup: Page) -> None:
    with suppress(Exception):
        await popup.close()
