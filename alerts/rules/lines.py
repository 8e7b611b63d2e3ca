"""Rules in one line, as lay people write them, and rules in words, as they read them.

    收费 +工本费 !招聘            some of the plain words, every one with +, none with !
    移民 & (特朗普 | 美国)         & is “and”, | is “or”, brackets group
    "营业 执照" | 执照             quotes hold what has spaces or signs in it

Full-width signs do as well. Plain words side by side are alternatives; where a bracket or a word
with & or | stands beside another without a sign between, the reader cannot know what is meant, so
the writer is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.model import AllOf, AnyOf, Condition, Near, NoneOf, Phrase, Regex, Sentence

_SIGNS = str.maketrans("＋！（）＆｜－“”「」　", '+!()&|-""""\u0020')
_TOKEN = re.compile(r'\s*(?:"([^"]*)"|([+!()&|-])|([^\s"()&|]+))')
_DEEPEST = 20
_LONGEST = 2000


@dataclass(slots=True)
class _Line:
    tokens: list[tuple[str, bool]]
    """Each with whether it is a sign."""
    place: int = 0
    depth: int = 0

    def sign(self) -> str:
        """The sign that comes next; empty where a word or the end does."""
        if self.place < len(self.tokens) and self.tokens[self.place][1]:
            return self.tokens[self.place][0]
        return ""

    def take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1][0]

    def ended(self) -> bool:
        return self.place >= len(self.tokens)


def read_line(text: str) -> Condition:
    """The condition that a line stands for. Raises ValueError with a sentence for the writer."""
    if len(text) > _LONGEST:
        raise ValueError(f"规则太长：一行最多{_LONGEST}字，请拆成几条规则")
    line = _Line(_tokens(text))
    if line.ended():
        raise ValueError("规则是空的，请至少写一个词")
    condition = _items(line)
    if not line.ended():
        raise ValueError("多了一个“)”，请检查括号")
    return condition


def _tokens(text: str) -> list[tuple[str, bool]]:
    written = text.translate(_SIGNS).strip()
    tokens: list[tuple[str, bool]] = []
    place = 0
    while place < len(written):
        found = _TOKEN.match(written, place)
        if found is None:
            raise ValueError("引号没有成对，请补上另一个引号")
        quoted, sign, word = found.groups()
        if sign in ("+", "!", "-") and found.end() < len(written) and written[found.end()] == " ":
            raise ValueError(f"“{sign}”要紧挨着它后面的词，中间不留空格")
        value = sign or word or quoted or ""
        if not value.strip():
            raise ValueError("引号里是空的，请写上词或去掉引号")
        tokens.append((value.strip(), sign is not None))
        place = found.end()
    return tokens


def _items(line: _Line) -> Condition:
    """What stands side by side: words to choose from, words that must be, words that must not."""
    plain: list[Condition] = []
    required: list[Condition] = []
    banned: list[Condition] = []
    while not line.ended() and line.sign() != ")":
        if line.sign() in ("&", "|"):
            raise ValueError(f"“{line.take()}”的前面缺一个词")
        kept = {"+": required, "!": banned, "-": banned}.get(line.sign())
        if kept is None:
            plain.append(_either(line))
        else:
            line.take()
            kept.append(_alternatives(line))
    if len(plain) > 1 and any(not isinstance(each, str) for each in plain):
        raise ValueError("并排写的两部分之间请写“&”（并且）或“|”（或者），例如：移民 & (甲 | 乙)")
    parts: list[Condition] = []
    if plain:
        parts.append(plain[0] if len(plain) == 1 else AnyOf(tuple(plain)))
    parts += required
    if banned:
        if not parts:
            raise ValueError("只有排除词的规则什么都找不到：请再写一个要找的词")
        parts.append(NoneOf(tuple(banned)))
    if not parts:
        raise ValueError("括号里是空的，请写上词或去掉括号")
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _either(line: _Line) -> Condition:
    """Conditions joined by & and |; & binds more closely."""
    either = [_both(line)]
    while line.sign() == "|":
        line.take()
        either.append(_both(line))
    return either[0] if len(either) == 1 else AnyOf(tuple(either))


def _both(line: _Line) -> Condition:
    both = [_one(line)]
    while line.sign() == "&":
        line.take()
        both.append(_one(line))
    return both[0] if len(both) == 1 else AllOf(tuple(both))


def _alternatives(line: _Line) -> Condition:
    """What + and ! reach over: one part, or several with | between."""
    parts = [_one(line)]
    while line.sign() == "|":
        line.take()
        parts.append(_one(line))
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _one(line: _Line) -> Condition:
    if line.ended():
        raise ValueError("最后一个符号的后面缺一个词")
    sign = line.sign()
    if sign in ("!", "-"):
        line.take()
        return NoneOf((_one(line),))
    if sign == "+":
        raise ValueError("“+”不和“&”“|”连用：去掉“+”即可")
    if sign in ("&", "|", ")"):
        raise ValueError(f"“{sign}”的前面缺一个词")
    if sign != "(":
        return line.take()
    line.take()
    line.depth += 1
    if line.depth > _DEEPEST:
        raise ValueError("括号套得太深，请拆成几条规则")
    inside = _items(line)
    if line.sign() != ")":
        raise ValueError("括号没有成对，请补上“)”")
    line.take()
    line.depth -= 1
    return inside


# --- in words ------------------------------------------------------------------------------------


def in_words(condition: Condition) -> str:
    """A condition as a Chinese phrase: 含“收费”，且含“工本费”，且不含“招聘”."""
    match condition:
        case str():
            return f"含“{condition}”"
        case Regex(pattern):
            return f"符合表达式“{pattern}”"
        case AnyOf(of) if all(isinstance(each, str) for each in of):
            return in_words(of[0]) if len(of) == 1 else f"含{_listed(of)}之一"
        case AnyOf(of):
            return "或".join(_grouped(each) for each in of)
        case AllOf(of):
            return "，且".join(_grouped(each) for each in of)
        case NoneOf(of) if all(isinstance(each, str) for each in of):
            return f"不含{_listed(of)}"
        case NoneOf(of):
            return "，且".join(f"不是（{in_words(each)}）" for each in of)
        case Near(groups, within):
            return f"{_each(groups)}相距不超过{within}字"
        case Sentence(groups):
            return f"{_each(groups)}在同一句里"
        case Phrase(groups):
            return f"{_each(groups)}依次紧挨着"


def _grouped(condition: Condition) -> str:
    several = isinstance(condition, AllOf | AnyOf) and len(condition.of) > 1
    only_terms = isinstance(condition, AnyOf) and all(isinstance(e, str) for e in condition.of)
    words = in_words(condition)
    return f"（{words}）" if several and not only_terms else words


def _listed(terms: tuple[Condition, ...] | tuple[str, ...]) -> str:
    return "".join(f"“{term}”" for term in terms)


def _each(groups: tuple[tuple[str, ...], ...]) -> str:
    return "与".join("/".join(f"“{term}”" for term in group) for group in groups)


def as_parts(condition: Condition) -> dict[str, object]:
    """A condition as the keys of a rule in YAML."""
    if isinstance(condition, AllOf) and not any(
        isinstance(each, str) or _is_repeated(each, condition.of) for each in condition.of
    ):
        return {
            key: value
            for each in condition.of
            for key, value in (_whole(each) if isinstance(each, AllOf) else as_parts(each)).items()
        }
    match condition:
        case str():
            return {"any": [condition]}
        case AnyOf(of):
            return {"any": [_as_entry(each) for each in of]}
        case AllOf(of):
            needed = [each for each in of if not isinstance(each, NoneOf)]
            banned = [each for each in of if isinstance(each, NoneOf)]
            parts: dict[str, object] = {"all": [_as_entry(each) for each in needed]}
            if len(banned) == 1 and needed:
                return parts | as_parts(banned[0])
            return _whole(condition)
        case NoneOf(of):
            return {"none": [_as_entry(each) for each in of]}
        case Near(groups, within):
            return {"near": {"terms": _as_groups(groups), "within": within}}
        case Sentence(groups):
            return {"sentence": _as_groups(groups)}
        case Phrase(groups):
            return {"phrase": _as_groups(groups)}
        case Regex(pattern):
            return {"regex": pattern}


def _whole(condition: AllOf) -> dict[str, object]:
    return {"all": [_as_entry(each) for each in condition.of]}


def _is_repeated(condition: Condition, among: tuple[Condition, ...]) -> bool:
    return sum(type(each) is type(condition) for each in among) > 1


def _as_entry(condition: Condition) -> object:
    if isinstance(condition, str):
        return condition
    if isinstance(condition, AnyOf) and all(isinstance(each, str) for each in condition.of):
        return list(condition.of)
    return as_parts(condition)


def _as_groups(groups: tuple[tuple[str, ...], ...]) -> list[object]:
    return [group[0] if len(group) == 1 else list(group) for group in groups]
