"""What whole sentences and clauses weigh that were left out, or put in."""

from __future__ import annotations

import re

from pipeline.claims.contrast import phrasing
from pipeline.claims.contrast.figures import figures
from pipeline.claims.contrast.units import Unit, plain
from pipeline.claims.contrast.whole import Texts
from pipeline.claims.contrast.words import words
from pipeline.claims.sentences import Sentence, refutes

TITLE = 0.3
"""What a headline or a tag weighs beside a sentence: it names what the sentences tell."""
_SHORT = 8
"""Letters below which a sentence says too little to be missed."""
_STATED = 6
"""Letters from which a sentence of an official text states something, whatever it says."""
_TOLD = 0.75
_UNTOLD = 0.5
_SLOGAN = re.compile(
    r"(?:加油|致敬|平安|感谢|谢谢|辛苦了?|必胜|点赞|祝福|早日|期待|敬请|欢迎|携手|共同努力|一起)[^,。]{0,12}[!。~]*$"
)
_CONTACT = re.compile(
    r"(?:咨询|联系|服务|监督|举报|热线)?电话|热线|拨打|致电|如有疑问|客服|邮箱|地址|网址|官网|微信公众号|扫码|二维码|联系人|邮编"
)
_TAG = re.compile(r"#[^#]{1,60}#")


def left_out(unit: Unit, texts: Texts) -> float:
    """How surely the official text says something else without this sentence (0…1)."""
    if unit.signature:
        return 0.02
    if unit.linked:
        return 0.1
    weight = missing(unit.text, unit.start, unit.end, texts)
    return TITLE * weight if unit.headline else weight


def missing(folded: str, start: int, end: int, texts: Texts) -> float:
    """The same of any stretch of the official text."""
    written = folded[start:end]
    letters = plain(written)
    if len(letters) < 3:
        return 0.02
    new = 1 - texts.mention.holds(letters)
    if new < 0.25:
        return 0.15 * new
    unheard = [figure for figure in figures(folded, start, end) if not texts.mention.gives(figure)]
    if not unheard and texts.mention.tells(words(folded, start, end)) >= _TOLD:
        return 0.25
    if phrasing.ATTRIBUTION.fullmatch(written.strip()):
        return 0.15
    if phrasing.CLOSING.search(written) and not unheard and len(letters) <= 40:
        return 0.12
    framed = _is_frame(written, letters) or _CONTACT.search(written)
    if not unheard and framed and not refutes(written):
        return 0.12
    if _CONTACT.search(written) and len(letters) < 30:
        return 0.25
    weight = 0.3 + min(0.25, len(letters) / 100)
    weight += 0.3 if unheard else 0.0
    weight += 0.25 if phrasing.CONDITION.search(written) else 0.0
    weight += 0.2 if phrasing.DUTY.search(written) else 0.0
    turning = unheard or phrasing.CONDITION.search(written) or phrasing.DUTY.search(written)
    if len(letters) < _SHORT and not turning:
        weight -= 0.2
    if turning or (new > _UNTOLD and len(letters) >= _STATED):
        return min(0.95, max(weight * (0.75 + 0.25 * new), 0.5))
    return min(0.9, weight * (0.75 + 0.25 * new))


def put_in(folded: str, start: int, end: int, texts: Texts) -> float:
    """How surely a stretch of the mention is invented: asserted by it alone."""
    written = _TAG.sub(" ", folded[start:end])
    letters = plain(written)
    if len(letters) < 4:
        return 0.02
    new = 1 - texts.official.holds(letters)
    if new < 0.3:
        return 0.1 * new
    sentence = Sentence(start, end, written)
    if sentence.asks or sentence.supposes:
        return 0.15
    unheard = [figure for figure in figures(folded, start, end) if not texts.official.gives(figure)]
    if not unheard and (_is_frame(written, letters) or phrasing.COMMENT.search(written)):
        return 0.08
    if not unheard and new > _UNTOLD and not phrasing.ASSERTING.search(written):
        return 0.4
    weight = 0.35 + min(0.25, len(letters) / 50)
    weight += 0.3 if unheard else 0.0
    weight += 0.2 if phrasing.DUTY.search(written) or phrasing.CONDITION.search(written) else 0.0
    return min(0.95, weight * (0.4 + 0.6 * new))


def _is_frame(written: str, letters: str) -> bool:
    return bool(
        (len(letters) <= 24 and phrasing.FRAME.search(written))
        or _SLOGAN.search(written)
        or written.lstrip().startswith("@")
        or _TAG.fullmatch(written.strip())
    )
