"""Copies as people make them, and different texts on one form, for measuring near-duplicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

Edit = Callable[[str, Random], str]

_BEFORE = ("转发微博：", "【转发】大家都看看！", "刚刚看到的，不知道真假，", "//@小明:")
_AFTER = ("（来源：临江门户网）", " 求扩散", " 本文转载自网络，如有侵权请联系删除")


def edited(text: str, share: float, dice: Random, letters: Sequence[str]) -> str:
    """A text in which that share of the characters was replaced, deleted or preceded by another."""
    out = list(text)
    places = dice.sample(range(len(text)), max(1, round(len(text) * share)))
    for place in sorted(places, reverse=True):
        kind = dice.choice("ird")
        out[place : place + (kind != "i")] = [] if kind == "d" else [dice.choice(letters)]
    return "".join(out)


def wrapped(text: str, dice: Random) -> str:
    return dice.choice(_BEFORE) + text + dice.choice(_AFTER)


def edits(letters: Sequence[str]) -> Mapping[str, Edit]:
    """The kinds of copies, by name. `letters` are what replaces and is inserted."""

    def tenth(text: str, dice: Random) -> str:
        return edited(text, 0.1, dice, letters)

    return {
        "10% edited": tenth,
        "20% edited": lambda text, dice: edited(text, 0.2, dice, letters),
        "wrapped": wrapped,
        "wrapped, 10% edited": lambda text, dice: wrapped(tenth(text, dice), dice),
        "second half cut off": lambda text, dice: text[: len(text) // 2],
        "30% cut off, 10% edited": lambda text, dice: tenth(text[: len(text) * 7 // 10], dice),
    }


def _weather(dice: Random) -> str:
    sky = dice.choice(("多云转晴", "小雨转阴", "晴", "阴有小雨", "雷阵雨"))
    return (
        f"市气象台今早6时发布：今天白天{sky}，{dice.choice(('东北', '西北', '南'))}风"
        f"{dice.randint(2, 6)}级，最高气温{dice.randint(15, 35)}℃；夜间{dice.choice('晴阴')}，最低气温"
        f"{dice.randint(-5, 14)}℃。空气质量{dice.choice('优良')}，适宜户外活动，早晚请注意添衣。"
    )


def _penalty(dice: Random) -> str:
    shop = dice.choice(("老张烧烤店", "百惠超市", "顺达汽修厂", "鑫源糕点坊", "悦来宾馆"))
    owner = dice.choice(("王建国", "李小红", "赵明", "孙丽华", "周大勇", "郑海涛"))
    why = dice.choice(("销售超过保质期的饮料", "未按规定明码标价", "未建立进货查验记录"))
    return (
        f"行政处罚公告：临市监罚〔2026〕{dice.randint(10, 400)}号。当事人{shop}（经营者：{owner}）因"
        f"{why}，违反了有关规定，本局决定给予警告，并处罚款{dice.randint(5, 90) * 100}元的行政处罚。"
        "当事人如不服本决定，可以在六十日内申请行政复议，也可以在六个月内提起行政诉讼。"
    )


def _missing(dice: Random) -> str:
    who = dice.choice(("王建国", "李小红", "赵明", "孙丽华", "周大勇", "郑海涛"))
    where = dice.choice(("城南菜场", "东门广场", "滨河公园", "火车站北口"))
    clothes = dice.choice(("红色外套", "蓝色羽绒服", "灰色毛衣"))
    return (
        f"紧急寻人：{who}，{dice.randint(5, 80)}岁，{dice.randint(1, 12)}月{dice.randint(1, 28)}日在"
        f"{where}附近走失，身穿{clothes}，说话有口音。有看到的朋友请拨打电话139"
        f"{dice.randint(10**7, 10**8 - 1)}，家人万分感谢，请大家帮忙扩散！"
    )


def _sampling(dice: Random) -> str:
    what = dice.choice(("蔬菜", "水产品", "糕点", "粮食加工品", "饮料"))
    fault = dice.choice(("农药残留", "菌落总数", "甜蜜素", "重金属"))
    return (
        f"本周市场监管部门共抽检{what}{dice.randint(20, 300)}批次，合格率"
        f"{dice.randint(900, 999) / 10}%。不合格项目为{fault}，涉及{dice.randint(2, 19)}家经营单位，"
        "不合格产品已经下架封存，并对生产经营单位立案调查。"
    )


FORMS: Mapping[str, Callable[[Random], str]] = {
    "weather bulletin": _weather,
    "penalty notice": _penalty,
    "missing person": _missing,
    "sampling report": _sampling,
}
"""Forms that are filled in differently each time."""
