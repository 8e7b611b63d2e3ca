"""Articles without end, of the invented city: each has a headline of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import escape

_BEIJING = timezone(timedelta(hours=8))
_PLACES = (
    "城东", "城西", "城南", "城北", "江湾", "石桥", "柳林", "南浦", "北渡", "云溪", "青塘", "白沙",
    "桃源", "双井", "古槐", "新港", "松岗", "梅园", "沙洲", "龙潭",
)  # fmt: skip
_THINGS = (
    "农贸市场", "老旧电梯", "食品小作坊", "加油站", "校园食堂", "药店", "早餐车", "充电桩", "养老机构",
    "宠物诊所", "家装公司", "驾校", "茶叶批发市场", "二手车行", "民宿",
)  # fmt: skip
_EVENTS = (
    "启动专项检查", "公布整改结果", "试行明码标价", "完成年度检定", "开设投诉窗口", "更换老旧设备",
    "通过现场验收", "恢复正常营业", "召开约谈会议", "推行电子台账", "延长服务时间", "开展公众开放日",
)  # fmt: skip
_SENTENCES = (
    "记者在{place}走访时看到，{thing}门口贴出了告示，前来询问的居民有{n}人次。",
    "临江市市场监管局工作人员介绍，这次涉及{thing}的事项共{n}项，已逐一登记。",
    "{place}一位经营者说，准备工作从上个月就开始了，前后花了{n}天。",
    "按照安排，{thing}的后续情况将在街道公告栏张贴，有疑问的市民可到{place}服务点咨询。",
    "同一时期，{place}另有{n}家单位参加，其中三家位于临江大道以北。",
    "附近居民提出，{thing}周边停车位偏少，街道答复将新增{n}个临时泊位。",
)


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    paragraphs: tuple[str, ...]
    at: datetime

    @property
    def date(self) -> str:
        return self.at.astimezone(_BEIJING).strftime("%Y年%m月%d日 %H:%M")


def article(number: int) -> Article:
    """The article of a number below 3600, an hour to some days old."""
    place = _PLACES[number % 20]
    thing = _THINGS[number // 20 % 15]
    event = _EVENTS[number // 300 % 12]
    paragraphs = tuple(
        _SENTENCES[(number + step) % 6].format(place=place, thing=thing, n=number % 83 + step + 2)
        + _SENTENCES[(number * 5 + step + 3) % 6].format(
            place=_PLACES[(number + step) % 20], thing=thing, n=number % 97 + 2 * step + 3
        )
        for step in range(4)
    )
    minutes = 60 + number * 7 % 4000
    return Article(
        f"{place}{thing}{event}", paragraphs, datetime.now(UTC) - timedelta(minutes=minutes)
    )


def page(made: Article, *, charset: str = "utf-8", title: str = "", head: str = "") -> str:
    """The page of an article as a small newspaper makes it."""
    shown = escape(title or made.title)
    paragraphs = "".join(f"<p>{each}</p>" for each in made.paragraphs)
    return (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>{shown}_临江日报</title>{head}"
        "</head><body><div class='nav'><a href='/'>首页</a> <a href='/news/'>新闻</a></div>"
        f"<div class='article'><h1>{shown}</h1>"
        f"<div class='info'>{made.date} 来源：临江日报</div>"
        f"<div class='content'>{paragraphs}</div></div>"
        "<div class='footer'>临江日报社版权所有</div></body></html>"
    )
