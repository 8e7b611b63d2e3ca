"""The agency's own page: a folder of files that any web server can serve.

One page a clarification, an index, an Atom feed (RFC 4287). Each release is kept as JSON beside its
page, and index and feed are made from these files alone: a crash between any two writes is mended
by publishing again.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.template import Context, Engine
from django.utils import feedgenerator, timezone
from django.utils.translation import gettext as _

from clarifications.atomic_file import write_atomically
from clarifications.publish.channel import ChannelError, ChannelSettings, Publisher, Release

PUBLIC = 0o644
_TEMPLATES = Path(__file__).parent / "site_templates"
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,40}")


class SiteChannel:
    """Writes below DATA/site; the console serves the folder at /site/ until a web server does."""

    def __init__(self, settings: ChannelSettings, publisher: Publisher, data_folder: Path) -> None:
        self.folder = data_folder / "site"
        self.base = (settings.base_url or "/site/").rstrip("/") + "/"
        self.title = settings.title or _("{agency} · 澄清与回应").format(agency=publisher.agency)
        self.publisher = publisher
        self._engine = Engine(dirs=[str(_TEMPLATES)], autoescape=True)

    def publish(self, release: Release) -> str:
        if not _NUMBER.fullmatch(release.number):
            raise ChannelError(_("编号“{n}”不能用作网页地址。").format(n=release.number))
        try:
            self._write(release)
        except OSError as error:
            sentence = _("澄清页面写不进{folder}（{why}），没有发布，请检查后重试。")
            raise ChannelError(
                sentence.format(folder=self.folder, why=error.strerror or error)
            ) from error
        return self.address(release)

    def address(self, release: Release) -> str:
        return f"{self.base}{release.number}.html"

    def releases(self) -> list[Release]:
        """All that stand on the site, newest first."""
        found = [_read(path) for path in (self.folder / "releases").glob("*.json")]
        return sorted(found, key=lambda each: (each.published_at, each.number), reverse=True)

    def _write(self, release: Release) -> None:
        record = {**asdict(release), "published_at": release.published_at.isoformat()}
        self._put(f"releases/{release.number}.json", json.dumps(record, ensure_ascii=False))
        self._put("style.css", (_TEMPLATES / "style.css").read_text("utf-8"))
        self._put(f"{release.number}.html", self._page("page.html", release=_shown(release)))
        releases = self.releases()
        self._put("index.html", self._page("index.html", releases=[_shown(r) for r in releases]))
        self._put("atom.xml", self._feed(releases))

    def _put(self, name: str, text: str) -> None:
        write_atomically(self.folder / name, text.encode(), mode=PUBLIC)

    def _page(self, template: str, **values: object) -> str:
        context = {"site": self.title, "publisher": self.publisher, **values}
        return self._engine.get_template(template).render(Context(context))

    def _feed(self, releases: list[Release]) -> str:
        feed = feedgenerator.Atom1Feed(
            title=self.title,
            link=self.base,
            description="",
            language="zh-CN",
            author_name=self.publisher.agency,
            feed_url=f"{self.base}atom.xml",
        )
        for release in releases:
            feed.add_item(
                title=release.title,
                link=self.address(release),
                description=release.body,
                unique_id=f"urn:chengqing:clarification:{release.number}",
                pubdate=release.published_at,
                updateddate=release.published_at,
            )
        return feed.writeString("utf-8")


def _read(path: Path) -> Release:
    content = json.loads(path.read_text("utf-8"))
    return Release(**{**content, "published_at": datetime.fromisoformat(content["published_at"])})


def _shown(release: Release) -> dict[str, object]:
    """A release for the pages: paragraphs, the agency's wall clock, its page's name."""
    return {
        "number": release.number,
        "kind": release.kind,
        "title": release.title,
        "paragraphs": [line.strip() for line in release.body.splitlines() if line.strip()],
        "published_at": timezone.localtime(release.published_at),
        "page": f"{release.number}.html",
    }
