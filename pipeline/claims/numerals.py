"""Numbers as people write them: 1,200, 3.5万, 两百, 二〇二六, 一百二十, 伍拾."""

from __future__ import annotations

import re

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}

NUMBER = (
    r"(?:\d{1,15}(?:\.\d{1,15})?[千百万亿]){2,4}"
    r"|(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,15})?|\d{1,15}(?:\.\d{1,15})?)(?:[百千]?[万亿]|[百千])?"
    r"|[壹贰叁肆伍陆柒捌玖][拾佰仟][壹贰叁肆伍陆柒捌玖拾佰仟零]{0,15}[万亿]?"
    r"|[一二两三四五六七八九十零〇百千万亿]{1,20}(?:点[一二三四五六七八九零〇]{1,15})?"
)
"""Pattern (without groups) of a number in folded text."""

_MIXED = re.compile(r"(\d+(?:\.\d+)?)([千百万亿])")
_ARABIC = re.compile(r"([\d,]+(?:\.\d+)?)([百千]?[万亿]|[百千])?")


def number(written: str) -> float | None:
    """The value of a number as `NUMBER` finds it; None when it is none, such as 十百."""
    if match := _ARABIC.fullmatch(written):
        value = float(match[1].replace(",", ""))
        for unit in match[2] or "":
            value *= _UNITS[unit]
        return value
    if parts := _MIXED.findall(written):
        return float(sum(float(digits) * _UNITS[unit] for digits, unit in parts))
    whole, _, fraction = written.translate(_FORMAL).partition("点")
    value_or_none = _chinese(whole)
    if value_or_none is None or not all(char in _DIGITS for char in fraction):
        return None
    digits = "".join(str(_DIGITS[char]) for char in fraction)
    return value_or_none + (float(f"0.{digits}") if digits else 0.0)


def _chinese(written: str) -> float | None:
    if not written:
        return None
    if all(char in _DIGITS for char in written):
        return float("".join(str(_DIGITS[char]) for char in written))
    total = section = 0
    digit: int | None = None
    last_unit = 1
    for char in written:
        if char in _DIGITS:
            digit = _DIGITS[char]
            continue
        unit = _UNITS[char]
        if unit >= 10_000:
            section += digit or 0
            total = (total + section) * unit if unit > 10_000 and total else total + section * unit
            if not section:
                return None
            section, digit = 0, None
        else:
            if digit is None and (unit != 10 or section % 100):
                return None
            section += (1 if digit is None else digit) * unit
            digit = None
        last_unit = unit
    if digit and last_unit > 10 and written[-2] not in "零〇":
        digit *= last_unit // 10
    return float(total + section + (digit or 0))
