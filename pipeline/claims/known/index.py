"""Claims compiled once; then for each mention the claims it comes near to, and those it repeats.

Score and decision are two things. The score (0…1) orders claims. `same` is the decision that a
claim is *asserted*: the mention says nearly all of it, with the same numbers and the same negation,
and neither asks, supposes nor refutes. What is too short on either side, old, or says what many
claims say, is never more than suggested. A mention is compared with claims alone: that another one
was linked to a claim, by whomever, brings it no nearer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from itertools import islice

import numpy as np
from rapidfuzz import fuzz

from pipeline.claims.known.circulation import Addresses, Around
from pipeline.claims.known.decision import Told, doubt, method, open_to_meaning, settled
from pipeline.claims.known.evidence import Evidence, Meant
from pipeline.claims.known.library import known
from pipeline.claims.known.meaning import LONGEST, Meaning, cleaned, parts
from pipeline.claims.known.mention import Mention
from pipeline.claims.known.models import AskForModels, no_models
from pipeline.claims.known.passages import Passage, field, nearest
from pipeline.claims.known.postings import Floats, Postings
from pipeline.claims.known.terms import Vocabulary, letters
from pipeline.claims.sentences import refutes, sentences
from pipeline.model import Claim, ClaimMatch
from pipeline.normalise import fold

_CANDIDATES = 20
"""Claims that are looked at closely, by each way of finding them."""
_NEAR = 10
"""The same where sentence models are asked about each of them."""
_LEAST_SHARE = 0.1
_MANY = 5
"""A mention that seems to repeat more claims is a list of them or of keywords, and repeats none."""
_ASKED = 5
"""Claims that the models are asked about beside the stream."""
NEARBY = 0.5
"""Least cosine of claim and passage, by the quick model, for the careful one to be asked."""
_CONFIRMABLE = 0.12
"""Least share of a claim's terms at which a mention may repeat it."""


class ClaimIndex:
    """All claims that a mention may repeat; safe to use from several threads."""

    def __init__(self, claims: Sequence[Claim], models: AskForModels = no_models) -> None:
        folded = [fold(claim.text).text for claim in claims]
        self._vocabulary = Vocabulary(folded)
        alike: dict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(folded):
            alike[letters(text) or text].append(place)
        self._claims = [
            known([claims[place] for place in places], folded[places[0]], self._vocabulary)
            for places in alike.values()
        ]
        self._places = {
            claim.id: place for place, each in enumerate(self._claims) for claim in each.claims
        }
        self._addresses = Addresses(claims)
        terms = [np.fromiter(sorted(each.terms), dtype=np.intp) for each in self._claims]
        self._postings = Postings(self._vocabulary, terms)
        sizes = np.array([len(each) for each in terms])
        held = max(int(sizes.sum()), 1)
        self._mean = float(self._postings.totals.sum()) / held
        self._brevity = 1 / (1 + 1.2 * (0.25 + 0.75 * sizes * len(sizes) / held))
        """BM25's norm (k1 = 1.2, b = 0.75) for terms that stand once in a claim."""
        self._models = models

    @cached_property
    def _meaning(self) -> Meaning | None:
        models = self._models()
        return Meaning([each.text for each in self._claims], models) if models else None

    def match(self, title: str, text: str, top: int = 10) -> list[ClaimMatch]:
        """The claims that a mention comes near to, best first, at most `top`."""
        mention = self._mention(title, text)
        if mention is None:
            return []
        places = self._candidates(mention)
        meants = self._meant(mention, places)
        told = [
            self._told(mention, place, meant) for place, meant in zip(places, meants, strict=True)
        ]
        return _judged(told, Around())[:top]

    def repeated(self, title: str, text: str) -> list[ClaimMatch]:
        """Only those that its words repeat."""
        return [match for match in self.links(title, text) if match.same]

    def links(
        self, title: str, text: str, *, at: datetime | None = None, url: str = ""
    ) -> list[ClaimMatch]:
        """What a mention repeats and what it is only suggested to, best first. Most mentions come
        near to no claim, and cost next to nothing.

        `at`: the time of the mention; without it no claim is old. `url`: its address.
        """
        mention = self._mention(title, text)
        if mention is None:
            return []
        around = self._addresses.around(at, url, (title, text))
        near = np.flatnonzero(mention.found >= _CONFIRMABLE * self._postings.totals)
        seen_there = {self._places[id_] for id_ in around.page | around.linked}
        if not len(near) and not seen_there:
            return []
        best = near[np.argsort(-self._lexical(mention.found)[near], kind="stable")]
        places = best[:_CANDIDATES].tolist()
        seen_there = {self._places[id_] for id_ in around.page | around.linked}
        places += sorted(seen_there.difference(places))
        told = {place: self._told(mention, place, None) for place in places}
        fullest = sorted(told, key=lambda place: -told[place].evidence.coverage)
        left = list(islice((place for place in fullest if open_to_meaning(told[place])), _ASKED))
        if left and self._meaning:
            told |= self._asked(mention, self._meaning, {place: told[place] for place in left})
        return _plausible(_judged(list(told.values()), around))

    def _asked(
        self, mention: Mention, meaning: Meaning, told: Mapping[int, Told]
    ) -> dict[int, Told]:
        """What the models say of claims that the words leave open.

        The quick model sees the passages alone, and only what it finds near is shown to the careful
        one: so most mentions that touch a claim cost a look at a sentence or two.
        """
        passages = {place: cleaned(each.passage.text)[:LONGEST] for place, each in told.items()}
        near = {place: cos for place, cos in meaning.nearby(passages) if cos >= NEARBY}
        around = {place: _around(told[place].passage) for place in near}
        said = list(dict.fromkeys(around.values()))
        found = {}
        for place, row in zip(near, meaning.carefully(said, list(near)), strict=True):
            # The opening would be the longest text to read, and changes nothing here.
            nearest = float(row.max())
            meant = Meant(nearest, nearest, near[place], around[place])
            found[place] = self._told(mention, place, meant)
        return found

    def _mention(self, title: str, text: str) -> Mention | None:
        if not self._claims:
            return None
        head, body = fold(title), fold(text)
        fields = (
            field("title", head, self._vocabulary.read(head.text)),
            field("text", body, self._vocabulary.read(body.text)),
        )
        said = letters(head.text + "\n" + body.text)
        if not said:
            return None
        terms = np.unique(np.concatenate([each.terms.ids for each in fields]))
        found = self._postings.found(terms)
        return Mention(
            fields,
            said,
            frozenset(terms.tolist()),
            found,
            refuted=refutes(head.text),
            highest=max(float((found * self._brevity).max()), 1e-9),
        )

    def _lexical(self, found: Floats) -> Floats:
        """Prefers claims that are held whole, and with them the longer ones."""
        return found * (found / self._postings.totals) ** 0.7

    def _candidates(self, mention: Mention) -> list[int]:
        ways = [self._lexical(mention.found), mention.found * self._brevity]
        if self._meaning:
            ways.append(self._meaning.quickly(parts(mention.text)))
        many = _NEAR if self._meaning else _CANDIDATES
        best = [np.argsort(-way, kind="stable")[:many] for way in ways]
        places = np.unique(np.concatenate(best))
        if self._meaning is None:
            places = places[mention.found[places] >= _LEAST_SHARE * self._postings.totals[places]]
        return [int(place) for place in places]

    def _meant(self, mention: Mention, places: Sequence[int]) -> list[Meant | None]:
        if self._meaning is None or not places:
            return [None] * len(places)
        said = parts(mention.text)
        quick = self._meaning.quickly(said)
        return [
            Meant(
                sentence=float(row.max()),
                opening=float(row[0]),
                quick=float(quick[place]),
                nearest=said[int(row[1:].argmax()) + 1] if len(said) > 1 else said[0],
            )
            for place, row in zip(places, self._meaning.carefully(said, places), strict=True)
        ]

    def _told(self, mention: Mention, place: int, meant: Meant | None) -> Told:
        own = self._claims[place]
        found = nearest(own.terms, len(own.text), self._postings.weights, mention.fields)
        passage = found or mention.opening
        return Told(
            own=own,
            letters=min(len(own.letters), len(mention.letters)),
            mention=mention.letters,
            passage=passage,
            touched=found is not None or meant is not None,
            evidence=self._evidence(mention, place, passage, meant),
            refuted=mention.refuted,
            closed=partial(self._closed, place, passage, meant),
        )

    def _closed(self, place: int, passage: Passage, meant: Meant | None) -> float:
        if self._meaning is None or meant is None:
            return 0.0
        said = cleaned(passage.text)
        texts = (meant.nearest,) if said in meant.nearest else (said, meant.nearest)
        return self._meaning.closed(place, texts)

    def _share(self, terms: frozenset[int], held: frozenset[int]) -> float:
        """Weight of the terms that are held, of all of them."""
        weights = self._postings.weights
        total = float(sum(weights[term] for term in terms))
        return float(sum(weights[term] for term in terms & held)) / total if total else 1.0

    def _evidence(
        self, mention: Mention, place: int, passage: Passage, meant: Meant | None
    ) -> Evidence:
        own, near = self._claims[place], letters(passage.text)
        found = float(mention.found[place])
        words = sum(word in passage.text for word in own.words)
        return Evidence(
            coverage=found / float(self._postings.totals[place]),
            held=passage.coverage,
            terms=found / self._mean,
            rank=found * float(self._brevity[place]) / mention.highest,
            closing=self._share(own.closing, mention.terms),
            words=words / len(own.words) if own.words else 1.0,
            unnamed=_lacking(own.names, mention.letters),
            order=fuzz.ratio(own.letters, near) / 100,
            inside=fuzz.partial_ratio(own.letters, mention.letters) / 100,
            long=mention.long,
            latin=mention.latin,
            meant=meant,
        )


def _lacking(names: Collection[str], said: str) -> float:
    """Share of the names that are not said."""
    return sum(name not in said for name in names) / len(names) if names else 0.0


def _around(passage: Passage) -> str:
    """The sentence in which a passage begins: as such claims and mentions are compared."""
    for each in sentences(passage.field.folded.text):
        if each.start <= passage.start < each.end:
            return cleaned(each.text)[:LONGEST]
    return cleaned(passage.text)[:LONGEST]


def _judged(told: Sequence[Told], around: Around) -> list[ClaimMatch]:
    """Best first; claims that say the same stand together, in the order in which they came."""
    judged = [
        (-match.score, place, match)
        for place, each in enumerate(told)
        if each.touched or around.on_page(each.own.claims)
        for match in _matches(each, around)
    ]
    judged.sort(key=lambda each: each[:2])
    if len({place for _, place, match in judged if match.same}) > _MANY:
        return [
            replace(match, same=False, doubt="many") if match.same else match
            for _, _, match in judged
        ]
    return [match for _, _, match in judged]


def _matches(told: Told, around: Around) -> Iterable[ClaimMatch]:
    """One for each of the claims that say the same."""
    words, passage = doubt(told), told.passage
    for claim in told.own.claims:
        left, by_address = settled(words, claim, around)
        yield ClaimMatch(
            claim=claim.id,
            score=min(told.evidence.likeness, 1.0),
            same=left is None,
            span=passage.field.folded.original(passage.start, passage.end),
            field=passage.field.name,
            method="url" if by_address else method(told.evidence),
            doubt=left,
        )


def _plausible(judged: Sequence[ClaimMatch]) -> list[ClaimMatch]:
    """What is repeated, then what is suggested: scores of words and of meaning, which may stand
    beside each other here, do not compare. What seems to tell of many claims in many places is a
    list of keywords: nothing is suggested of it."""
    suggested = [match for match in judged if match.suggested]
    if _apart(suggested) > _MANY:
        suggested = []
    return [match for match in judged if match.same] + suggested


def _apart(matches: Sequence[ClaimMatch]) -> int:
    """How many of the passages do not overlap."""
    count, reached = 0, ("", 0)
    for field_, (start, end) in sorted({(match.field, match.span) for match in matches}):
        if field_ != reached[0] or start >= reached[1]:
            count, reached = count + 1, (field_, end)
    return count
