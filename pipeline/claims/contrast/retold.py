"""What a text retold from end to end says otherwise than the official one.

Where hardly two characters of the official text stand together in the mention, aligned words are no
evidence: nearly all of them were changed. What a retelling keeps is compared instead, over the
whole texts: the figures, who speaks, what is forbidden, free or denied, the cause, and whether a
condition or a sentence has no counterpart at all. Each is told by the letters and words that both
use, so that a distortion told wholly in other words may pass; it is the price of letting honest
retellings pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.claims.contrast import lexicon, phrasing
from pipeline.claims.contrast.figure import Figure, agree
from pipeline.claims.contrast.model import Difference, DifferenceKind
from pipeline.claims.contrast.told import EMPTY, Told, at_end
from pipeline.claims.contrast.turns import denials, duties, scopes
from pipeline.claims.contrast.units import plain
from pipeline.claims.contrast.words import Word

_PARTLY = 0.45
"""Less than this share of the letters of a clause told: it may be untold."""
_NOTHING = 0.24
"""Less than this: it is, if it decides or asserts something."""
_NEXT_TO_NOTHING = 0.15
_BRIEF = 5
_LONG = 7
"""Letters of a clause from which its absence says something."""
_FORTNIGHT = 14 * 1440
"""Minutes from which 半个月 is 15天, and 三个月 90天."""
_DAY = 1440
_RANK = re.compile(r"^(?:[\u4e00-\u9fff]{2,3})?市(?!场)|(?:部门|[局部厅委署院])$")
_AGENT = re.compile(r"由(?!于|此|来|其|他|她|它)([\u4e00-\u9fff]{2,4})")
_OWN_NAME = re.compile(
    r"([\u4e00-\u9fff]{4})(公司|集团|小学|中学|大学|医院|大桥|小区|花园|酒店|超市|市场|水库)"
)
_CAUSE = re.compile(
    r"(?:因为|由于|受)([^,。;:]{2,24}?)(?:影响|[,。;:])|因([^,。;:为此而]{2,16}?)(?:[,。;:]|[暂停不而])|"
    r"(?:原因(?:是|为|系)|系|是)([^,。;:]{2,24}?)(?:引起|造成|导致|所致|引发)|因([^,。;:]{2,16})所致|"
    r"原因(?:是|为|系)([^,。;:]{2,24})|([^,。;:]{2,16})(?:是祸因|是主因|才[^,。;:]{1,6})|系([^,。;:]{2,16})[,。]"
)


def retold(official: Told, mention: Told) -> Iterator[Difference]:
    """Differences in what both texts tell, each in the kind and with the weight of its evidence."""
    yield from _figures(official, mention)
    yield from _offices(official, mention)
    yield from _agents(official, mention)
    yield from denials(official, mention)
    yield from duties(official, mention)
    yield from scopes(official, mention)
    yield from _causes(official, mention)
    yield from _untold(official, mention)
    yield from _unheard(official, mention)


def _figures(official: Told, mention: Told) -> Iterator[Difference]:
    """Figures of the mention that the official text gives nowhere, in the place of one it gives."""
    missing = [f for f in official.figures if not any(_same(f, o) for o in mention.figures)]
    unheard = [f for f in mention.figures if not any(_same(o, f) for o in official.figures)]
    for figure in unheard:
        beside = next((f for f in missing if _comparable(f, figure)), None)
        if beside is None:
            continue
        missing.remove(beside)
        kind: DifferenceKind = "date" if figure.is_date else "number"
        yield Difference(kind, (beside.start, beside.end), (figure.start, figure.end), 0.9)
    for figure in missing:
        clause = _clause_of(official, figure.start)
        hangs = phrasing.CONDITION.search(official.text, *clause)
        if hangs and not figure.is_date and official.shares(mention, *clause) < _PARTLY:
            yield Difference("omission", clause, at_end(mention), 0.6)


def _same(first: Figure, second: Figure) -> bool:
    if agree(first, second, hedged=True) or first.key == second.key:
        return True
    if first.is_date and second.is_date:
        return _same_hour(first, second)
    lasting = first.unit == second.unit == "分" and min(first.value, second.value) >= _FORTNIGHT
    if lasting:
        return abs(first.value - second.value) <= 0.04 * max(first.value, second.value)
    return first.value == second.value and not (first.unit and second.unit)


def _same_hour(first: Figure, second: Figure) -> bool:
    """2点 for 14时, and 4月1日0点 for 3月31日24时."""
    mine, theirs = first.moment, second.moment
    if mine[3] is None or theirs[3] is None:
        return False
    if (mine[3] - theirs[3]) % _DAY == 0 and _midnight(mine[3]) and mine[3] != theirs[3]:
        return True
    return (
        (mine[3] - theirs[3]) % (_DAY // 2) == 0 and theirs[3] < _DAY // 2 and not any(theirs[:3])
    )


def _midnight(minute: int) -> bool:
    return minute % _DAY == 0


def _comparable(first: Figure, second: Figure) -> bool:
    """Whether one may stand in the place of the other: both days, both hours, the same unit."""
    if first.is_date != second.is_date:
        return False
    if not first.is_date:
        return first.unit == second.unit
    return any(
        mine is not None and theirs is not None and mine != theirs
        for mine, theirs in zip(first.moment[:5], second.moment[:5], strict=True)
    )


def _offices(official: Told, mention: Told) -> Iterator[Difference]:
    """An office or a firm that the official text does not name, for one that the mention leaves."""
    ours, theirs = _named(official), _named(mention)
    missing = [w for w in ours if not _names(w, mention)]
    for word in theirs:
        if _names(word, official):
            continue
        if beside := next((w for w in missing if _rank(w) == _rank(word)), None):
            spans = (beside.start, beside.end), (word.start, word.end)
            yield Difference("subject", *spans, 0.7)


def _named(told: Told) -> list[Word]:
    return [w for w in told.words if w.role == "name" and lexicon.is_institution(w.text)]


def _rank(word: Word) -> str:
    return word.text[-1]


def _agents(official: Told, mention: Told) -> Iterator[Difference]:
    """By whom something is done or borne, and which firm or place: letters the official lacks."""
    ours = list(_AGENT.finditer(official.text))
    for match in _AGENT.finditer(mention.text):
        if ours and not any(set(match[1]) & set(mine[1]) - EMPTY for mine in ours):
            yield Difference("subject", ours[0].span(1), match.span(1), 0.6)
    for match in _OWN_NAME.finditer(mention.text):
        unheard = set(match[1]) - set(official.text) - EMPTY
        beside = official.text.find(match[2])
        if beside >= 0 and len(unheard) >= 2:
            yield Difference("subject", (beside, beside + len(match[2])), match.span(), 0.65)


def _names(word: Word, told: Told) -> bool:
    core = _RANK.sub("", word.text) or word.text
    if core in told.text or word.key in {other.key for other in told.words}:
        return True
    return any(lexicon.same_name(word.text, other.text) for other in _named(told))


def _causes(official: Told, mention: Told) -> Iterator[Difference]:
    """Another cause: of its letters hardly one stands in the cause that the official text gives."""
    ours, theirs = _CAUSE.search(official.text), _CAUSE.search(mention.text)
    if not ours or not theirs:
        return
    first, second = _group_span(ours), _group_span(theirs)
    common = set(mention.text[slice(*second)]) & set(official.text[slice(*first)]) - EMPTY
    if mention.shares(official, *second) < _PARTLY and len(common) < (
        1 if second[1] - second[0] <= _BRIEF else 2
    ):
        yield Difference("cause", first, second, 0.7)


def _group_span(match: re.Match[str]) -> tuple[int, int]:
    group = next(number for number, said in enumerate(match.groups(), 1) if said)
    return match.span(group)


def _untold(official: Told, mention: Told) -> Iterator[Difference]:
    """Clauses that decide something, and of which the mention has next to nothing."""
    for start, end in official.clauses:
        written = official.text[start:end]
        decides = phrasing.DUTY.search(written) or phrasing.CONDITION.search(written)
        if len(plain(written)) < _LONG or phrasing.CLOSING.search(written):
            continue
        told = official.shares(mention, start, end)
        if told < (_NOTHING if decides else _NEXT_TO_NOTHING):
            yield Difference("omission", (start, end), at_end(mention), 0.55)


def _unheard(official: Told, mention: Told) -> Iterator[Difference]:
    """Clauses that assert something of which the official text has next to nothing."""
    for start, end in mention.clauses:
        written = mention.text[start:end]
        if len(plain(written)) < _LONG or phrasing.COMMENT.search(written):
            continue
        if not phrasing.ASSERTING.search(written) or phrasing.FRAME.search(written):
            continue
        if phrasing.ATTRIBUTION.fullmatch(written):
            continue
        if any(start <= f.start < end for f in mention.figures):
            continue
        if mention.shares(official, start, end) < _NOTHING:
            yield Difference("addition", at_end(official), (start, end), 0.55)


def _clause_of(told: Told, place: int) -> tuple[int, int]:
    return next(span for span in told.clauses if span[0] <= place < span[1])
