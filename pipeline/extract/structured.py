"""What a page says in JSON: JSON-LD, and the state that it hands to an application."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pipeline.extract.scripts import scripts
from pipeline.extract.state import MIN_HAN, Carried

_ASSIGNED = re.compile(r"(?:=|\(|:|^)\s*([\[{])")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CONTENT = (
    "articlebody", "articlecontent", "contenthtml", "htmlcontent", "maincontent", "content", "body",
    "text", "detail", "articledetail", "html", "article", "richtext", "newscontent", "contenttext",
    "newsbody", "txt", "blocks", "paragraphs", "contents", "newscontentlist", "contentlist",
)  # fmt: skip
_TITLE = ("headline", "title", "articletitle", "newstitle", "name")
_TIME = (
    "datepublished", "pubdate", "pubtime", "publishtime", "publishdate", "publishedat", "publishat",
    "publishtimestamp", "pubtimelong", "ptime", "releasetime", "ctime", "createtime", "createdat",
    "newstime", "time", "uploaddate",
)  # fmt: skip
_SOURCE = (
    "source", "sourcename", "medianame", "media", "origin", "originname", "newssource", "mediainfo",
    "from", "columnname", "copyfrom",
)  # fmt: skip
_AUTHOR = ("author", "authorname", "writer", "reporter", "byline", "nickname", "user", "username")
_NAMES = ("name", "nickname", "username", "screenname", "title")
_WORD = re.compile(r"[^a-z]")
_MAX_DEPTH = 40
_LITTLE = 30
_TRIES = 100
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Described:
    """What structured data (JSON-LD) says of the page's article, as written."""

    title: str = ""
    time: str = ""
    author: str = ""


def described(html: str) -> Described:
    """The first object of the page's JSON-LD that has a publication time."""
    if "ld+json" not in html:
        return Described()
    for attributes, content in scripts(html):
        if "ld+json" not in attributes:
            continue
        for data in _decoded(content):
            for path in _objects(data, ()):
                one = _plain(path[-1])
                if time := _first(one, ("datepublished", "pubdate", "uploaddate")):
                    return Described(_first(one, _TITLE[:2]), time, _first(one, ("author",)))
    return Described()


def structured_article(html: str) -> Carried | None:
    """The longest text that a script of the page holds under one of the usual names."""
    best: tuple[int, str, tuple[Mapping[str, Any], ...]] | None = None
    for _, content in scripts(html):
        for data in _decoded(content):
            for path in _objects(data, ()):
                text = _content(_plain(path[-1]))
                weight = len(_HAN.findall(text))
                if weight >= MIN_HAN and (best is None or weight > best[0]):
                    best = weight, text, path
    if best is None:
        return None
    _, text, path = best
    around = [_plain(one) for one in reversed(path[-3:])]
    inside = [_plain(v) for v in path[-1].values() if isinstance(v, dict)]
    found = (
        next((value for one in [*around, *inside] if (value := _first(one, names))), "")
        for names in (_TITLE, _TIME, _SOURCE, _AUTHOR)
    )
    return Carried(text, *found)


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """With keys in one spelling: publish_time and publishTime are the same."""
    return {_WORD.sub("", key.lower()): value for key, value in data.items()}


def _content(data: Mapping[str, Any]) -> str:
    """The text of an object's own, from one value or from a list of blocks."""
    best = ""
    for name in _CONTENT:
        value = data.get(name)
        if isinstance(value, list):
            value = _paragraphs(value)
        if isinstance(value, str) and len(value) > len(best):
            best = value
    return _markup(best)


def _paragraphs(blocks: list[Any]) -> str:
    lines = []
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
        elif isinstance(block, dict):
            one = _plain(block)
            value = one.get("text") or one.get("content") or one.get("value") or one.get("html")
            value = value or one.get("data")
            if isinstance(value, str) and "title" not in one:
                lines.append(value)
    if any("<" in line for line in lines):
        return "".join(line if "<" in line else f"<p>{line}</p>" for line in lines)
    return "\n".join(lines)


def _first(data: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of these that says something: a text, a number, or an object with a name."""
    for name in names:
        value = data.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = next((v for key in _NAMES if (v := _plain(value).get(key))), "")
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 10**9:
            return str(int(value))
        if isinstance(value, str) and 0 < len(value.strip()) < 200:
            return _markup(value.strip())
    return ""


def _objects(
    data: object, path: tuple[Mapping[str, Any], ...]
) -> Iterator[tuple[Mapping[str, Any], ...]]:
    """Every object inside, each with those around it; JSON inside a string is opened."""
    if len(path) > _MAX_DEPTH:
        return
    if isinstance(data, dict):
        path = (*path, data)
        yield path
        for value in data.values():
            yield from _objects(value, path)
    elif isinstance(data, list):
        for value in data:
            yield from _objects(value, path)
    elif isinstance(data, str) and len(data) > 2 * MIN_HAN and data.lstrip()[:1] in ("{", "["):
        try:
            yield from _objects(json.loads(data), path)
        except (ValueError, RecursionError):
            return


def _markup(text: str) -> str:
    """HTML that was put into entities becomes HTML again; no lone surrogates."""
    if "&lt;" in text or "&quot;" in text:
        text = entities.unescape(text)
    return text.encode("utf-8", "replace").decode("utf-8")


def _decoded(script: str) -> Iterator[object]:
    """The objects of JSON that a script is or assigns."""
    if len(script) < _LITTLE:
        return
    if "%22" in script and "%7B" in script:
        script = unquote(script)
    end, tried = -1, 0
    for match in _ASSIGNED.finditer(script):
        if match.start(1) < end:
            continue
        tried += 1
        if tried > _TRIES:
            return
        try:
            data, end = _DECODER.raw_decode(script, match.start(1))
        except (ValueError, RecursionError):
            continue
        if data:
            yield data
