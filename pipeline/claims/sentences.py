"""Sentences of a folded text, and whether they assert, ask, doubt or refute."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。!?;\n]+[。!?;]*[”\"』」)]*")
_CLAUSE = re.compile(
    r"(?:[^,、:()\[\]【】《》“”\"「」|#]|(?<=\d):(?=\d)|(?<=\d),(?=\d{3})|(?<=[月日])、(?=\d))+"
)

_REFUTING = re.compile(
    r"辟谣|否认|谣言|造谣|传谣|不实|不属实|(?:虚假|错误|不实)(?:信息|消息|说法|传言|内容)|并非|"
    r"假消息|"
    r"假新闻|假的(?!药|酒|货|烟)|纯属|子虚乌有|无中生有|没有(?:的事|这回事|此事|依据)|"
    r"(?:予以|特此|作出|发布|官方)澄清|澄清(?:说明|公告|如下|称|表示|[:,])|不可信|"
    r"(?:请勿|切勿|不要|勿)(?:轻信|相信|传播|转发|信谣)|并无此|并未(?:出台|发布|要求|收取)|"
    r"从未(?:发布|要求|收取|出台)|误传|误读|曲解|别信|不要信|(?:谨防|当心|小心|以防)(?:上当|受骗|被骗)|骗局|诈骗(?:短信|信息|手段)|冒充|"
    r"与(?:事实|实际|规定|公示|文件|官方)[^,。]{0,6}不(?:符|一致)|不存在[^,。]{0,8}(?:情况|"
    r"说法|问题)|没有这个(?:规定|说法|政策)"
)
_NOT_REFUTING = re.compile(
    r"(?:不是|并非|绝非|不属于|可不是|非)(?:谣言|造谣|虚假信息|假消息)|(?:没|没有|未|无人|"
    r"不)(?:出来)?辟谣|不否认|未否认"
)
_ASKING = re.compile(
    r"\?|吗[。!,]*$|是否|是不是|真的假的|真假|有没有|会不会|要不要|求证|[请盼望]核[实查]|"
    r"请问|咨询|想问|问一下|多少|怎么收|"
    r"呢[。!]*$|么[。!]*$"
)
_DECIDING = re.compile(
    r"(?:作出|决定|告知|确认|明确|核实|审查|答复)[^,。?]{0,4}是否|是否[^,。?]{0,6}(?:决定|答复|"
    r"告知)"
)
_RHETORICAL = re.compile(r"难道|岂不|凭什么|还有没有王法")
_VERIFYING = re.compile(
    r"真的|真假|假的|是真是假|属实|靠谱|求证|请问|咨询|想问|问一下|是不是|是否|吗|么[?。!]*$|"
    r"多少|几[点时号天个块元]|哪|还是[^,。!?]{0,12}\?|请核|核实|"
    r"有没有(?!人管|王法)|会不会|要不要|什么时候|怎么(?:收|办理|算)|谁(?:知道|能)|"
    r"为什么|为啥|为何|[什啥][么]?情况|[怎咋]么?回事|有人知道|求(?:问|解答|科普)"
)
_OPINION = re.compile(
    r"我(?:个人)?(?:觉得|认为|看|想|猜|希望|建议|估计)|个人(?:觉得|认为|建议)|(?:^|"
    r"[,。])(?:建议|希望|呼吁|但愿|盼)|"
    r"应该|最好(?:能|是)?|如果|要是|假如|倘若|假设|万一|要不然|宁愿|恨不得|愿意出|不如"
)
_ELSEWHERE = re.compile(
    r"外地|外省|外市|其他(?:城市|地方|省|市)|别的(?:城市|地方)|邻市|隔壁(?:市|省)|有的(?:城市|"
    r"地方)|"
    r"某(?:地|市)|国外|境外|我老家|代办(?:公司|机构)|中介|代理(?:公司|机构)"
)
_TAG = re.compile(r"(?:(?!谁|凭).){0,3}[对是真没吧吗么嘛].{0,3}")
_CHECKING = re.compile(
    r"真|假|核|情况|回事|属实|靠谱|求证|请问|咨询|想问|问一下|[这那]样|这回事|这事|这个规定|对[吗么]|听说|消息"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at `start:end` of the folded text it belongs to."""

    start: int
    end: int
    text: str

    def clauses(self) -> list[tuple[int, int]]:
        """Spans of its clauses, in the whole text."""
        return [(self.start + m.start(), self.start + m.end()) for m in _CLAUSE.finditer(self.text)]

    @property
    def refutes(self) -> bool:
        return refutes(self.text)

    @property
    def asks(self) -> bool:
        """A question that wants an answer; a rhetorical one asserts."""
        text = _DECIDING.sub("", self.text)
        return bool(_ASKING.search(text)) and not _RHETORICAL.search(text)

    @property
    def asked_from(self) -> int:
        """Place in the text from which it asks; its end when it does not ask at all.

        公交涨到3元，是真的吗 asks of all of it; 公交涨到3元，谁来管 asserts the first clause.
        """
        text = _DECIDING.sub(lambda match: "·" * len(match[0]), self.text)
        if "凭什么" in text or not _ASKING.search(text):
            return self.end
        last, end = self.clauses()[-1]
        tag = text[last - self.start : end - self.start]
        if _VERIFYING.search(text.replace(tag, "")) or _TAG.fullmatch(tag):
            return self.start
        if _VERIFYING.search(tag) and (_CHECKING.search(tag) or any(c.isdigit() for c in tag)):
            return self.start
        return last

    @property
    def asks_for_confirmation(self) -> bool:
        """真的假的？求证: a short question about what was said before it."""
        return len(self.text) <= 12 and bool(re.search(r"真的|真假|属实|靠谱|求证|可信", self.text))

    @property
    def supposes(self) -> bool:
        """An opinion, a wish, a condition."""
        return bool(_OPINION.search(self.text))

    @property
    def speaks_of_elsewhere(self) -> bool:
        """About other places, or about what middlemen take."""
        return bool(_ELSEWHERE.search(self.text))


def sentences(folded: str) -> list[Sentence]:
    """The sentences of a folded text; a line's end is a sentence's end."""
    return [
        Sentence(match.start(), match.end(), match[0])
        for match in _SENTENCE.finditer(folded)
        if match[0].strip()
    ]


def refutes(folded: str) -> bool:
    """Whether a folded text calls something false."""
    found = _REFUTING.search(folded)
    return found is not None and _REFUTING.search(_NOT_REFUTING.sub("", folded)) is not None
