"""Words that mean the same in a condition, and how much of a phrase a text has in such words."""

from __future__ import annotations

import re
from functools import lru_cache

import rjieba

_SAME = (
    ("户籍", "户口"), ("周岁", "岁"),
    ("仅限", "只限", "仅", "只能", "只可", "只", "限于", "限", "仅能"),
    (
        "除外", "不含", "不包括", "不适用", "以外", "之外", "不在此列", "不能免", "不免", "不享受",
        "不可用", "停用",
    ),
    ("网上", "线上", "在线", "网络"), ("职工", "员工"), ("凭", "持", "带", "携带", "出示"),
    ("无房", "没有住房", "没有房", "名下没房", "无自有住房", "无住房", "名下无房", "没房"),
    ("及以上", "以上", "超过", "不低于"), ("三分之二", "2/3"),
    ("及以下", "以下", "不足", "不到", "未满", "低于"),
    ("首次", "第一次", "首套", "初次"), ("高峰时段", "高峰期", "高峰"),
    ("城市建成区", "建成区", "城区"), ("使用", "消费", "用"), ("餐饮", "餐馆", "饭店"),
    ("满", "达到"), ("老年人", "老人"), ("学生", "在校生"), ("子女", "孩子"), ("家庭", "户"),
    ("工作日", "周一至周五"), ("须", "必须", "需", "应当", "要", "需要"), ("同意", "赞成"),
    ("本市", "我市"), ("公办", "公立"), ("小客车", "小汽车", "私家车"), ("身份证", "身份证件"),
    ("在校", "就读"), ("购买", "买"), ("居民", "市民"), ("以内", "内"), ("预约", "约号"),
    ("本人", "自己", "亲自"),
)  # fmt: skip
_FILLER = frozenset("的了和与及在为以可等者由对其且、,")
ONLY = re.compile(r"仅|只|限")


@lru_cache(maxsize=4096)
def words_of(phrase: str) -> tuple[tuple[str, ...], ...]:
    """The words of a phrase, each with what may stand for it."""
    found: list[tuple[str, ...]] = []
    rest = phrase
    for group in _SAME:
        for word in group:
            if len(word) > 1 and word in rest:
                found.append((word, *group))
                rest = rest.replace(word, " ", 1)
                break
    for word in rjieba.cut(rest):
        plain = word.strip()
        if len(plain) > 2 and any(plain[0] in group for group in _SAME):
            found.append(alternatives(plain[0]))
            plain = plain[1:]
        if plain and not set(plain) <= _FILLER:
            found.append(alternatives(plain))
    return tuple(found)


def alternatives(word: str) -> tuple[str, ...]:
    """A word, and those that may stand for it."""
    return (word, *next((group for group in _SAME if word in group), ()))


def coverage(phrase: str, text: str, known: tuple[str, ...] = ()) -> float:
    """Share of a phrase's words (by letters) that a text has in one form or another.

    Words that stand in what is `known` anyhow, such as the subject, do not count.
    """
    counted = [g for g in words_of(phrase) if not any(word in k for k in known for word in g)]
    tokens = counted or words_of(phrase)
    total = sum(map(_weight, tokens))
    had = sum(_weight(group) for group in tokens if any(word in text for word in group))
    return had / total if total else 0.0


def _weight(group: tuple[str, ...]) -> int:
    slight = ONLY.match(group[0]) or group[0].endswith(("以上", "以下"))
    return 1 if slight else len(group[0])
