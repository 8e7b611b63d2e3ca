"""Whether what was found is an article, or a list, a wall, an error page, an empty shell."""

from __future__ import annotations

import re

from pipeline.extract.page import Block, Page
from pipeline.extract.prose import is_prose
from pipeline.extract.text import Content
from pipeline.extract.time import Published
from pipeline.extract.title import Headline, names_site

_GONE = re.compile(
    r"页面(?:不存在|没有找到|找不到|未找到|已?失效|走丢|丢失|出错|无法访问)|(?:没有找到"
    r"|找不到|无法找到|未找到)[^。]{0,12}(?:页面|网页|内容|文章|资源)"
    r"|(?:访问|浏览|查看|请求|查找)的?[^。]{0,10}(?:不存在|已?被?删除|已下[线架]|失效|飞走"
    r"|走丢)|\b40[34]\b.{0,12}(?:错误|not found|forbidden|页面)"
    r"|(?:内容|文章|帖子|页面|主题|公众号|账号|链接|视频|信息)[^。，]{0,6}(?:已?被?(?:发布者"
    r"|作者|管理员)?(?:删除|屏蔽|封禁|撤回)|不存在|已失效|违规|已?下架|无法查看)"
    r"|访问(?:已?被)(?:阻断|拦截|禁止)|请求(?:已?被)(?:阻断|拦截)|request (?:has been|was) blocked"
    r"|没有(?:找到|搜索到|检索到)[^。，]{0,30}结果|(?:找到|搜索到|检索到)约?\s*0\s*[条个]"
    r"|(?:本站|网站|系统)已?(?:停止|暂停)(?:更新|服务|访问|运行)|page not found"
    r"|not be found|no longer (?:available|exists)|access denied|访问(?:过于"
    r"|太)?(?:频繁|受限|被拒绝)|服务器(?:错误|繁忙)|系统(?:繁忙|维护)"
    r"|(?:50[0234]) .{0,20}(?:error|gateway|unavailable)|^\s*(?:40[0-9]|出错了|错误|提示信息?)\b",
    re.I,
)
_WALL = re.compile(
    r"\b(?:use|uses|using|accept) (?:of )?cookies\b|(?:使用|接受|同意)[^。]{0,6}cookies?\b"
    r"|登[录陆]即代表|用户(?:服务)?协议|隐私(?:政策|条款)|请(?:先|您)?[^。，]{0,6}登[录陆]"
    r"|登[录陆]后(?:才能|方可|即可|可以?|继续)?[^。]{0,8}(?:查看|阅读|浏览|访问|继续)"
    r"|您?(?:还没有|尚未|需要)登[录陆]|没有权限|付费(?:阅读|后)"
    r"|(?:完成|通过|进行)[^。，]{0,8}验证[^。]{0,4}(?:继续|访问|后)|网络环境(?:存在)?异常|当前环境异常"
    r"|验证码|安全验证|人机验证|滑动(?:滑块|验证)|请输入(?:密码|用户名|手机号)|sign in to"
    r"|log ?in to|subscribe to (?:read|continue)|captcha|are you (?:a )?(?:human|robot)"
    r"|仅(?:限|对)?[^。]{0,8}(?:会员|订阅用户)",
    re.I,
)
_LOGIN = re.compile(
    r"(?:用户|会员|账号|统一|请)?先?(?:登[录陆]|注册)(?:页面?)?"
    r"|sign in|log ?in",
    re.I,
)
_DOWNLOAD = re.compile(
    r"(?:下载|打开|安装).{0,12}(?:客户端|app|应用)|.{0,12}(?:客户端|app)下载", re.I
)
_SHELL = re.compile(
    r"(?:开启|启用|允许|运行|支持|enable|requires?|without)[^。]{0,16}javascript"
    r"|javascript[^。]{0,16}(?:开启|启用|禁用|关闭|disabled|enabled|to run)"
    r"|(?:正在|页面)(?:加载|跳转)|(?:秒后?|页面)[^。]{0,4}自动跳转|加载中|loading\b|浏览器版本(?:过低|太旧)"
    r"|升级(?:您的)?浏览器|if you are not redirected",
    re.I,
)


_READ_ON = re.compile(
    r"(?:继续阅读|阅读(?:全文|更多|原文)|查看(?:全文|详情|更多)|了解更多|[\[【]详[细情][\]】]"
    r"|read more"
    r"|continue reading)\W*$",
    re.I,
)


def is_article(page: Page, headline: Headline, content: Content, text: str, *, dated: bool) -> bool:
    """`dated`: the page shows a publication time above the end of its text."""
    if content.prose < 10 or not text:
        return False
    if len(text) < (600 if text.isascii() else 250) and _refused(
        page, headline.text, text, dated=dated
    ):
        return False
    if _is_list(page, content):
        return False
    if not dated and (_below_list(page, headline, content) or _above_list(page, content)):
        return False
    named = headline.block is None or (headline.text == page.title and names_site(headline.text))
    alone = named and not dated
    return not (alone and content.prose < 120 and _links(page, 0, len(page.blocks), 0.6) >= 15)


def confidence(
    page: Page, headline: Headline, content: Content, published: Published | None
) -> float:
    """How far headline, byline and text agree, 0…1.

    A third each: a headline that page and head share; a time beside it, or in the metadata; and a
    text of some length with little else in its container.
    """
    title = 1.0 if headline.block is not None else 0.4
    time = 0.0 if published is None else 1.0 if published.block is not None else 0.7
    span = slice(content.blocks[0], content.blocks[-1] + 1) if content.blocks else slice(0)
    total = sum(block.size for block in page.blocks[span]) or 1
    text = min(1.0, content.prose / 200) * min(1.0, content.prose / total)
    return round((title + time + text) / 3, 2)


def _refused(page: Page, title: str, text: str, *, dated: bool) -> bool:
    if _LOGIN.fullmatch(title) and page.asks_for_password:
        return True
    if not dated and _DOWNLOAD.fullmatch(title):
        return True
    if _GONE.search(title) and len(text) < 150 and not dated:
        return True
    head = text[:120]
    if not dated and (_GONE.search(head) or _SHELL.search(head)):
        return True
    return not dated and _WALL.search(head) is not None


def _is_list(page: Page, content: Content) -> bool:
    """Titles that are links between the sentences, about as many as there are sentences."""
    if not content.blocks:
        return False
    first, last = content.blocks[0], content.blocks[-1]
    if sum(_reads_on(block) for block in page.blocks[first : last + 2]) >= 3:
        return True
    links = _links(page, max(0, first - 2), last + 2)
    prose = sum(is_prose(page.blocks[i]) for i in content.blocks)
    return links >= 4 and links >= 0.6 * prose


def _reads_on(block: Block) -> bool:
    """An excerpt ends here: a link to the whole."""
    return block.linked > 0 and _READ_ON.search(block.text[-24:]) is not None


def _below_list(page: Page, headline: Headline, content: Content) -> bool:
    """Whether many links stand between the headline and what seems to be its text."""
    if headline.block is None or not content.blocks:
        return False
    between = page.blocks[headline.block + 1 : content.blocks[0]]
    return sum(block.size >= 10 and 2 * block.linked >= block.size for block in between) >= 8


def _above_list(page: Page, content: Content) -> bool:
    """Whether a line or two head a list of links."""
    after = content.blocks[-1] + 1 if content.blocks else 0
    return content.prose < 60 and _links(page, after, after + 60) >= 10


def _links(page: Page, start: int, stop: int, share: float = 0.8) -> int:
    """How many blocks are links for that share of their characters: the rest may be a date."""
    return sum(
        block.size >= 6 and block.linked >= share * block.size for block in page.blocks[start:stop]
    )
