"""Which language a text is in, by its script; told finer only where the page itself says so."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_ENGLISH = re.compile(r"\b(?:the|of|and|to|in|is|for|that|with|on)\b", re.I)


def find_language(text: str, declared: str) -> str:
    """ISO 639-1 code; empty when the text does not tell. `declared` is the page's lang attribute.

    A Chinese character weighs as much as a short Latin word.
    """
    sample = text[:1000]
    han, kana, hangul = (len(p.findall(sample)) for p in (_HAN, _KANA, _HANGUL))
    latin, cyrillic = len(_LATIN.findall(sample)), len(_CYRILLIC.findall(sample))
    if kana > 0.1 * (han + kana) and kana > 3:
        return "ja"
    if hangul > han and hangul * 4 > latin:
        return "ko"
    if han and han * 4 >= latin + cyrillic:
        return "zh"
    code = declared.strip().lower()[:2]
    if cyrillic > latin:
        return code if code in ("uk", "bg", "sr", "kk", "mn") else "ru"
    if latin < 20:
        return ""
    if code.isalpha() and len(code) == 2 and code not in ("zh", "ja", "ko"):
        return code
    words = sample.count(" ") + 1
    return "en" if len(_ENGLISH.findall(sample)) > 0.08 * words else ""
