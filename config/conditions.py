"""The conditions of a keyword rule as written in YAML → the tree of `pipeline.model`.

`any`, `all`, `none` and `near` of a rule must all hold; a list inside one of them is an `any`.
"""

from __future__ import annotations

from typing import Any

from pipeline.model import AllOf, AnyOf, Condition, Near, NoneOf

_KEYS: dict[str, type[AnyOf | AllOf | NoneOf]] = {"any": AnyOf, "all": AllOf, "none": NoneOf}


def read_condition(parts: dict[str, Any]) -> Condition:
    """The one condition of a rule's `any`, `all`, `none` and `near`. Raises ValueError."""
    found = tuple(_keyed(key, value) for key, value in parts.items() if value is not None)
    return found[0] if len(found) == 1 else AllOf(found)


def _keyed(key: str, value: Any) -> Condition:
    if key == "near":
        return _near(value)
    if key not in _KEYS:
        raise ValueError(f"“{key}” is no condition; write any, all, none or near")
    entries = value if isinstance(value, list) else [value]
    if not entries:
        raise ValueError(f"`{key}` is empty; give it at least one term")
    return _KEYS[key](tuple(_entry(entry, key) for entry in entries))


def _entry(entry: Any, key: str) -> Condition:
    if isinstance(entry, list):
        return _keyed("any", entry)
    if isinstance(entry, dict):
        if len(entry) != 1:
            raise ValueError(f"an entry of `{key}` has exactly one of any, all, none, near")
        return _keyed(*next(iter(entry.items())))
    return _term(entry, key)


def _term(term: Any, key: str) -> str:
    if not isinstance(term, str):
        shown = "nothing" if term is None else f"“{term}”"
        raise ValueError(f"`{key}` has {shown} for a term; terms are text: put it in quotes")
    if not term.strip():
        raise ValueError(f"`{key}` has an empty term; take it out")
    return term.strip()


def _near(value: Any) -> Near:
    if not isinstance(value, dict) or set(value) - {"terms", "within"} or "terms" not in value:
        raise ValueError("`near` is written as near: {terms: [a, b], within: 30}")
    terms, within = value["terms"], value.get("within", 30)
    if not isinstance(terms, list) or len(terms) < 2:
        raise ValueError("`near` needs at least two terms")
    if not isinstance(within, int) or isinstance(within, bool) or not 0 <= within <= 100_000:
        raise ValueError("`within` must be a number of characters, such as 30")
    return Near(tuple(_group(term) for term in terms), within)


def _group(term: Any) -> tuple[str, ...]:
    terms = term if isinstance(term, list) else [term]
    if not terms:
        raise ValueError("`near` has an empty list of terms")
    return tuple(_term(each, "near") for each in terms)
