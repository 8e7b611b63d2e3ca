"""Articles that a page carries as data for its scripts: JSON-LD and the state of an application."""

from __future__ import annotations

import html as entities
import json
import re
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.extract.page import Page

_LITERAL = r"(\"(?:[^\"\\]++|\\.)*+\"|'(?:[^'\\]++|\\.)*+')"
_CONTENT = re.compile(
    r"[\"']?\b(?:articleBody|article_?content|articleContent|content_?html|contentHtml|content|html_?content"
    r"|main_?content|body|text|detail|articleDetail)[\"']?\s*[:=]\s*" + _LITERAL,
    re.S,
)
_TITLE = re.compile(r"[\"']?\b(?:headline|title|article_?title|name)[\"']?\s*[:=]\s*" + _LITERAL)
_TIME = re.compile(
    r"[\"']?\b(?:datePublished|pub_?[Dd]ate|pub_?[Tt]ime|publish_?[Tt]ime|publish_?[Dd]ate|ptime|ctime|create_?[Tt]ime|time)"
    r"[\"']?\s*[:=]\s*(?:" + _LITERAL + r"|(\d{13}|\d{10}))"
)
_SOURCE = re.compile(
    r"[\"']?\b(?:source|source_?[Nn]ame|media_?[Nn]ame|media|origin)[\"']?\s*[:=]\s*" + _LITERAL
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
_HAN = re.compile(r"[\u4e00-\u9fff]")
MIN_HAN = 40


@dataclass(frozen=True, slots=True)
class Carried:
    """An article in data: `content` may be HTML; the rest as written, empty when not there."""

    content: str
    title: str = ""
    time: str = ""
    source: str = ""

    def as_html(self, title: str) -> str:
        """A small page that says the same."""
        heading = entities.escape(self.title or title)
        byline = entities.escape(f"来源：{self.source}" if self.source else "")
        time = entities.escape(self.time, quote=True)
        content = self.content
        if "<" not in content:
            content = "".join(f"<p>{line}</p>" for line in content.splitlines())
        return (
            f"<html><head><title>{heading}</title>"
            f'<meta property="article:published_time" content="{time}"></head>'
            f"<body><h1>{heading}</h1><div>{byline}</div><div>{content}</div></body></html>"
        )


def carried_article(page: Page) -> Carried | None:
    """The longest text that a script of the page holds under one of the usual names."""
    best: tuple[int, str, re.Match[str], str] | None = None
    for node in page.tree.css("script"):
        script = _readable(node.text() or "")
        for match in _CONTENT.finditer(script):
            if len(match[1]) < 2 * MIN_HAN:
                continue
            text = _value(match[1])
            weight = len(_HAN.findall(text))
            if weight >= MIN_HAN and (best is None or weight > best[0]):
                best = (weight, text, match, script)
    if best is None:
        return None
    _, text, match, script = best
    return Carried(
        text,
        _nearest(_TITLE, script, match),
        _nearest(_TIME, script, match),
        _nearest(_SOURCE, script, match),
    )


def _readable(script: str) -> str:
    """The script with one level of wrapping undone: JSON inside a string, or percent-encoded."""
    if len(script) < 2 * MIN_HAN:
        return ""
    if "%22content%22" in script or "%7B%22" in script:
        script = unquote(script)
    if '\\"' in script and re.search(r'\\"(?:content|articleBody|title)\\"\s*:', script):
        script = re.sub(r'\\(["\\])', r"\1", script)
    return script


def _value(literal: str) -> str:
    """What a literal of JSON or JavaScript stands for; HTML in entities becomes HTML."""
    try:
        text = json.loads(literal) if literal[0] == '"' else None
    except ValueError:
        text = None
    if not isinstance(text, str):
        text = _ESCAPE.sub(_unescaped, literal[1:-1])
    if "&lt;" in text:
        text = entities.unescape(text).strip('"')
    return text.encode("utf-8", "replace").decode("utf-8")


def _unescaped(match: re.Match[str]) -> str:
    if match[1] or match[2]:
        return chr(int(match[1] or match[2], 16))
    return {"n": "\n", "r": "", "t": " ", "b": "", "f": ""}.get(match[3], match[3])


def _nearest(pattern: re.Pattern[str], script: str, content: re.Match[str]) -> str:
    """The value that stands closest to the article in its script."""
    best, distance = "", 4000
    for match in pattern.finditer(script, max(0, content.start() - 4000), content.end() + 4000):
        inside = content.start() <= match.start() < content.end()
        away = max(content.start() - match.end(), match.start() - content.end())
        value = match[1] or (match[2] if pattern.groups > 1 else "")
        if inside or away >= distance or not value.strip("\"'"):
            continue
        best, distance = value, away
    return entities.unescape(_value(best)).strip('"') if best[:1] in ("'", '"') else best
