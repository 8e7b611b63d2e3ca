"""Who an article is by (作者) and where it says it comes from (来源)."""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.extract.beside import source_beside
from pipeline.extract.page import Block, Page
from pipeline.extract.text import Content
from pipeline.extract.title import Headline

_LABELS = (
    "作者|来源|稿源|编辑|责编|责任编辑|记者|时间|日期|发布时间|发布日期|发布者|发布|发表|发稿"
    "|阅读|浏览|浏览次数|点击|点击数"
    "|评论|字号|字体|字体大小|大小|分享|打印|举报|收藏|关注|编审|审核|返回|供稿|摄影|校对"
    "|人气|分类|标签|栏目|查看|视力|背景色?|参与互动|参与|字数"
)
_STOP = (
    rf"(?=\s*(?:{_LABELS})\s*(?:[:：]|量|数|次|到|至)|\s+(?:{_LABELS})|\s*(?:【|\[|（|\(|\|"
    rf"|丨|┊|/|,|，|。|;|；"
    r"|\d{4}[-年/.])|\s+[\u4e00-\u9fff]{0,4}(?:编辑|责编|校对|摄影)\s*[:：]|\s+\d|\s{2,}|\s*$)"
)
_SOURCE = re.compile(
    r"(?<!图片)(?<!照片)(?:(?:文章|稿件|信息|新闻|内容|本文)?(?:来源|來源|稿源|出处|转自|转载自)(?:于|自)?"
    r"|\bsource)\s*[:：丨|\s]\s*(.{2,40}?)" + _STOP,
    re.I,
)
_SOURCE_LABEL = re.compile(r"(?:来源|來源|稿源)\s*[:：]$")
_ISSUED_BY = re.compile(
    r"(?:发布(?:者|单位|机构|部门)|供稿(?:单位|部门)|发文(?:机关|单位)|办理单位|答复单位|回复单位)\s*[:：]\s*(.{2,24}?)"
    + _STOP
)
_LABEL_CELL = re.compile(
    r"(?:(?:办理|答复|回复|承办|发布)(?:单位|部门|机构)|(?:信息)?来源)\s*[:：]?"
)
_AUTHOR = re.compile(
    r"(?:作\s*者\s*[:：丨|\s]|(?:撰\s*文|撰稿人?|记\s*者|楼主|通讯员|(?<![a-z])by)\s*[:：丨|])"
    r"\s*(.{2,24}?)" + _STOP,
    re.I,
)
_WRITTEN_BY = re.compile(r"(?<![\u4e00-\u9fff])文\s*[/／|]\s*(.{2,24}?)" + _STOP)
_ENGLISH = re.compile(r"^\s*[Bb]y\s+([A-Z][\w.'-]+(?:\s+[A-Z][\w.'-]+){1,3})")
_STAFF = re.compile(
    r"(?:^|\s)\S{0,8}记者\s+((?:(?!摄影|摄像|编辑|报道|通讯员|实习)[\u4e00-\u9fff·]{2,4}[\s、]?){1,3})(?:\s|$)"
)
_STAFF_OF = re.compile(r"(?:^|\s)\S{0,6}[记記]者\s*([\u4e00-\u9fff·]{2,4})\s*[／/]")
_ORIGINAL = re.compile(r"^原创[:：\s]+(\S{2,20})(?=\s|$)")
_SOURCES = (_SOURCE, _ISSUED_BY)
_AUTHORS = (_AUTHOR, _WRITTEN_BY, _ENGLISH, _STAFF, _STAFF_OF, _ORIGINAL)
_REPORTER = re.compile(
    r"[（(](?:[^（()）]{0,8})?记者\s*([\u4e00-\u9fff·]{2,4}(?:[\s、][\u4e00-\u9fff·]{2,4}){0,3}?)(?:\s*(?:整合"
    r"|综合|报道|通讯员[^）)]*))?[）)]"
)
_DATE = re.compile(
    r"\d{2,4}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?|\d{1,2}[-月/]\d{1,2}日?"
    r"|\d{1,2}:\d{2}(:\d{2})?|星期.|周[一二三四五六日]|[上下中]午|(?:Jan|Feb|Mar|Apr|May|Jun"
    r"|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d+,?|凌晨|晚上|\d+[时点]\d*分?"
)
_NOT_NAME = re.compile(
    r"^(原创|赞赏|版权声明|免责声明|转载|举报|分享|订阅|关注|评论|收藏|打印|微博|微信|发布"
    r"|字号|大小|A[-+]?|大|中|小|正文|首页|[\d\W_]+|.*(阅读|浏览|点击|评论|条评|跟贴"
    r"|时间|日期|编辑|字体|发表|更新|(?<!\S{4})新闻$|频道|下载|头条|作者|来源).*|.*(小时|分钟|天)前"
    r"|企鹅号|澎湃号|百家号|头条号|昨天|前天|今天|发布于|来自.*|回复.*|转发.*|点?赞.*|.*[记記]者.*"
    r"|(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南"
    r"|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)省?|[・·]?IP.*|字数.*|.*属地.*|\d+楼|.*官方(账号|微博)|.*互动.*|已结束|直播中|置顶|楼主|沙发|往期.*|上一期|下一期|返回.*|星期.|.*(网页版|客户端版)"
    r"|iPhone.*|Android.*|Lv.*|Updated|Published|Posted|Share|Print|By .*)$",
    re.I,
)
_NO_LABELLED_NAME = re.compile(
    r"^(未知|赞赏|系统管理员|.{0,4}网?管理?员|佚名|匿名|admin|管理员|本文|[\d\W_]+|.*(阅读|浏览|点击|编辑).*)$",
    re.I,
)
_OUTLET_LIKE = re.compile(r"[\w\u4e00-\u9fff·－—・-]*[\u4e00-\u9fff][\w\u4e00-\u9fff·－—・-]*")
_PLACE = re.compile(r"(?<=\d)\s*[·・]\s*[\u4e00-\u9fff]{2,3}$")
_WHO = re.compile(r"(?:^|[-_ ])who\b")
_SENTENCE_END = re.compile(r"[。！？]$")
_SOURCE_META = frozenset({"contentsource", "source", "mediaid"})
_AUTHOR_META = frozenset({"author", "article:author", "og:article:author"})
_FULL_NAME = re.compile(
    r"(?:欧阳|司马|上官|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋"
    r"余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵"
    r"万易覃武钱戴严莫孔向汤温柏章施裴岑虞纪倪翟柳鲍])[\u4e00-\u9fff]{1,2}"
)
_UNDERSIGNED = re.compile(
    r"[（(]\s*((?:文|图|文/图|图/文|记者|通讯员|作者|供稿)[/／:：\s]*)?([\u4e00-\u9fff·]{2,4}(?:[\s、][\u4e00-\u9fff·]{2,4}){0,3})"
    r"\s*[）)]$"
)
_REMARK = re.compile(r"[\[【（(][\u4e00-\u9fff]{1,4}[\]】）)]$")
_ROLE = re.compile(_REMARK.pattern + r"|(?<=[\u4e00-\u9fff]{2})(?:编译|整理|综合)$")
_OUTLET = re.compile(
    r"(网|报|社|台|新闻|客户端|在线|周刊|杂志|日报|晚报|电视|广播|传媒|融媒|发布|政府|局|委|院|中心"
    r"|\.com|\.cn|\.net|.{2}(人防|文旅|政法|教育|公安|交警|交通|气象|消防|检察|司法|卫健|疾控|应急"
    r"|生态环境|环保|水利|水务|住建|网信|民政|市监|市场监管|政务|发改|工会|妇联|城管|医保|税务|财政"
    r"|人社|统计|审计|信访|商务|地铁|轨道|公交|铁路|供电))$",
    re.I,
)


def find_origin(
    page: Page, headline: Headline, content: Content, byline: int | None
) -> tuple[str, str]:
    """Author and source as the article writes them; empty when it does not."""
    blocks = _surroundings(page, headline, content, byline)
    lines = [block.spaced for block in blocks]
    source = next((s for block in blocks if (s := _piece_behind_label(block))), "")
    source = source or _cell_behind_label(blocks)
    source = source or next(
        (s for p in _SOURCES for line in lines if (s := _labelled(p, line))), ""
    )
    author = next((a for p in _AUTHORS for line in lines if (a := _labelled(p, line))), "")
    author = (
        author or _named_author(page, headline, content) or _marked_author(page, headline, content)
    )
    author = author or _signed(page, headline, content)
    if not source and byline is not None and byline > _above(page, content):
        name = _unlabelled(page.blocks[byline], author)
        below = content.blocks and byline > content.blocks[-1]
        person = below and _FULL_NAME.fullmatch(name) and not _OUTLET.search(name)
        if page.blocks[byline].text.startswith("原创") or person:
            author = author or name
        elif name not in author:
            source = name
    source = source or _account(page, headline, content, author) or _meta(page, _SOURCE_META)
    source = source or _source_in_script(page, headline)
    author = author or _reporter(page, content) or _undersigned(page, content)
    author = author or _described_author(page) or _meta(page, _AUTHOR_META, source)
    return _ROLE.sub("", author).rstrip(), _REMARK.sub("", source).rstrip()


def _undersigned(page: Page, content: Content) -> str:
    """（某某某） at the very end of the text, or （文/图 某某）."""
    if not content.blocks:
        return ""
    match = _UNDERSIGNED.search(page.blocks[content.blocks[-1]].text)
    if match is None:
        return ""
    names = [name for name in re.split(r"[\s、]+", match[2]) if _FULL_NAME.fullmatch(name)]
    return " ".join(names)


def _source_in_script(page: Page, headline: Headline) -> str:
    name = source_beside(page.html, headline.text)
    return name if 2 <= len(name) <= 20 and _OUTLET_LIKE.fullmatch(name) else ""


def _described_author(page: Page) -> str:
    name = page.described.author
    return name if 2 <= len(name) <= 20 and _is_person(name) and name not in page.title else ""


def _above(page: Page, content: Content) -> int:
    """A byline further up than this is the head of the page rather than of the article."""
    return content.blocks[0] - 16 if content.blocks else 0


def _surroundings(
    page: Page, headline: Headline, content: Content, byline: int | None
) -> list[Block]:
    """Short blocks between headline and text, then those right behind the text."""
    if not content.blocks:
        return []
    first, last = content.blocks[0], content.blocks[-1]
    start = headline.block if headline.block is not None else max(0, first - 6)
    start = max(0, min(start, byline if byline is not None else start) - 3)
    near = [*range(start, first + 2), *range(last - 2, last + 12)]
    blocks = [page.blocks[i] for i in near if 0 <= i < len(page.blocks) and i != headline.block]
    return [block for block in blocks if block.size < 120 and not _SENTENCE_END.search(block.text)]


def _labelled(pattern: re.Pattern[str], line: str) -> str:
    for match in pattern.finditer(line):
        name = match[1].strip(" :：|丨()（）[]【】")
        if name and not _NO_LABELLED_NAME.match(name):
            return name
    return ""


def _piece_behind_label(block: Block) -> str:
    """An element of its own right behind 来源：, when another piece follows it."""
    for label, name, after in zip(block.pieces, block.pieces[1:], block.pieces[2:], strict=False):
        if _SOURCE_LABEL.search(label) and 2 <= len(name) <= 20 and after[0].isalnum():
            return "" if _NOT_NAME.match(name) or _DATE.search(name) else name
    return ""


def _cell_behind_label(blocks: list[Block]) -> str:
    """A block of its own behind one that only says 办理单位 or the like."""
    for label, block in pairwise(blocks):
        if _LABEL_CELL.fullmatch(label.text) and 2 <= block.size <= 20:
            return "" if _NOT_NAME.match(block.text) or _DATE.search(block.text) else block.text
    return ""


def _unlabelled(block: Block, author: str) -> str:
    """The name that is left of a byline when date, labels and author are taken away."""
    names = []
    parts = r"\s*[|·•]\s*" if block.text.isascii() else r"\s+"
    for piece in block.pieces:
        for part in re.split(parts, _DATE.sub(" ", _PLACE.sub("", piece))):
            part = part.strip("|·-:：,，")
            if (
                len(part) >= 2
                and "：" not in part
                and ":" not in part
                and not _NOT_NAME.match(part)
                and part not in author
            ):
                names.append(part)
    name = next((n for n in names if _OUTLET.search(n)), names[-1] if names else "")
    return name if len(name) <= 20 else ""


def _named_author(page: Page, headline: Headline, content: Content) -> str:
    """A short block of its own whose container is called author, beside the headline."""
    if headline.block is None or not content.blocks:
        return ""
    for block in page.blocks[headline.block + 1 : min(content.body, headline.block + 12)]:
        label = page.elements[block.element].label
        who = _WHO.search(label) is not None
        name = _DATE.sub("", block.pieces[0] if who else block.text).strip(" |·")
        if (who or "auth" in label) and 2 <= len(name) <= 20 and _is_person(name):
            return name
    return ""


def _is_person(name: str) -> bool:
    return not _NOT_NAME.match(name) and not _OUTLET.search(name)


def _signed(page: Page, headline: Headline, content: Content) -> str:
    """A line between headline and text that is nothing but a Chinese name."""
    if headline.block is None or not content.blocks:
        return ""
    for block in page.blocks[headline.block + 1 : content.blocks[0]][:3]:
        name = "".join(block.text.removeprefix("○").removeprefix("□").split())
        if _FULL_NAME.fullmatch(name) and block.linked == 0 and not _NOT_NAME.match(name):
            return name
    return ""


def _marked_author(page: Page, headline: Headline, content: Content) -> str:
    """An inline element above the text that is marked up as the author's name."""
    if headline.block is None or not content.blocks:
        return ""
    above = page.blocks[headline.block + 1 : content.blocks[0]]
    # Before each piece the one that it follows: an account often comes behind its writer.
    before = {
        piece: first
        for block in above
        for first, piece in pairwise(("", *block.pieces))
        if 2 <= len(piece) <= 20 and _is_person(piece)
    }
    for name in page.authors if before else ():
        if name in before:
            writer = before[name]
            named = 2 <= len(writer) <= 12 and _is_person(writer) and not _DATE.search(writer)
            return writer if named and ":" not in writer and "：" not in writer else name
    return ""


def _account(page: Page, headline: Headline, content: Content, author: str) -> str:
    """The account or outlet that is marked up beside the headline and is not the author."""
    if not content.blocks:
        return ""
    first = content.blocks[0]
    start = headline.block + 1 if headline.block is not None else max(0, first - 4)
    pieces = {
        piece
        for block in page.blocks[start:first]
        for piece in block.pieces
        if 2 <= len(piece) <= 20 and piece != author and not _NOT_NAME.match(piece)
    }
    for name in page.authors if pieces else ():
        if name in pieces:
            return name if author or _OUTLET.search(name) else ""
    return ""


def _reporter(page: Page, content: Content) -> str:
    """（记者 某某） in the first paragraphs."""
    for index in content.blocks[:3]:
        if match := _REPORTER.search(page.blocks[index].text[:120]):
            return match[1].strip()
    return ""


def _meta(page: Page, names: frozenset[str], not_this: str = "") -> str:
    site = page.title[-12:]
    for content in page.named(names):
        value = re.sub(r"^来源[:：]\s*", "", content)
        if value == not_this or not 2 <= len(value) <= 30 or "@" in value or "://" in value:
            continue
        if value in site:
            continue
        if not value.isdigit() and (names is _SOURCE_META or not _OUTLET.search(value)):
            return value
    return ""
