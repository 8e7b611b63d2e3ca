"""The values that more than one part of the system speaks of.

All are frozen. Times are timezone-aware and UTC inside the system; offsets into texts count code
points, end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

Level = Literal["I", "II", "III", "IV"]
LEVELS: tuple[Level, ...] = ("I", "II", "III", "IV")
"""Alert levels, gravest first (特别重大, 重大, 较大, 一般)."""

FieldName = Literal["title", "text"]
Reach = Literal["national", "provincial", "city", "local"]
"""How far the word of a source goes."""


# --- what is watched ---------------------------------------------------------------------------


class SourceKind(StrEnum):
    FEED = "feed"
    PAGE = "page"
    SITEMAP = "sitemap"
    SEARCH = "search"
    HOTLIST = "hotlist"
    MAILBOX = "mailbox"
    FILES = "files"
    ENTRY = "entry"
    """What the desk enters by hand in the console."""
    TIPS = "tips"
    """What the public sends by the tip form."""


@dataclass(frozen=True, slots=True)
class Source:
    """One channel that is watched.

    `url` is empty for files, entry and tips. `timezone` is the IANA zone in which this source
    writes times without an offset.
    """

    id: str
    kind: SourceKind
    name: str
    url: str = ""
    every: timedelta = timedelta(minutes=10)
    """The shortest time between two visits."""
    slowest: timedelta | None = None
    """The longest time between two visits, however silent the source is; None: three times
    `every`."""
    links: str | None = None
    """page, search: CSS selector or XPath of the article links; None lets them be learnt."""
    items: str = ""
    """hotlist: JMESPath of the list in the JSON answer."""
    fields: tuple[tuple[str, str], ...] = ()
    """hotlist: (name, JMESPath within an item) for title, url, id, time, author, text.
    files: (name, column heading) where a table's own headings are not understood."""
    terms: tuple[str, ...] = ()
    """search: what is put for `{query}` in `url`, one search each; empty: the agency's name."""
    charset: str = ""
    """search: in which the site reads the terms in its addresses; empty: UTF-8."""
    folder: str = ""
    """files: the folder that is watched."""
    password_env: str = ""
    """mailbox: name of the environment variable that holds the password."""
    browser: bool = False
    """Its pages need a browser to show their text."""
    proxy: str = ""
    """http://host:port through which it is fetched."""
    daily_requests: int | None = None
    """Budget: requests in a day of the agency's zone; None is unlimited."""
    enabled: bool = True
    timezone: str = "Asia/Shanghai"
    region: str = ""
    """Where its readers live, as the agency calls it; rules may ask for it."""
    reach: Reach | None = None
    """How far its word goes, which tells how grave an alert is; None adds nothing."""
    delay: float = 1.0
    """Seconds between two requests to the host of this source."""
    max_items: int = 200
    """Articles fetched in one round; what is left over follows in the next one."""


# --- the spool ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the spool: number of the segment and byte offset of a record in it."""

    segment: int
    offset: int

    def __str__(self) -> str:
        return f"{self.segment}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Position:
        segment, _, offset = text.partition(":")
        return cls(int(segment), int(offset))


class RawKind(StrEnum):
    """What a record of the spool holds."""

    ARTICLE = "article"
    """A response that may hold an article."""
    LISTING = "listing"
    """A feed or list page as fetched: evidence, and never a mention itself."""
    ENTRY = "entry"
    """What there is no page for: JSON of its `Hints` plus `url` and `content` (HTML or text). A
    feed entry whose page cannot be had, an item of a hot list, what was entered by hand, a tip."""
    FILE = "file"
    """A file dropped into a folder, byte for byte; header `content-disposition` names it."""
    MAIL = "mail"
    """A mail as it came (RFC 822)."""
    PART = "part"
    """A further page of an article; the record of its first page names it in `Hints.parts`."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the place where an item was found says of it (a feed entry, a link's text)."""

    title: str = ""
    published_at: datetime | None = None
    author: str = ""
    summary: str = ""
    """HTML or text as the feed gives it."""
    guid: str = ""
    published_precision: Literal["minute", "day"] = "minute"
    """"day": only the date is given, and the time of `published_at` is midnight at the source."""
    parts: tuple[str, ...] = ()
    """Spool positions of the article's further pages (`RawKind.PART`), in reading order."""
    also: tuple[str, ...] = ()
    """The other sources that listed it in that round."""


@dataclass(frozen=True, slots=True)
class RawItem:
    """One fetched thing, before anything is understood of it.

    `url` is the address asked for, `final_url` the one that answered after redirects. `headers`
    have lower-case names. `body` is as it came over the wire, before decompression.
    """

    kind: RawKind
    source: str
    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes
    hints: Hints = Hints()


@dataclass(frozen=True, slots=True)
class Unread:
    """A record of the spool, or a part of one, that could not be read, and why."""

    position: Position
    source: str
    """Empty when the record is so damaged that nobody can tell."""
    url: str
    reason: str
    part: str = ""
    """What of the record, where it holds several things."""


@dataclass(frozen=True, slots=True)
class Site:
    """How the pages of one site are read where the general reading goes wrong.

    All but `host` are CSS selectors; empty leaves the field to the general reading, and so does a
    selector that matches nothing on a page.
    """

    host: str
    """Also for its subdomains, unless they have an entry of their own."""
    title: str = ""
    text: str = ""
    time: str = ""
    author: str = ""
    source: str = ""
    remove: tuple[str, ...] = ()
    """What is taken out of the page before anything is read."""

    @property
    def id(self) -> str:
        return self.host


Sites = Mapping[str, Site]
"""Host → how its pages are read."""
NO_SITES: Sites = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a page says. A page without an article has an empty `title` and `text`.

    `published_at` carries the offset of the page or of its source. `published_precision` tells
    whether the page shows the time of day; with "day" the time of `published_at` is midnight.
    """

    title: str = ""
    text: str = ""
    """Paragraphs separated by one newline."""
    published_at: datetime | None = None
    published_precision: Literal["minute", "day"] | None = None
    author: str = ""
    source: str = ""
    """Where the article says it comes from (来源), as written."""
    language: str = ""
    """ISO 639-1: zh, en …; empty when unknown."""
    canonical_url: str = ""
    images: tuple[Image, ...] = ()
    """Those that stand in the article, in order."""
    links: tuple[Link, ...] = ()
    """Those in the article's text, in order."""
    confidence: float = 0.0
    """How far the signs of an article agree (0…1); 0 without an article."""

    @property
    def is_article(self) -> bool:
        return bool(self.text)


# --- mentions and stories ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """One article, post or broadcast that is stored.

    `id` hashes the canonical URL (see `pipeline.identity`), `version` is the fetch time in
    milliseconds: the higher one wins. `seen_at` is when this system first had it.
    """

    id: str
    version: int
    url: str
    source: str
    title: str
    text: str
    seen_at: datetime
    published_at: datetime | None = None
    published_precision: Literal["minute", "day"] | None = None
    author: str = ""
    origin: str = ""
    """The publisher that the article itself names (来源)."""
    language: str = ""
    story: str = ""
    duplicate_of: str | None = None
    """First member of its near-duplicate family; None when it is the first."""
    similarity: float = 1.0
    signature: tuple[int, ...] = ()
    """MinHash signature, kept so that the duplicate index can be rebuilt from the store."""
    content_hash: str = ""
    raw: str = ""
    """Spool position of the record it came from (evidence)."""
    also: tuple[str, ...] = ()
    """Other sources that listed it too; `source` stays the one that it was first kept for."""

    @property
    def finders(self) -> tuple[str, ...]:
        """All sources that listed it, the owner first."""
        return (self.source, *self.also)

    @property
    def at(self) -> datetime:
        """The time it is sorted and counted by: published, else first seen.

        A publication time later than the fetch is not believed: first seen is used.
        """
        if self.published_at is not None and self.published_at <= self.seen_at:
            return self.published_at
        return self.seen_at


@dataclass(frozen=True, slots=True)
class Query:
    """A search. `text` is the query language of `pipeline.query`; empty means everything.

    `since` is inclusive, `until` exclusive, both on `Mention.at`.
    """

    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    unique: bool = False
    """Leave out near-duplicates of another mention."""


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SearchHit:
    mention: Mention
    highlights: tuple[Span, ...] = ()
    """Spans in `mention.text`."""
    title_highlights: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits, newest first; `cursor` fetches the next one, None at the end."""

    hits: tuple[SearchHit, ...]
    total: int
    cursor: str | None = None


# --- what is known: facts and claims -----------------------------------------------------------

ElementKind = Literal[
    "amount", "percentage", "duration", "date", "count", "place", "name", "docno", "modality",
    "phrase",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactElement:
    """A decisive part of an official fact: compared when a mention speaks of its subject."""

    id: str
    kind: ElementKind
    value: str
    cues: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """An official fact (口径). In force from `effective_from` to `effective_to`, both inclusive."""

    id: str
    statement: str
    subjects: tuple[str, ...] = ()
    elements: tuple[FactElement, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    supersedes: str | None = None
    source: str = ""
    """The document it stands in, such as 市监发〔2025〕18号."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim in circulation; `verdict` False means it is known to be false."""

    id: str
    text: str
    verdict: bool | None = None
    clarification: str = ""
    """Address of the clarification that answers it."""
    answered_on: date | None = None
    """When it was answered, or last known to go round: an old one may be another matter now."""
    sources: tuple[str, ...] = ()
    """Addresses of pages on which it was seen."""


# --- rules -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnyOf:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """Every group has a match, all within `within` original characters between neighbours."""

    groups: tuple[tuple[str, ...], ...]
    within: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Every group has a match, all in one sentence."""

    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Every group has a match, one after the other, with nothing but signs and spaces between."""

    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression in the syntax of RE2, which takes linear time on any text."""

    pattern: str


Condition = str | AnyOf | AllOf | NoneOf | Near | Sentence | Phrase | Regex
"""A term (as text) or a combination of conditions."""

Spelling = Literal["exact", "normalised", "evasive"]


@dataclass(frozen=True, slots=True)
class When:
    """Time condition of a rule, in the agency's zone, on the mention's time.

    `hours` may cross midnight: (22:00, 07:00). `weekdays` are ISO numbers, Monday 1.
    """

    since: date | None = None
    until: date | None = None
    hours: tuple[time, time] | None = None
    weekdays: tuple[int, ...] = ()


QUIET = timedelta(hours=6)
GROWTH = 2.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the desk. `kind` names its type in `alerts.rules.RULE_TYPES`."""

    id: str
    level: Level = "IV"
    kind: str = "keyword"
    name: str = ""
    condition: Condition | None = None
    """keyword rules: what must hold."""
    spelling: Spelling = "normalised"
    sources: tuple[str, ...] = ()
    """Only mentions of these sources; empty means all."""
    source_kinds: tuple[str, ...] = ()
    """Only mentions of sources of these kinds; empty means all."""
    regions: tuple[str, ...] = ()
    """Only mentions of sources of these regions; empty means all."""
    field: FieldName | None = None
    """keyword rules: only the title or only the text is looked at; None: both."""
    when: When | None = None
    refs: tuple[str, ...] = ()
    """claim and fact rules: ids of the claims or facts; empty means all."""
    department: str = ""
    """Id of the department the alert is for."""
    enabled: bool = True
    count: int = 0
    """frequency: so many mentions within `window`. spike: fewer are never one. composite: so many
    of its members; 0 means all."""
    window: timedelta | None = None
    """frequency, newcomer, composite: how far apart mentions may lie. None: the same story.
    silence: how long a source may be silent. None: as its own habit says."""
    quiet: timedelta = QUIET
    """frequency, spike: so long it must have been calm before the rule alarms again …"""
    growth: float = GROWTH
    """… unless there are so many times as many as before."""
    members: tuple[str, ...] = ()
    """composite: ids of the keyword, claim and fact rules that it is made of."""
    by: Literal["source", "region"] = "source"
    """newcomer: what has not spoken of it before."""
    suggestions: bool = False
    """claim: what only may repeat a claim hits too, one level lower; a claim that is merely old
    does so anyway."""


RuleSpan = tuple[int, int, str, FieldName]
"""start, end, matched original text, field."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One element of a fact compared with what a mention says of it."""

    fact: str
    kind: Literal["conflict", "omission", "outdated", "consistent"]
    element: str
    expected: str
    found: str | None
    span: Span | None
    field: FieldName = "text"


LinkMethod = Literal["words", "meaning", "url", "person"]
"""What ties a mention to a claim: its words alone, their meaning, the address, or a person."""
Doubt = Literal[
    "denied", "differs", "asked", "generic", "names", "short", "old", "part", "far", "many",
]  # fmt: skip
"""Why a mention is not said to repeat a claim: it denies it, gives another value or place, asks or
supposes; the claim says nothing by itself, a name is missing, one of the two is too short, the
claim is old, only a part of it is said, hardly any is, or too many claims are told at once."""
SUGGESTED: tuple[Doubt, ...] = ("differs", "asked", "names", "short", "old", "part")
"""Doubts that only a person can settle: what else speaks against a link closes the matter."""


@dataclass(frozen=True, slots=True)
class ClaimMatch:
    """A link between a mention and a claim: the passage it rests on, and how alike the two are
    (0…1)."""

    claim: str
    score: float
    same: bool
    """It repeats the claim; else it only comes near to it, and `doubt` says what is wanting."""
    span: Span
    field: FieldName = "text"
    method: LinkMethod = "words"
    doubt: Doubt | None = None
    by: str = ""
    """Who confirmed it; empty when no person did."""

    @property
    def suggested(self) -> bool:
        """It is for a person to decide."""
        return not self.same and self.doubt in SUGGESTED


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that fired on a mention, with all that explains it."""

    rule: str
    level: Level
    kind: str
    reason: str
    """One sentence, Chinese, for the desk."""
    spans: tuple[RuleSpan, ...] = ()
    claims: tuple[ClaimMatch, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def suggested(self) -> bool:
        """It rests on suggested links alone."""
        return bool(self.claims) and not any(match.same for match in self.claims)
