"""Which lines of a page are not the article, by their wording."""

from __future__ import annotations

import re

_FOOT = re.compile(
    r"版权所有(?![者人权])|ICP备\s*\d|ICP证|公?网安备\s*\d|copyright\s*(?:©|\(c\)|\d|by)|©\s*\S"
    r"|all rights reserved|网站标识码|互联网新闻信息服务许可|信息网络传播视听节目许可"
    r"|增值电信业务经营",
    re.I,
)
_FOOT_HINT = re.compile(r"版权|ICP|icp|网安备|pyright|PYRIGHT|©|ights|IGHTS|标识码|许可|电信")
"""Cheaper to seek, and in every foot."""
_FOOT_WORD = re.compile(
    r"网站地图|关于我们|联系我们|法律声明|友情链接|广告服务|主办单位[:：]|承办单位[:：]"
    r"|技术支持[:：]"
    r"|许可证编?号[:：]|不良信息举报|网站声明|隐私政策|加入收藏|设为首页|传真[:：]|邮编[:：]"
)
_LINE = re.compile(
    r"^[\[【（(]?\s*(?:(?:本文)?原标题|(?:责任|实习|值班|网络|执行|本期|美术|视频)?编辑|责编"
    r"|(?:责任)?校对|审核|审校|监制|编审"
    r"|值班主任|总?值班|统筹|排版|(?:文章|稿件|信息|本文|新闻|内容)?来源|来自|(?:文章)?作者"
    r"|(?:文章)?关键[词字]|标签|原文链接"
    r"|投稿|爆料|.{0,8}报料|转载请注明|(?:本文)?转自|编辑发布|上传人?|浏览次?数?|阅读[数量]?"
    r"|点击[数率]?|访问量|字号|字体(?:大小)?"
    r"|打印|分享[到至]?|收藏|发布(?:时间|日期|者|人)|信息员|供稿|主编|(?:个性|个人)?签名|作者单位|(?:版权|免责"
    r"|特别|郑重)声明)"
    r"(?:\s*[:：/丨|]|\s*$|[（(])"
)
_ALONE = re.compile(
    r"[【\[]?(?:摘\s?要|导\s?[读语]|核心提示|内容提要|(?:正在|数据)?加载(?:中|更多)?|展开(?:全文|阅读)?|收起"
    r"|播放|(?:阅读|查看)?(?:剩余)?全文|显示全部)[】\]]?[:：.…]*"
)
"""Labels that stand by themselves."""
_NOTICE = re.compile(
    r"责任编辑[:：]|责编[:：]|未经.{0,16}(?:转载|摘编|复制)|(?:谢绝|严禁|禁止|不得)转载"
    r"|转载请(?:注明|联系|与.{2,24}联系)|^(?:读者|新闻|[报爆]料)热线[:：]"
    r"|使用了您的(?:图片|作品|照片)|索取稿酬|对(?:本次|此次|该|此)?(?:答复|回复|回答)是否满意|^楼主发言[:：]"
    r"|不代表(?:本[网站报平]|新浪|网易|腾讯|搜狐|平台|.{2,8}(?:观点|立场))|仅代表(?:作者"
    r"|该机构)|^.{0,30}不构成.{0,6}投资建议"
    r"|据此(?:操作|入市)|观点与.{0,8}无关|本文系.{0,30}(?:授权|发布|独家)|本网注明|来源注明"
    r"|侵(?:犯|权).{0,12}(?:删除|联系)"
    r"|本文仅供|内容由作者提供|信息存储空间|特别声明[:：]|违法和?不良信息举报|文明上网|正文已结束"
)
_INVITATION = re.compile(
    r"扫一扫|扫码|扫描.{0,6}二维码|长按.{0,4}二维码|关注.{0,8}公众号|微信扫"
    r"|分享[至到].{0,4}(?:好友|朋友圈|微信|微博)"
    r"|(?:下载|打开|安装).{0,8}(?:客户端|APP)|(?:客户端|APP).{0,4}下载|点击(?:下载|加入|进入"
    r"|查看更多|关注|投票)|阅读原文"
    r"|我要评论|发表评论|我来说两句|网友评论|登录后|立即登录|热门跟贴|更多(?:精彩|猛料)"
    r"|返回(?:首页|顶部|列表|目录|搜狐)"
    r"|海量资讯|精准解读|纠错】?$|^(?:更多)?相关(?:资讯|内容|新闻|信息)?(?:敬请|请)关注"
    r"|【.{0,8}(?:点击|下载).{0,8}】|[大中]\]?\s*\[?[中小]\]?.{0,4}打印",
    re.I,
)
_END = re.compile(
    r"^[【\[]?(相关(阅读|新闻|报道|推荐|链接|文章|搜索|专题|稿件|资讯|信息|热词|内容)"
    r"|延伸阅读|推荐(阅读|新闻|文章)?|为您推荐|为你推荐"
    r"|猜你喜欢|\S{2}推荐|接下来播放|推荐(图集|视频|专题)|热门(推荐|文章|新闻|排行|评论|跟贴)|精彩(推荐|图集|阅读)|更多(新闻|推荐|相关"
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
_SHORT_BYLINE = re.compile(
    r"\S{2,10}\s*[·|｜•]\s*\d{1,2}(?:月\d{1,2}日|-\d{2})(?:\s*\d{1,2}:\d{2})?"
)
_BYLINE_WORD = re.compile(r"来源|作者|发布|编辑|浏览|阅读|点击|字号|^\s*by\s|\|", re.I)
_EDITOR = re.compile(
    r"^[\[【（(]?\s*(?:本文)?(?:责任编辑|责编|值班编辑|执行编辑|编辑|编审)(?:\s*[:：/丨|]"
    r"|\s+\S{2,4}\s+校对)"
)
_TAIL = re.compile(
    r"(?:返回[^，。！？]{1,10}(?:首页|新闻)[^，。]{0,8}|返回\S{2,8}，查看更多|查看更多"
    r"|【?(?:我要)?纠错】?"
    r"|[（(\[【]责任编辑[:：][^）)\]】]{0,16}[）)\]】])$"
)
_LETTER_LABEL = re.compile(
    r"(?:来信|信件|留言|咨询|提问|答复|回复|办理|处理|回应|投诉|受理|承办)"
    r"(?:(内容|情况|结果|意见|正文)|时间|日期|单位|部门|机构|状态|编号|类型|人)\s*[:：]?"
)
"""What stands in the narrow cells of a letter and its reply."""
_COUNTER = re.compile(r"\d{1,3}\s*/\s*\d{1,3}")
"""Of the pictures of a gallery."""
_TAIL_WORDS = ("返回", "查看更多", "纠错", "责任编辑")
_ENDING_LINE = re.compile(
    r"^[【\[（(]?(?:(?:免责声明|版权声明|特别声明|版权与免责声明|平台声明)[】\]）)]?\s*[:：]"
    r"|郑重声明[】\]）)]?\s*[:：].{0,60}(?:发布此|本网|立场|转载|投资))"
)


def is_foot(line: str) -> bool:
    """A line of the site's foot: rights, registration, several of the usual links."""
    if len(line) > 400:
        return False
    if _FOOT_HINT.search(line) and _FOOT.search(line):
        return True
    return len(line) >= 8 and len(set(_FOOT_WORD.findall(line))) >= 2


def is_furniture(line: str) -> bool:
    """A line that belongs to the site rather than to the article: editors, shares, disclaimers.

    Whole sentences that invite to scan or download something may be the article's own.
    """
    if len(line) > 400:
        return False
    if len(line) < 80 and (_LINE.match(line) or _COUNTER.fullmatch(line)):
        return True
    if len(line) < 12 and _ALONE.fullmatch(line):
        return True
    notice = _NOTICE.search(line)
    if notice and (len(line) < 120 or notice.start() < 40):
        return True
    invites = len(line) < 100 and _INVITATION.search(line) is not None
    return invites and (len(line) < 14 or line[-1] != "。")


def without_tail(line: str) -> str:
    """A last paragraph without what sites glue to it: 返回某某首页>>."""
    if not any(word in line for word in _TAIL_WORDS):
        return line
    return _TAIL.sub("", line).rstrip() or line


def letter_label(line: str) -> str:
    """`text` for 答复内容 in a cell of its own, behind which sentences stand; `fact` for 答复时间
    and its like, behind which a value stands; else nothing."""
    match = _LETTER_LABEL.fullmatch(line) if len(line) < 8 else None
    if match is None:
        return ""
    return "text" if match[1] else "fact"


def names_editor(line: str) -> bool:
    """责任编辑：某某, usually the last line of all."""
    return len(line) < 60 and _EDITOR.match(line) is not None


def ends_article(line: str) -> bool:
    """A heading such as 相关阅读, behind which nothing belongs to the article."""
    return (len(line) < 30 and _END.match(line) is not None) or bool(_ENDING_LINE.match(line))


def is_byline(line: str) -> bool:
    """A date with a clock or a label, and hardly more: the line under a headline."""
    if len(line) > 100 or _STOPS.search(line):
        return False
    found = _DATE.search(line)
    if found is None and len(line) < 24 and _SHORT_BYLINE.fullmatch(line):
        return True
    if found is None or len(line) - len(found[0]) > 60:
        return False
    return _CLOCK.search(line) is not None or _BYLINE_WORD.search(line) is not None


def heads_other_box(line: str) -> bool:
    """A heading such as 最新评论(3): what follows in its box is not the article."""
    return len(line) < 20 and ends_article(line) and _OTHER_BOX.search(line) is not None
