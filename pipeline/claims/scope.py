"""What a part of a sentence speaks of: which time, which place, fact or opinion.

A marker such as 去年, 外地 or 如果 governs what follows it in its sentence, until another marker
of the same sort takes over: 原来2元，现在3元 tells of both times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import rjieba

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年(?:(度)|(?=\d{1,2}(月)))?")
_PAST = (
    r"去年|前年|往年|过去|以前(?!出生)|曾经|曾(?=[\u4e00-\u9fff])(?<!未曾)|原计划|此前|"
    r"之前(?=[是的都只要,])|原来|原先|原本|"
    r"早先|前几年|多年前|[几十一二两三四五六七八九\d]+年前|上半年|上个?季度|上个月|上周|上次|上一[轮期届]|上届|昨年|"
    r"当年|那年|"
    r"小时候|年轻时|那时|旧版|老政策|老标准|老规定|旧规"
)
_PLAN = (
    r"拟(?!定|声|人)|计划(?!单列|生育)|征求意见|明年|后年|下一步|力争|争取|目标|草案|听证|"
    r"方案[一二三]|"
    r"或将|可能(?:会|要|将)?|有望|预计将|研究(?:调整|将|提高|降低)|考虑|酝酿|讨论|未来|将来"
)
_NOW = (
    r"现在|现(?=调整|改|为|定|行)|如今|目前|今年|现行|今起|今日起|即日起|眼下|当前|最新|新规|新政|本月|自?从?今|这次|这个月|"
    r"本次|已(?:经)?(?:调整|"
    r"改|涨|降|提高|上调|下调|延长|缩短|扩大)"
)
_ELSEWHERE = (
    r"外地(?!户|人)|外省|外市|其他(?:城市|地方|省|市)|别的(?:城市|地方)|邻[市县省]|隔壁(?:市|"
    r"省|县)?|"
    r"有的(?:城市|地方)|某[地市省县]|国外|境外|我?老家|我家|家里(?!人)|我们家|代[办报缴跑买领抢]|中介|黄牛|代理(?:公司|机构)|省城|"
    r"省会|兄弟城市|"
    r"周边城市|外国|旅行社|第三方|民办|私立|私人|商家"
)
_CITIES = (
    "北京|上海|天津|重庆|广州|深圳|杭州|南京|苏州|成都|武汉|西安|长沙|郑州|青岛|济南|沈阳|大连|"
    "哈尔滨|长春|"
    "石家庄|太原|合肥|南昌|福州|厦门|南宁|昆明|贵阳|海口|兰州|西宁|银川|乌鲁木齐|拉萨|呼和浩特|"
    "宁波|无锡|东莞|"
    "佛山|温州|常州|徐州|珠海|三亚|烟台|洛阳|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|"
    "江西|山东|河南|"
    "湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|"
    "台湾|美国|日本|韩国|英国|德国"
)
_ELSE = re.compile(rf"(?:{_CITIES})(?![人路街来户客牌籍])")
_TOWN = (
    r"(?:(?<=^)|(?<=[,:。、\s在看说了去从到像]))"
    r"[\u4e00-\u9fff]{2}(?<![超夜股楼城门菜上集都早花行地本我全该各外])"
    r"[市县](?![场民区政级值面长委立属直医图书教育局])"
)
_OURS = r"我们(?:这|市|这里|这儿|本地)|[我本全][市县区省]|本地|当地|我们"
_BESIDE = re.compile(r"[比跟和与像同较]$|不像$|相比$")
_SUPPOSED = (
    r"我(?:个人)?(?:觉得|认为|看|想|猜|希望|建议|估计)|个人(?:觉得|认为|建议|意见)|(?:^|"
    r"(?<=[,。:!]))(?:强烈|坚决)?(?:建议|希望|支持|赞成|反对|要求|请求|"
    r"呼吁|但愿|盼|求)|应该(?!佩戴|戴|带|登记|办)|最好(?:能|是)?|如果|要是|假如|倘若|假设|假使|"
    r"若(?!干)|万一|要不然|"
    r"宁愿|恨不得|愿意出|不如|哪怕|就算|即使|即便|巴不得|想象|幻想|何不|能不能|可不可以|能否|"
    r"可否|比如说?|"
    r"举个例子|打个比方|难道|岂不|不会是|该不会|总不能"
)
_HEARD = re.compile(r"[听据]$")
_SAYS = re.compile(r"[\u4e00-\u9fff]{0,4}?[说讲称]")
"""听代办的人说: whom somebody heard it from is not where it holds."""
_REAL = r"但(?:是)?(?:实际|现在|目前|规定|其实)|事实上|其实|实际上|实际|结果|规定是|规定:"
_PATTERN = re.compile(
    rf"(?P<past>{_PAST})|(?P<plan>{_PLAN})|(?P<now>{_NOW})|(?P<elsewhere>{_ELSEWHERE}|{_CITIES})"
    rf"|(?P<town>{_TOWN})|(?P<ours>{_OURS})|(?P<supposed>{_SUPPOSED})|(?P<real>{_REAL})"
)
_WISHED_AFTER = re.compile(
    r"就好了?|才(?:对|合理|行|像话|甘心|公平|好)|多好|更(?:好|合理)|也(?:合理|愿意|不为过)|"
    r"就(?:完美|行了)"
)
_OVER = re.compile(
    r"^(?:的(?:标准|规定|政策|价格|时代|说法))?(?:早就|早已|已经|已)?(?:被)?(?:取消|作废|废止|"
    r"不再|成为历史|成了历史|"
    r"的?(?:都|全)?是(?:骗人|假|忽悠|谣|以前|过去|去年|前年|老|旧|很久))"
)


@dataclass(frozen=True, slots=True)
class Markers:
    """Markers of a sentence by sort, each with its place in the sentence."""

    times: tuple[tuple[int, str], ...]
    """(place, past, plan, now or a year: 2024, of a period 2024度, of a date 2024月)."""
    places: tuple[tuple[int, str], ...]
    stances: tuple[tuple[int, str], ...]
    wished_at: int
    """Where 就好了 or 才对 makes a wish of all before it; -1: nowhere."""


@lru_cache(maxsize=64)
def markers(sentence: str, home: frozenset[str] = frozenset()) -> Markers:
    """The markers of a folded sentence; `home` names the agency's own places."""
    times: list[tuple[int, str]] = [
        (m.start(), m[1] + (m[2] or m[3] or "")) for m in _YEAR.finditer(sentence)
    ]
    places: list[tuple[int, str]] = []
    stances: list[tuple[int, str]] = []
    for match in _PATTERN.finditer(sentence):
        sort, place = match.lastgroup or "", match.start()
        if sort in ("past", "plan", "now"):
            times.append((place, sort))
        elif sort in ("supposed", "real"):
            stances.append((place, sort))
        elif sort == "ours" or any(name in match[0] for name in home):
            places.append((place, "ours"))
        elif _HEARD.search(sentence[:place]) and _SAYS.match(sentence, match.end()):
            continue
        elif (sort == "elsewhere" or (home and is_town(match[0]))) and not _BESIDE.search(
            sentence[:place]
        ):
            places.append((place, "elsewhere"))
    for name in home:
        place = sentence.find(name)
        while place >= 0:
            places.append((place, "ours"))
            place = sentence.find(name, place + 1)
    wished = [match.start() for match in _WISHED_AFTER.finditer(sentence)]
    return Markers(
        tuple(sorted(times)), tuple(sorted(places)), tuple(sorted(stances)), max(wished, default=-1)
    )


@lru_cache(maxsize=1024)
def is_town(name: str) -> bool:
    """Whether 云川 in 云川市 can be a town's name, as 按照 in 按照市 cannot."""
    words = rjieba.tag(name[:2])
    return len(words) > 1 or words[0][1] in ("ns", "nr", "nrt", "nz", "x")


def is_about_elsewhere(text: str, home: frozenset[str]) -> bool:
    """Whether a text tells of another city and never of the agency's own."""
    if not home or any(name in text for name in home):
        return False
    found = _ELSE.search(text)
    return found is not None and not _BESIDE.search(text[: found.start()])


def governing(found: Iterable[tuple[int, str]], place: int) -> str | None:
    """The last marker that stands before a place."""
    last = None
    for at, sort in found:
        if at >= place:
            break
        last = sort
    return last


def is_over(after: str) -> bool:
    """Whether what follows a value says that it holds no more: 158天早就取消了."""
    return bool(_OVER.search(after))
