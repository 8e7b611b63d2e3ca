"""Personal data that no mention shows: numbers of people's phones and identity cards.

The raw record keeps them as evidence; what is searched, judged and shown does not.
"""

from __future__ import annotations

import re

_NARROW = {ord("０") + digit: ord("0") + digit for digit in range(10)} | {ord("Ｘ"): ord("X")}
_MOBILE = re.compile(r"(?<![\d.])(?:(?:\+|00)?86[\s-]?)?1[3-9]\d(?:[\s-]?\d{4}){2}(?!\d)")
_IDENTITY = re.compile(
    r"(?<!\d)[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_MAIL = re.compile(r"([\w.+-])[\w.+-]*@([\w-]+\.[\w.-]+)", re.ASCII)


def masked(text: str) -> str:
    """The text with mobile numbers as 138****5678 and identity numbers as stars."""
    narrow = text.translate(_NARROW)
    spans = [(*found.span(), "*" * len(found[0])) for found in _IDENTITY.finditer(narrow)]
    taken = [(start, end) for start, end, _ in spans]
    for found in _MOBILE.finditer(narrow):
        if not any(start < found.end() and found.start() < end for start, end in taken):
            digits = re.sub(r"\D", "", found[0])[-11:]
            spans.append((*found.span(), f"{digits[:3]}****{digits[-4:]}"))
    for start, end, shown in sorted(spans, reverse=True):
        text = text[:start] + shown + text[end:]
    return text


def initial(name: str) -> str:
    """A person's name as it may be shown: 张**."""
    name = name.strip()
    return f"{name[0]}**" if name else ""


def masked_contact(contact: str) -> str:
    """A way to reach somebody, so that only those who know it recognise it."""
    shown = _MAIL.sub(r"\1***@\2", masked(contact))
    if shown != contact:
        return shown
    digits = sum(char.isdigit() for char in contact)
    return f"{contact[:2]}****" if digits >= 5 else initial(contact)
