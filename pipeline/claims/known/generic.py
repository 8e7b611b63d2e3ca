"""Claims that say nothing by themselves, as 好心人帮忙转发 or 有图有真相: any post may do so."""

from __future__ import annotations

import re

from pipeline.claims.known.terms import has_chinese, letters

_SAID = 4
"""Letters that must be left for a claim to say something."""
_EMPTY = re.compile(
    # asked of the reader
    r"(?:请|帮|求|来|快|急)?(?:大家|各位|好心人|有心人|朋友们?|亲们?|家人们?|网友们?|同学们?|街坊们?)|"
    r"帮忙|帮帮?|互相|务必|赶紧|赶快|马上|急急|紧急|转发|转告|转载|转给|转一?下|扩散|传播|相告|提醒|通知|"
    r"注意|小心|当心|警惕|看看|看过来|看到|关注|围观|收藏|点赞|置顶|留意|必看|速看|快看|"
    # of proof
    r"有图有真[相象]|有图为证|有视频|千真万确|内部消息|最新消息|重要消息|刚刚|"
    r"套图|图片|视频|真相|出大事了?|太可怕了?|震惊|吓人|"
    # whom it concerns
    r"有车|有孩子|有小孩|家有老人|身边|周围|群里|朋友圈|微信|微博|"
    r"一路走好|祈祷|祝福|平安|"
    r"[了啊吧呀吗呢哦哈的都要请有在我你他们一下来去到和与]"
)


def generic(claim: str) -> bool:
    """Whether hardly anything is left of a folded claim beside what forwarded posts say anyway."""
    said = letters(claim)
    return len(_EMPTY.sub("", said)) < _SAID and has_chinese(said)
