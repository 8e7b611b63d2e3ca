"""How sentences sound that decide something, frame a text, close it, or say who said it."""

from __future__ import annotations

import re

FRAME = re.compile(
    r"网传|转发|转载|扩散|转需|周知|速看|快看|刚刚看到|刚看到|大家注意|注意了|紧急通知|重磅|最新消息|快讯|"
    r"突发|收藏|点赞|加油|致敬|关注|戳|视频|直播|点击|链接|详情|全文|更多|来源|编辑|记者|责编|原标题|图源|"
    r"见下图|如图|看这里|看过来|哈哈|呵呵|天哪|我的天|厉害|太好了|支持|辛苦|感谢|谢谢|早日|祝|愿|期待|平安|一起|"
    r"相互转告|朋友圈|群里|家人们|亲们|宝子|小伙伴|速转|必看|看看|提醒大家|告诉大家|好消息|通知|公告|敬请|"
    r"特此|欢迎|↓|→|»|☞"
)
"""Words of what people put around a text that they pass on, and of what closes one."""
COMMENT = re.compile(
    r"我|你|您|咱|大家|家人们|亲们|觉得|太[好棒赞差坏]|真[的是好]|[啦呀吧哦哈嘛呢啊]|早该|终于|希望|期待|点赞|"
    r"支持|好评|差评|无语|离谱|服了|厉害|开心|难过|心疼|感动|可怕|吓人|周知|转发|收藏|不信谣|不传谣|编辑|"
    r"后续|来了|看通报|来源|记者|赶紧|家里人|身边的?人|朋友"
)
"""What somebody adds who passes a text on, and who states no fact by it."""
CONDITION = re.compile(
    r"如果|如(?:有|需|遇|未|果|逾|无|发)|若|未经|除.{1,12}外|除非|凭|满\d|以上|以下|不含|不包括|除外|仅限|只限|"
    r"限|前提|条件|符合|须经|经.{1,8}(?:批准|同意|审核|审批)|逾期|截止|有效期|不适用|但|方可|才能|才可|才会|"
    r"需提供|持.{1,10}证|为准|另行|其他|其余|已(?:受理|提交|购|发放|缴|办|经)|原有|此前|(?:严重|轻微|首次|初次|再次|拒不|屡次|违反|逾期)[^,。]{0,8}的|例外|特殊情况|暂不|之前|之后|期间|期满|至.{1,10}(?:日|月|年)"
)
"""What a promise or a duty hangs on: left out, the text says something else."""
DUTY = re.compile(
    r"必须|应当|务必|不得|禁止|严禁|不准|不许|不能|不可|无需|无须|不必|不用|可以|允许|强制|要求|须|严格|切勿|"
    r"请勿|谨防|不要|没有|未|不|无|免|慎|忌|避免|属实|查明|经查|认定|证实|确认|"
    r"责任|原因|能(?![源力量])|可(?![是见靠])"
)
CLOSING = re.compile(
    r"以官方.{0,10}为准|不信谣|不传谣|请.{0,12}(?:知悉|周知|谅解|理解|转告|悉知|配合)|敬请.{0,6}(?:关注|期待|谅解)|"
    r"保留追究|特此(?:公告|通告|通知|说明)|带来不便|感谢.{0,12}(?:支持|理解|关注|配合)|由此.{0,6}不便"
)
"""What closes a notice and says nothing of its own."""
ATTRIBUTION = re.compile(
    r"(?:记者|据|从|在).{0,40}?(?:获悉|了解到|消息|介绍|通报|报道|显示|透露|举行的?发布会上)[,:]?|"
    r".{2,24}(?:表示|介绍|称|指出|透露|提醒|通报|发布|说|强调|通告|公告|通知|消息|提示|"
    r"回应|公布|声明|澄清|证实|明确|要求|决定)[,:]?"
)
"""A clause that says no more than who said it."""
ASSERTING = re.compile(
    r"已|将|被|据|称|系|曾|致|死|伤|病|目前|正在|透露|须|罚|收费|缴|取消|停止|[其均也]能?|知情|曝|涉|捕|逃"
)
"""What a sentence that somebody invents about a matter has, and a remark beside it has not."""
