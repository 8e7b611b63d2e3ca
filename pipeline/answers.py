"""Search copies of what the agency has answered: known claims and official facts (已有口径).

The configuration is the truth; a mention store keeps a copy of the texts to find them by. All
engines look candidates up by the same words and pairs of characters; whether one speaks of what was
asked is decided here, the same for all.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Literal

from pipeline.confusables import FUNCTION_CHARACTERS
from pipeline.model import Claim, Fact, Span
from pipeline.normalise import fold
from pipeline.query import parse, wanted_text
from pipeline.tokenise import FORM, Phrase, joined, tokens, words

CANDIDATES = 50
"""Best ones by rank that are looked at."""
LEAST, ENOUGH = 0.33, 6
"""Share of words and pairs that a question and an answer must have in common, counted of so many at
most: two of each are always enough, however long both are."""
_MOST = 400
"""Different words, and different pairs, of a question that are looked up."""
_FRAME = re.compile(
    r"请问|想问一?下|是不是真的|是真的吗?|真的(?:假的|吗)|是真是假|怎么回事|有没有(?:这回事)?|"
    r"有这回事吗|是不是|是否|能不能|可不可以|为什么|怎么办?|怎样|如何|什么(?:时候)?|"
    r"哪里|哪儿|哪个|多少|多久|几[点时天]|网传|听说|据说|网上|有人说|传言|谣言|辟谣|[吗呢啊呀]+(?!\w)"
)
"""How one asks and tells, not of what; in folded text."""

_WHOLE = "(?<![a-z0-9]){}(?![a-z0-9])"


@dataclass(frozen=True, slots=True)
class Answer:
    """A claim or a fact as it is found: `text` holds all that it is found by."""

    kind: Literal["claim", "fact"]
    id: str
    text: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Answers:
    """All claims and facts of a configuration."""

    all: tuple[Answer, ...] = ()

    @cached_property
    def digest(self) -> str:
        """16 hex digits that change with any text and with how texts are cut into words."""
        made_by = f"{FORM} {version('rjieba')}"
        told = repr((made_by, [(each.key, each.text) for each in self.all]))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def answers_of(claims: Iterable[Claim], facts: Iterable[Fact]) -> Answers:
    """A fact is found by its statement, its subjects, its document and the cues of its parts."""
    found = [Answer("claim", claim.id, claim.text) for claim in claims]
    for fact in facts:
        cues = (cue for element in fact.elements for cue in element.cues)
        said = dict.fromkeys((fact.statement, *fact.subjects, fact.source, *cues))
        found.append(Answer("fact", fact.id, "\n".join(filter(None, said))))
    return Answers(tuple(found))


@dataclass(frozen=True, slots=True)
class Question:
    """What a search asks of the answers: any of the words and pairs, none of the exclusions."""

    words: tuple[str, ...]
    grams: tuple[str, ...]
    excluded: tuple[Phrase, ...] = ()

    def marks(self, text: str) -> tuple[Span, ...]:
        """Where pairs and Latin words of the question stand in an original text."""
        folded = fold(text)
        told = "|".join(_WHOLE.format(each) if each.isascii() else each for each in self.grams)
        found = re.finditer(f"(?=({told}))", folded.text) if told else ()  # pairs overlap
        return joined(folded.original(*match.span(1)) for match in found)


def question(text: str) -> Question | None:
    """A search read as a question; None where nothing is asked for, or nothing beside whether it is
    true. Raises QueryError as `parse`.

    Quotes and OR say nothing here: answers are ranked by all that is asked.
    """
    clauses = parse(text).clauses
    said, grams = _told(wanted_text(text))
    if not said:
        return None
    excluded = tuple(each for clause in clauses if clause.negative for each in clause.phrases)
    return Question(_different(said), _different(grams), excluded)


def choose(asked: Question, ranked: Sequence[Answer], limit: int) -> list[Answer]:
    """Those of the ranked answers that speak of what was asked, in their order.

    Measured by the overlap coefficient (Szymkiewicz–Simpson) of words and of pairs, their mean, so
    that a few words are found in a long statement and a claim in a long post.
    """
    return [each for each in ranked if _speaks_of(asked, each.text)][:limit]


def _speaks_of(asked: Question, text: str) -> bool:
    folded = fold(text).text
    if any(each.stands_in(folded) for each in asked.excluded):
        return False
    said, grams = _told(text)
    return _overlap(asked.words, said) + _overlap(asked.grams, grams) >= 2 * LEAST


def _overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """What is common as a share of the smaller set, which counts as no larger than `ENOUGH`."""
    left, right = set(one), set(other)
    return len(left & right) / min(len(left), len(right), ENOUGH) if left and right else 0.0


def _told(text: str) -> tuple[list[str], list[str]]:
    """Words and pairs of a text without the frame of a question or rumour, and without words that
    every text has."""
    bare = _FRAME.sub(" ", fold(text).text)
    return [each for each in words(bare) if each not in FUNCTION_CHARACTERS], _pairs(bare)


def _pairs(text: str) -> list[str]:
    """The tokens that are whole: the last character of a run begins one only."""
    return [each for each in tokens(text) if len(each) > 1 or each.isascii()]


def _different(found: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:_MOST]
