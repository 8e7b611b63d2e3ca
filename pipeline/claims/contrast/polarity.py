"""Whether a change turns a sentence round: negations, words that end something, contrary words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.claims.contrast import lexicon
from pipeline.claims.contrast.edit import Edit, of_role
from pipeline.claims.contrast.model import Difference
from pipeline.claims.contrast.words import Word

_DENIED = {"可以": "禁止", "必须": "不强制"}
_NEGATIVE_LETTERS = frozenset(("不", "没", "未", "无", "非", "没有", "尚未", "不会", "不能"))


def duties(words: Sequence[Word]) -> set[str]:
    """The duties that words state; 不再允许 states what 禁止 does."""
    stated = {word.value for word in of_role(words, "modal")}
    if len(of_role(words, "negation")) % 2:
        return {_DENIED.get(value, value) for value in stated}
    return stated


def negation(edit: Edit) -> Iterator[Difference]:
    """An odd number of changes of sign: negations on either side and pairs of contrary words."""
    ours, theirs = of_role(edit.official, "negation"), of_role(edit.mention, "negation")
    contrary = _contrary(edit)
    flips = _negations(ours, edit.mention) + _negations(theirs, edit.official)
    if contrary is not None:
        flips += 1 + _endings(edit.official, contrary[0]) + _endings(edit.mention, contrary[1])
    else:  # 暂不受理 is 暂停受理
        flips += _reversals(edit.official) + _reversals(edit.mention)
    if flips == 0 and _negative_letter(*edit.texts):
        yield edit.difference("negation", edit.official, edit.mention, 0.85)
    if flips % 2 == 0:
        return
    duty = duties(edit.official) | duties(edit.mention)
    if contrary is None and duty & {"禁止", "不强制"}:
        return
    if contrary is not None and not ours and not theirs:
        yield edit.difference("negation", *contrary, 0.9)
    else:
        yield edit.difference("negation", ours, theirs, 0.9)


def _negations(words: Sequence[Word], others: Sequence[Word]) -> int:
    """Negations of one side; 不变 says nothing new where the other side says nothing instead."""
    instead = any(word.role in ("content", "negation") for word in others)
    return sum(word.text != "不变" or instead for word in words)


def _reversals(words: Sequence[Word]) -> int:
    return sum(lexicon.is_reversing(word.key, word.text) for word in words)


def _endings(words: Sequence[Word], contrary: Sequence[Word]) -> int:
    """Words such as 停止 beside one of two contrary words: 停止运营 is 停运."""
    return sum(word.key in lexicon.ENDING and word not in contrary for word in words)


def _negative_letter(first: str, second: str) -> bool:
    """Whether two words differ by nothing but a letter that says no, inside a word."""
    cores = lexicon.cores(first, second)
    negative = [core in _NEGATIVE_LETTERS for core in cores]
    return sum(negative) == 1 and all(len(core) <= 2 for core in cores)


def _contrary(edit: Edit) -> tuple[Sequence[Word], Sequence[Word]] | None:
    if len(edit.official) * len(edit.mention) > 400:
        return None
    for mine in edit.official:
        for other in edit.mention:
            skipped = {"figure", "bound", "negation"} & {mine.role, other.role}
            if not skipped and lexicon.contrary(mine.text, other.text):
                return [mine], [other]
    negative = any(word.role == "negation" for word in (*edit.official, *edit.mention))
    if edit.official and edit.mention and not negative and lexicon.contrary(*edit.texts):
        return edit.official, edit.mention
    return None


def contrary_apart(edits: Sequence[Edit]) -> Difference | None:
    """Contrary words of which one was left out and the other put in elsewhere in the sentence."""
    if any(word.role == "negation" for e in edits for word in (*e.official, *e.mention)):
        return None
    dropped = [word for edit in edits for word in edit.official if len(word.text) > 1]
    added = [word for edit in edits for word in edit.mention if len(word.text) > 1]
    if len(dropped) * len(added) > 2_000:
        return None
    if any(word.key in lexicon.ENDING for word in (*dropped, *added)):
        return None
    for mine in dropped:
        for other in added:
            if mine.role == other.role == "content" and lexicon.contrary(mine.text, other.text):
                spans = (mine.start, mine.end), (other.start, other.end)
                return Difference("negation", *spans, 0.75)
    return None
