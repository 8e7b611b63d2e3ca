"""The conditions of a keyword rule as written in YAML → the tree of `pipeline.model`.

`any`, `all`, `none`, `near`, `sentence`, `phrase`, `regex` and `line` of a rule must all hold; a
list inside one of them is an `any`.
"""

from __future__ import annotations

from typing import Any

from alerts.rules.lines import read_line
from pipeline.model import AllOf, AnyOf, Condition, Near, NoneOf, Phrase, Regex, Sentence

CONDITIONS = ("line", "any", "all", "none", "near", "sentence", "phrase", "regex")
"""The keys of a rule that are conditions."""
_LISTS: dict[str, type[AnyOf | AllOf | NoneOf]] = {"any": AnyOf, "all": AllOf, "none": NoneOf}
_TOGETHER: dict[str, type[Sentence | Phrase]] = {"sentence": Sentence, "phrase": Phrase}
_LONGEST_EXPRESSION = 1000


def read_condition(parts: dict[str, Any]) -> Condition:
    """The one condition of a rule's parts. Raises ValueError."""
    found = tuple(_keyed(key, value) for key, value in parts.items() if value is not None)
    return found[0] if len(found) == 1 else AllOf(found)


def _keyed(key: str, value: Any) -> Condition:
    if key == "near":
        return _near(value)
    if key in _TOGETHER:
        if not isinstance(value, list) or len(value) < 2:
            raise ValueError(f"`{key}` needs a list of at least two terms")
        return _TOGETHER[key](tuple(_group(term, key) for term in value))
    if key == "regex":
        return _regex(value)
    if key == "line":
        return read_line(_term(value, "line"))
    if key not in _LISTS:
        raise ValueError(f"“{key}” is no condition; write one of {', '.join(CONDITIONS)}")
    entries = value if isinstance(value, list) else [value]
    if not entries:
        raise ValueError(f"`{key}` is empty; give it at least one term")
    return _LISTS[key](tuple(_entry(entry, key) for entry in entries))


def _entry(entry: Any, key: str) -> Condition:
    if isinstance(entry, list):
        return _keyed("any", entry)
    if isinstance(entry, dict):
        if len(entry) != 1:
            raise ValueError(f"an entry of `{key}` has exactly one of {', '.join(CONDITIONS)}")
        return _keyed(*next(iter(entry.items())))
    return _term(entry, key)


def _term(term: Any, key: str) -> str:
    if not isinstance(term, str):
        shown = "nothing" if term is None else f"“{term}”"
        raise ValueError(f"`{key}` has {shown} for a term; terms are text: put it in quotes")
    if not term.strip():
        raise ValueError(f"`{key}` has an empty term; take it out")
    return term.strip()


def _regex(value: Any) -> Condition:
    patterns = value if isinstance(value, list) else [value]
    if not patterns:
        raise ValueError("`regex` is empty; give it an expression in quotes")
    for pattern in patterns:
        if not isinstance(pattern, str) or not pattern.strip():
            raise ValueError(f"`regex` has “{pattern}” for an expression; put it in quotes")
        if len(pattern) > _LONGEST_EXPRESSION:
            raise ValueError(f"an expression of `regex` is longer than {_LONGEST_EXPRESSION}")
    found = tuple(Regex(pattern) for pattern in patterns)
    return found[0] if len(found) == 1 else AnyOf(found)


def _near(value: Any) -> Near:
    if not isinstance(value, dict) or set(value) - {"terms", "within"} or "terms" not in value:
        raise ValueError("`near` is written as near: {terms: [a, b], within: 30}")
    terms, within = value["terms"], value.get("within", 30)
    if not isinstance(terms, list) or len(terms) < 2:
        raise ValueError("`near` needs at least two terms")
    if not isinstance(within, int) or isinstance(within, bool) or not 0 <= within <= 100_000:
        raise ValueError("`within` must be a number of characters, such as 30")
    return Near(tuple(_group(term, "near") for term in terms), within)


def _group(term: Any, key: str) -> tuple[str, ...]:
    terms = term if isinstance(term, list) else [term]
    if not terms:
        raise ValueError(f"`{key}` has an empty list of terms")
    return tuple(_term(each, key) for each in terms)
