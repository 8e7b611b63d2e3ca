"""What on a page is not the article: by the names of its containers and by the wording of lines."""

from __future__ import annotations

import re

from pipeline.extract.page import Page

_LABEL = re.compile(
    r"comment|pinglun|tie-|gentie|reply|replies|relat|xiangguan|recommend|tuijian|\brec[-_]|guess"
    r"|share|fenxiang|bdshare|jiathis|sidebar|side-?bar|\bside\b|aside|footer|\bfoot\b|bottom-?nav"
    r"|copyright|\bnav\b|navbar|nav-|-nav|breadcrumb|crumb|\bhot|hot-?(news|list|rank)"
    r"|rank(ing|list)?\b"
    r"|paihang|toolbar|tool-bar|\btags?\b|tag-?list|prev-?next|pre-?next|pagination|pager"
    r"|disclaimer"
    r"|shengming|statement|qr-?code|erweima|\bvote|subscribe|advert|\bads?\b|ad-|-ad\b|\bgg\b"
    r"|guanggao|popup|dialog|modal|login|dropdown|author-?(card|info|article)|more-?news|moreread"
    r"|editor-?(info|name)|zebian|zrbj|feedback|jiucuo|friend-?link|links?-?list|widget|app-?down"
    r"|download|hidden|reward|dashang|praise|\blike|appendqr|special_tag",
)
_NOISE_TAGS = frozenset({"footer", "aside", "nav", "form", "dialog", "menu"})
_KEPT_TAGS = frozenset({"body", "html", "main", "article"})

FOOT = re.compile(
    r"版权所有|ICP备|ICP证|公网安备|网安备|copyright|©|all rights reserved|网站标识码|许可证编?号"
    r"|主办单位[:：]|承办单位[:：]|技术支持[:：]|网站地图|关于我们|联系我们|法律声明|友情链接"
    r"|违法和?不良信息举报|信息网络传播视听节目|增值电信业务|新出网证|广告服务",
    re.I,
)
_LINE = re.compile(
    r"^(?:[\[【（(]?\s*(?:(?:本文)?原标题|责任编辑|责编|编辑|实习编辑|值班编辑|网络编辑|校对"
    r"|审核|审校|监制|编审|值班主任"
    r"|总?值班|统筹|制作|排版|文章来源|稿件来源|信息来源|文章作者|文章关键[词字]|关键[词字]"
    r"|标签|本文来源"
    r"|原文链接|来源|来自|作者|投稿|爆料|转载请注明|本文转自|转自|编辑发布|上传人?|浏览次?数?"
    r"|阅读数?|阅读量|点击数?|点击率|访问量|字号|字体|字体大小|打印|分享到?|分享至|收藏|举报"
    r"|发布时间|发布日期|发布者|发布人|信息员|供稿|责任校对|主编|本期编辑|作者单位|版权声明"
    r"|免责声明"
    r"|特别声明|郑重声明)(?:\s*[:：/丨|]|\s*$|（|\())",
)
_ANYWHERE = re.compile(
    r"责任编辑[:：]|责编[:：]|扫一扫|扫码(关注|下载|分享|阅读)|扫描二维码|长按(识别)?二维码"
    r"|关注(微信)?公众号|微信扫"
    r"|分享(至|到)(好友|朋友圈|微信|微博)|用微信扫|未经(本[网站报]|授权|许可|书面)|谢绝转载"
    r"|严禁转载|转载请注明"
    r"|不代表(本[网站报]|新浪|网易|腾讯|搜狐|平台)|仅代表作者|不构成投资建议|据此操作"
    r"|风险自担|观点与.{0,8}无关"
    r"|本文系.{0,30}(授权|发布)|本网注明|来源注明|侵(犯|权).{0,12}(删除|联系)|违法和?不良信息"
    r"|举报(电话|邮箱)"
    r"|(下载|打开|安装).{0,8}(客户端|APP)|(客户端|APP).{0,4}下载|点击(下载|加入|进入专题"
    r"|查看更多|关注)|阅读原文"
    r"|发表评论|我要评论|我来说两句|网友评论|文明上网|登录后|立即登录|热门跟贴|更多精彩"
    r"|更多猛料|返回搜狐"
    r"|本文仅供|内容由作者提供|信息存储空间|特别声明[:：]|返回(首页|顶部|列表|目录)"
    r"|您的浏览器|javascript"
    r"|海量资讯|精准解读|^相关(资讯|内容|新闻|信息)?(敬请|请)关注|【.{0,8}(点击"
    r"|下载).{0,8}】|扫描.{0,4}二维码|正文已结束|\[?(大|中)\]?\s*\[?(中"
    r"|小)\]?\s*\[?小?\]?\s*打印",
    re.I,
)
_END = re.compile(
    r"^[【\[]?(相关(阅读|新闻|报道|推荐|链接|文章|搜索|专题|稿件|资讯|信息|热词|内容)"
    r"|延伸阅读|推荐(阅读|新闻|文章)?|为您推荐|为你推荐"
    r"|猜你喜欢|热门(推荐|文章|新闻|排行|评论|跟贴)|精彩(推荐|图集|阅读)|更多(新闻|推荐|相关"
    r"|阅读|文章|精彩)|上一[篇条]|下一[篇条]|前一篇|后一篇"
    r"|网友评论|最新评论|全部评论|评论(\s*[(（]?\d*[)）]?)?|发表评论|大家都[爱在]看|参与讨论"
    r"|我要评论|用户评论|热点推荐|新闻推荐"
    r"|编辑推荐|往期(推荐|回顾|精彩)|你可能(喜欢|感兴趣)|扫一扫|友情链接|今日热点|今日热搜"
    r"|作者最新文章|最新文章|免责声明|版权声明"
    r"|特别声明|分享到|分享让更多人看到|来源声明|打印本页|【?关闭(窗口|本页)】?|\[?关闭\]?$"
    r"|收藏本文|顶一下|文章评论|最新资讯|热文排行)"
    r"[】\]]?\s*([:：>»].*|[(（]?\d*[)）]?)?$"
)
_OTHER_BOX = re.compile(r"评论|推荐|相关|热门|热点|排行|喜欢|最新|更多|往期|精彩|大家")
_STOPS = re.compile(r"[。！？]|\.\s*$")
_DATE = re.compile(
    r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\b(?:jan|feb|mar|apr|may"
    r"|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*\.?\s+\d{1,2},?\s+\d{4}",
    re.I,
)
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}|\d{1,2}[时点]\d{1,2}分")
_BYLINE_WORD = re.compile(r"来源|作者|发布|编辑|浏览|阅读|点击|字号|^\s*by\s|\|", re.I)
_EDITOR = re.compile(
    r"^[\[【（(]?\s*(?:本文)?(?:责任编辑|责编|值班编辑|执行编辑|编辑|编审)(?:\s*[:：/丨|]"
    r"|\s+\S{2,4}\s+校对)"
)
_TAIL = re.compile(
    r"(?:返回[^，。！？]{0,10}(?:首页|新闻|查看更多)[^，。]{0,8}|查看更多|【?(?:我要)?纠错】?"
    r"|[（(\[【]责任编辑[:：][^）)\]】]{0,16}[）)\]】])$"
)
_ENDING_LINE = re.compile(
    r"^[【\[（(]?(免责声明|版权声明|特别声明|版权与免责声明)[】\]）)]?\s*[:：]"
)


def noisy_elements(page: Page) -> list[bool]:
    """By element: whether it, or something around it, is named like noise."""
    noisy: list[bool] = []
    named = {label: _LABEL.search(label) is not None for label in {e.label for e in page.elements}}
    for index, element in enumerate(page.elements):
        own = element.tag in _NOISE_TAGS or (element.tag not in _KEPT_TAGS and named[element.label])
        noisy.append(own or (element.parent != index and noisy[element.parent]))
    return noisy


def is_furniture(line: str) -> bool:
    """A line that belongs to the site rather than to the article: editors, shares, disclaimers."""
    if len(line) > 400:
        return False
    if _LINE.match(line) and len(line) < 80:
        return True
    found = _ANYWHERE.search(line)
    return found is not None and (len(line) < 120 or found.start() < 40)


def is_byline(line: str) -> bool:
    """A date with a clock or a label, and hardly more: the line under a headline."""
    if len(line) > 100 or _STOPS.search(line):
        return False
    found = _DATE.search(line)
    if found is None or len(line) - len(found[0]) > 60:
        return False
    return _CLOCK.search(line) is not None or _BYLINE_WORD.search(line) is not None


def heads_other_box(line: str) -> bool:
    """A heading such as 最新评论(3): what follows in its box is not the article."""
    return len(line) < 20 and ends_article(line) and _OTHER_BOX.search(line) is not None


def without_tail(line: str) -> str:
    """A last paragraph without what sites glue to it: 返回某某首页>>."""
    return _TAIL.sub("", line).rstrip() or line


def names_editor(line: str) -> bool:
    """责任编辑：某某, usually the last line of all."""
    return len(line) < 60 and _EDITOR.match(line) is not None


def ends_article(line: str) -> bool:
    """A heading such as 相关阅读, behind which nothing belongs to the article."""
    return (len(line) < 30 and _END.match(line) is not None) or bool(_ENDING_LINE.match(line))
