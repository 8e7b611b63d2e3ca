"""Places and names: what stands in the slot where a sentence names the official one.

A slot is found by its frame: a cue (主办, 地址, 局长 …) with 在, 于, 由, 为, 到 or a colon beside
it, and a noun of the kind that the official value is: one that ends as places, offices, schools or
persons' names end. Abbreviations of the official name, and wider places, are no other name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PLACE_END = (
    "体育馆|图书馆|博物馆|会展中心|服务中心|政务大厅|大厅|中心|广场|公园|大道|大街|大厦|大楼|"
    "车站|总站|机场|码头|会堂|"
    "礼堂|宾馆|酒店|剧院|影院|医院|学校|学院|大学|中学|小学|幼儿园|社区|片区|园区|景区|开发区|"
    "新区|窗口|营业厅|服务站|"
    "卫生院|门诊部|派出所|分局|市场|商场|超市|基地|工业园|产业园|"
    "[一二三四五六七八九十\\d]+号楼?|\\d+号|[东西南北中]路|路|街|巷|馆|站|"
    "楼|厅|园|场|院|所|区|镇|乡|村|县|桥|湖|港|口|岛|山|河以[东西南北]|以[内外东西南北]|校区|新城|城"
)
_NAME_END = (
    "委员会|管委会|办事处|办公室|办事处|公安局|分局|总局|局|委|办|厅|部|院|署|集团|公司|协会|商会|"
    "学会|联合会|基金会|银行|医院|"
    "中心|小学|中学|学校|学院|大学|幼儿园|街道|社区|支队|大队|总队|馆|站|所|社|会|园|厂|店"
)
_SCHOOL_SHORT = (
    r"(?:[一二三四五六七八九十]+|[\u4e00-\u9fff]{2})小(?!区|学)|"
    r"[一二三四五六七八九十]+中(?!心|学)|实小|附小|附中"
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文欧司马上官诸葛"
)
_FRAME = r"(?:在|于|到|至|入|归|由|向|为|是|给|去|找|:|成|即|改|名叫|叫)"
_VERBS = (
    r"(?:设|改|定|安排|放|迁|搬|移|调整|变更|换|位|座落|坐落|划|转|选|确定|集中|统一|调|分|指定|更改|"
    r"拟定|仅|只){0,4}"
)
_STOP = (
    r"(?=$|[,。;!?、)\]」”\"\s的]|[举办开召进承主协负领受集正将已了申接鸣起出报停和或及招对组牵审发就内附任去"
    r"担提签登])"
)
_LETTER = r"(?:(?!在|由|于|为|是|到|去)[\u4e00-\u9fffa-z\d·])"
_TOGETHER = "(?:统一|联合|共同|具体|直接|全权|独家)?"
_PERSON = rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_AFTER_PERSON = (
    r"(?=$|[,。;!?、)\s]|同志|出席|表示|说|介绍|到|在|主持|称|率|为|任|担|被|当|接|获|率|前往|"
    r"强调|带队|调研|上任|履新|宣布|"
    r"讲话|致辞|出任|指出|要求|是)"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """What fills the slot, at `start:end` of the sentence, and whether it is the official value."""

    right: bool
    start: int
    end: int


def slot(
    kind: str, value: str, cues: tuple[str, ...], subjects: tuple[str, ...], sentence: str
) -> Slot | None:
    """What a sentence names where the official place or name stands; None when nothing."""
    place = sentence.find(value)
    if place >= 0:
        return Slot(True, place, place + len(value))
    here = cues or subjects
    found = list(_candidates(kind, value, here, sentence, has_cues=bool(cues)))
    right = next((each for each in found if is_same_name(sentence[slice(*each)], value)), None)
    if right is not None:
        return Slot(True, *right)
    others = [
        each
        for each in found
        if not _is_wider(sentence[slice(*each)], value)
        and not any(subject in sentence[slice(*each)] for subject in subjects)
    ]
    if len({sentence[slice(*each)] for each in others}) != 1:
        return None
    return Slot(False, *others[0])


def is_same_name(found: str, value: str) -> bool:
    """三小 and 第三小学 are short for 临江市第三小学: its letters in its order, and its end."""
    if found in value:
        return len(found) > 1
    if value in found:
        return True
    letters = iter(value)
    return len(found) > 1 and all(letter in letters for letter in found)


def _is_wider(found: str, value: str) -> bool:
    """在临江市举行, 全市: a place around the official one contradicts nothing."""
    return bool(
        re.fullmatch(
            r"(?:[我本全各]|[\u4e00-\u9fff]{2,3})?(?:市|省|县|区|地|社会|现场|本地|里)|[我全]国",
            found,
        )
    ) and not (value.endswith(found[-1]))


def _candidates(
    kind: str, value: str, cues: tuple[str, ...], sentence: str, *, has_cues: bool
) -> list[tuple[int, int]]:
    if kind == "name" and _is_person(value):
        patterns = _person_frames(cues)
    else:
        end = _end_of(kind, value)
        patterns = _noun_frames(cues, end, value[-1])
        if kind == "name":
            patterns = (*patterns, _doer_frame(cues, end))
        if kind == "place" and not has_cues:
            patterns = (*patterns, _free_frame(end))
    found = []
    for pattern in patterns:
        for match in pattern.finditer(sentence):
            if len(match["slot"]) > 1:
                found.append(match.span("slot"))
    return found


def _is_person(value: str) -> bool:
    return len(value) <= 4 and value[0] in _SURNAMES and not re.search(rf"(?:{_NAME_END})$", value)


def _end_of(kind: str, value: str) -> str:
    base = f"{_PLACE_END}|{_NAME_END}|网点" if kind == "place" else _NAME_END
    extra = f"|{_SCHOOL_SHORT}" if re.search(r"[小中]学|学校|学院", value) else ""
    return f"{base}{extra}"


@lru_cache(maxsize=2048)
def _noun_frames(cues: tuple[str, ...], end: str, last: str) -> tuple[re.Pattern[str], ...]:
    cue = "|".join(re.escape(each) for each in cues)
    noun = rf"(?P<slot>{_LETTER}{{0,16}}?(?:{end})(?:{_STOP}|(?={_TOGETHER}(?:{cue}))))"
    return (
        re.compile(
            rf"(?:{cue})(?:单位|方|机构|部门|地点|地址|范围|点|地|处|者|人|学校)?(?:已|将|也|"
            rf"现|统一|最终|临时|全部|都|均|的|还|仍)*{_VERBS}(?:{_FRAME}{{1,2}}(?:了)?|"
            rf"(?<=[于在为由到至入归]))(?:的是)?{noun}"
        ),
        re.compile(rf"{_VERBS}(?!:){_FRAME}(?:了)?{noun}(?:[^,。;!?]{{0,6}}?)(?:{cue})"),
        re.compile(rf"(?:{cue})(?:扩大|调整|缩小|变更)(?:至|到|为){noun}"),
        re.compile(rf"(?:{cue})(?P<slot>{_LETTER}{{1,7}}?{re.escape(last)}){_STOP}"),
    )


@lru_cache(maxsize=2048)
def _doer_frame(cues: tuple[str, ...], end: str) -> re.Pattern[str]:
    """政务服务中心统一受理: an office that opens the clause and does what the cue says."""
    cue = "|".join(re.escape(each) for each in cues)
    return re.compile(rf"(?:^|[,。:;!\s])(?P<slot>{_LETTER}{{1,15}}?(?:{end})){_TOGETHER}(?={cue})")


@lru_cache(maxsize=64)
def _free_frame(end: str) -> re.Pattern[str]:
    """在, 迁至, 挪到 … and a place: enough where the fact names no cue."""
    return re.compile(
        rf"(?:(?<!现)在|位于|设于|(?:迁|搬|移|挪|改|换|调)(?:至|到|在))"
        rf"(?P<slot>{_LETTER}{{0,16}}?(?:{end}){_STOP})"
    )


@lru_cache(maxsize=2048)
def _person_frames(cues: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    cue = "|".join(re.escape(each) for each in cues)
    return (
        re.compile(
            rf"(?<![副原前])(?:{cue})(?:已|现|将|由)*(?:是|为|由|:|换成|改为|换为|一职由)?"
            rf"(?P<slot>{_PERSON}){_AFTER_PERSON}"
        ),
        re.compile(
            rf"(?:^|[,。:、\s]|由|任命|免去|选举|推选|聘请?|"
            rf"决定)(?P<slot>{_PERSON})(?:同志)?(?:已|将|正式|被|获|当选|出任|担任|任命?|为|任|"
            rf"接任|接替|兼任|履新|是|,)+[^,。;!?]{{0,16}}?(?:{cue})"
        ),
    )
