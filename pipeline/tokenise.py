"""The one tokeniser of all stores: the same tokens for a text and for a search.

A run of n Chinese characters gives its n - 1 bigrams and then its last character alone; a run of
other letters and digits is one word. Space and punctuation end a run. So a Chinese word is found
as a sequence of bigrams (a substring search), a Latin one as a whole word, and a single character
as the beginning of a token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.model import Span
from pipeline.normalise import Folded, fold

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"([{_HAN}]+)|([^\\W_{_HAN}]+)")


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its span in the folded text."""

    text: str
    start: int
    end: int


def tokens(folded: str) -> list[Token]:
    """The tokens of a folded text, in order; consecutive ones have consecutive positions."""
    result: list[Token] = []
    for run in _RUN.finditer(folded):
        start, end = run.span()
        if run[2] is not None:
            result.append(Token(run[2], start, end))
            continue
        result.extend(Token(folded[i : i + 2], i, i + 2) for i in range(start, end - 1))
        result.append(Token(folded[end - 1], end - 1, end))
    return result


def indexed(text: str) -> str:
    """The tokens of an original text, joined by spaces, as the stores index them."""
    parts: list[str] = []
    folded = fold(text).text
    for run in _RUN.finditer(folded):
        start, end = run.span()
        if run[2] is None:
            parts.extend([folded[i : i + 2] for i in range(start, end - 1)])
            parts.append(folded[end - 1])
        else:
            parts.append(run[2])
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a word or phrase of a search asks for: tokens in sequence.

    With `open_end` the last token is a single Chinese character, which begins a token of the text.
    """

    tokens: tuple[str, ...]
    open_end: bool

    def find(self, folded: str, of: list[Token]) -> list[Span]:
        """Spans in the folded text where the phrase stands; `of` are the text's tokens."""
        size, last = len(self.tokens), self.tokens[-1]
        found = []
        for i in range(len(of) - size + 1):
            if any(of[i + k].text != self.tokens[k] for k in range(size - 1)):
                continue
            token = of[i + size - 1]
            if self.open_end and token.text.startswith(last):
                found.append((of[i].start, token.start + 1))
            elif not self.open_end and token.text == last:
                found.append((of[i].start, token.end))
        return found


def phrase(text: str) -> Phrase | None:
    """The phrase of a search word; None when there is nothing to search in it."""
    found = tokens(fold(text).text)
    if not found:
        return None
    last = found[-1]
    single = len(last.text) == 1 and re.fullmatch(f"[{_HAN}]", last.text) is not None
    if single and len(found) > 1 and found[-2].end == last.end:
        return Phrase(tuple(token.text for token in found[:-1]), open_end=False)
    return Phrase(tuple(token.text for token in found), open_end=single)


def spans_in(text: str, phrases: tuple[Phrase, ...]) -> tuple[Span, ...]:
    """Where any of the phrases stands in an original text: sorted, overlapping spans joined."""
    folded: Folded = fold(text)
    of = tokens(folded.text)
    found = sorted(
        folded.original(*span) for each in phrases for span in each.find(folded.text, of)
    )
    joined: list[Span] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
