"""Articles that a page carries as data for its scripts: JSON-LD and the state of an application."""

from __future__ import annotations

import html as entities
import json
import re
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.extract.scripts import scripts

_LITERAL = r"(\"(?:[^\"\\]++|\\.)*+\"|'(?:[^'\\]++|\\.)*+')"
_CONTENT = re.compile(
    r"[\"']?\b(?:articleBody|article_?content|articleContent|content_?html|contentHtml"
    r"|content|html_?content"
    r"|main_?content|body|text|detail|articleDetail)[\"']?\s*[:=]\s*" + _LITERAL,
    re.S,
)
_TITLE = re.compile(r"[\"']?\b(?:headline|title|article_?title|name)[\"']?\s*[:=]\s*" + _LITERAL)
TIME_VALUE = re.compile(
    r"[\"']?\b(?:datePublished|pub_?[Dd]ate|pub_?[Tt]ime|publish_?[Tt]ime|publish_?[Dd]ate"
    r"|ptime|ctime|create_?[Tt]ime|time)"
    r"[\"']?\s*[:=]\s*(?:" + _LITERAL + r"|(\d{13}|\d{10}))"
)
SOURCE_VALUE = re.compile(
    r"[\"']?\b(?:source|source_?[Nn]ame|media_?[Nn]ame|media|origin)[\"']?\s*[:=]\s*" + _LITERAL
)
_WRAPPED = re.compile(r'\\"(?:content|articleBody|title)\\"\s*:')
_BRACES = re.compile(r"\"(?:[^\"\\]++|\\.)*+\"|[{}]", re.S)
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
    author: str = ""

    def as_html(self, title: str) -> str:
        """A small page that says the same."""
        heading = entities.escape(self.title or title)
        byline = f"来源：{self.source} " if self.source else ""
        byline = entities.escape(byline + (f"作者：{self.author}" if self.author else ""))
        time = entities.escape(self.time, quote=True)
        content = self.content
        if "<" not in content:
            content = "".join(f"<p>{line}</p>" for line in content.splitlines())
        return (
            f"<html><head><title>{heading}</title>"
            f'<meta property="article:published_time" content="{time}"></head>'
            f"<body><h1>{heading}</h1><div>{byline}</div><div>{content}</div></body></html>"
        )


def carried_article(html: str) -> Carried | None:
    """The longest text that a script of the page holds under one of the usual names."""
    best: tuple[int, str, re.Match[str], str] | None = None
    for _, content in scripts(html):
        script = _readable(content)
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
    around = _around(script, match)
    return Carried(
        text, *(first_value(pattern, around) for pattern in (_TITLE, TIME_VALUE, SOURCE_VALUE))
    )


def _around(script: str, content: re.Match[str]) -> list[str]:
    """What the objects around the article say themselves, without objects inside them.

    The object that holds the article comes first, then the two around it; last the first one
    again with all that it holds.
    """
    open_at: list[int] = []
    closed: list[tuple[int, int]] = []
    path: list[int] | None = None
    spans: list[tuple[int, int]] = []
    for token in _BRACES.finditer(script):
        if path is None and token.start() >= content.start():
            path = open_at[-3:]
        if token[0] == "{":
            open_at.append(token.start())
        elif token[0] == "}" and open_at:
            span = (open_at.pop(), token.end())
            if path and span[0] in path:
                spans.append(span)
                if len(spans) == len(path):
                    break
            closed.append(span)
    texts = [_own_text(script, span, [*closed, *spans], content.span()) for span in spans]
    return [*texts, *(_own_text(script, span, [], content.span()) for span in spans[:1])]


def _own_text(
    script: str, span: tuple[int, int], objects: list[tuple[int, int]], content: tuple[int, int]
) -> str:
    """The text of a span without the objects strictly inside it and without the article."""
    inner = [o for o in objects if span[0] < o[0] and o[1] < span[1]] + [content]
    parts, at = [], span[0]
    for start, end in sorted(inner):
        if start >= at:
            parts.append(script[at:start])
        at = max(at, end)
    parts.append(script[at : span[1]])
    return "".join(parts)


def first_value(pattern: re.Pattern[str], texts: list[str]) -> str:
    """What the first match in the first of the texts stands for; empty when none says anything."""
    for text in texts:
        for match in pattern.finditer(text):
            value = next((group for group in match.groups() if group), "")
            if value.strip("\"'"):
                return _value(value).strip() if value[0] in "\"'" else value
    return ""


def _readable(script: str) -> str:
    """The script with one level of wrapping undone: JSON inside a string, or percent-encoded."""
    if len(script) < 2 * MIN_HAN:
        return ""
    if "%22content%22" in script or "%7B%22" in script:
        script = unquote(script)
    if _WRAPPED.search(script):
        script = re.sub(_LITERAL, _unwrapped, script, flags=re.S)
    return script


def _unwrapped(match: re.Match[str]) -> str:
    """JSON that stands inside a string, as in JSON.parse("…")."""
    return _value(match[0]) if _WRAPPED.search(match[0]) else match[0]


def _value(literal: str) -> str:
    """What a literal of JSON or JavaScript stands for; HTML in entities becomes HTML."""
    try:
        text = json.loads(literal) if literal[0] == '"' else None
    except ValueError:
        text = None
    if not isinstance(text, str):
        text = _ESCAPE.sub(_unescaped, literal[1:-1])
    if "&lt;" in text or "&quot;" in text:
        text = entities.unescape(text).strip('"')
    return text.encode("utf-8", "replace").decode("utf-8")


def _unescaped(match: re.Match[str]) -> str:
    if match[1] or match[2]:
        return chr(int(match[1] or match[2], 16))
    return {"n": "\n", "r": "", "t": " ", "b": "", "f": ""}.get(match[3], match[3])
