"""How times, levels and states look on every page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts import scoring
from alerts.models import AlertLevel, AlertState
from alerts.scoring import Contribution
from clarifications.documents import DOCUMENT_TYPES
from clarifications.models import CaseState
from clarifications.roles import LABELS
from clarifications.states import (
    CONFIRM_LINK,
    DISMISS_ALERT,
    DISMISS_UNREAD,
    ENTER,
    MERGE,
    OPEN,
    PAUSE_RULE,
    READ_AGAIN,
    REJECT_LINK,
    RESUME_RULE,
    SET_LEVEL,
    SPLIT,
    TAKE,
    TRANSITIONS,
)
from desk import ports, times

register = template.Library()

_SHAPES = {"I": "▲", "II": "◆", "III": "■", "IV": "●"}
"""A level is told by word and shape, never by colour alone."""
_PERMISSIONS = (
    TAKE, DISMISS_ALERT, SET_LEVEL, OPEN, ENTER, READ_AGAIN, DISMISS_UNREAD, SPLIT, MERGE,
    PAUSE_RULE, RESUME_RULE, CONFIRM_LINK, REJECT_LINK, *TRANSITIONS,
)  # fmt: skip
_ACTIONS = {
    **{each.key: each.label for each in _PERMISSIONS},
    "alert.escalate": gettext_lazy("等级上升"),
    "alert.reopen": gettext_lazy("预警重新打开"),
    "alert.end": gettext_lazy("来源恢复"),
    "configuration.change": gettext_lazy("配置有变"),
    "archive.trim": gettext_lazy("按保存期限删除存档"),
    "archive.reprocess": gettext_lazy("开始重新处理存档"),
    "archive.reprocessed": gettext_lazy("重新处理存档完毕"),
}
_RULE_KINDS = {
    "keyword": gettext_lazy("关键词"),
    "claim": gettext_lazy("与已知说法相似"),
    "fact": gettext_lazy("与官方口径比对"),
    "omission": gettext_lazy("遗漏官方要点"),
    "frequency": gettext_lazy("频次"),
    "spike": gettext_lazy("激增"),
    "newcomer": gettext_lazy("新来源或新地区"),
    "composite": gettext_lazy("组合"),
    "silence": gettext_lazy("来源沉默"),
}
_SOURCE_KINDS = {
    "feed": gettext_lazy("订阅源"),
    "page": gettext_lazy("列表页"),
    "sitemap": gettext_lazy("站点地图"),
    "search": gettext_lazy("站内搜索"),
    "hotlist": gettext_lazy("热榜或接口"),
    "mailbox": gettext_lazy("邮箱"),
    "files": gettext_lazy("文件夹"),
    "entry": gettext_lazy("人工录入"),
    "tips": gettext_lazy("公众线索"),
}
_TRIED = {
    "article": gettext_lazy("文章"),
    "opml": gettext_lazy("订阅清单"),
    "login": gettext_lazy("登录页"),
    "soft404": gettext_lazy("内容不存在"),
    "shell": gettext_lazy("脚本页"),
    "gone": gettext_lazy("地址不存在"),
    "robots": gettext_lazy("禁止采集"),
    "address": gettext_lazy("内部地址"),
    "unreachable": gettext_lazy("取不到"),
    "document": gettext_lazy("文件"),
    "empty": gettext_lazy("没有条目"),
    "other": gettext_lazy("不是来源"),
}
_RECORD_KINDS = {
    "article": gettext_lazy("文章页"),
    "part": gettext_lazy("文章的后续页"),
    "listing": gettext_lazy("列表"),
    "entry": gettext_lazy("条目"),
    "file": gettext_lazy("文件"),
    "mail": gettext_lazy("邮件"),
}


@register.simple_tag
def moment(at: datetime | Literal[""] | None, blank: str = "—") -> str | SafeString:
    """Absolute in the agency's zone, relative in brackets."""
    if not at:  # None, or the empty text that Django makes of an attribute of None
        return blank
    desk = ports.current()
    now = desk.clock()
    return format_html(
        '<time datetime="{}">{}<span class="ago">（{}）</span></time>',
        desk.local(at).isoformat(timespec="seconds"),
        times.absolute(at, desk.zone, now),
        times.relative(at, now),
    )


@register.filter
def clock(at: datetime | None) -> str:
    """The absolute time alone."""
    desk = ports.current()
    return "" if at is None else times.absolute(at, desk.zone, desk.clock())


@register.simple_tag
def level(value: str) -> SafeString:
    label = str(dict(AlertLevel.choices).get(value, value))
    return format_html(
        '<span class="level level-{}"><span class="shape" aria-hidden="true">{}</span>{}</span>',
        value,
        _SHAPES.get(value, ""),
        label,
    )


@register.simple_tag
def alert_state(value: str) -> SafeString:
    label = dict(AlertState.choices).get(value, value)
    return format_html('<span class="state state-{}">{}</span>', value, str(label))


@register.simple_tag
def case_state(value: str) -> SafeString:
    label = dict(CaseState.choices).get(value, value)
    return format_html('<span class="state state-{}">{}</span>', value, str(label))


@register.filter
def source_name(source: str) -> str:
    return ports.current().source_names.get(source, source)


@register.filter
def department_name(department: str) -> str:
    return ports.current().department_names.get(department, department)


@register.filter
def role_name(role: str) -> str:
    return "、".join(str(LABELS.get(key, key)) for key in role.split(",") if key)


@register.filter
def classes(segment: Any) -> str:
    return str(segment.classes)


@register.simple_tag(takes_context=True)
def here(context: Context, **changes: Any) -> str:
    """The query of this page with some parameters changed; None or "" takes one away."""
    pairs = [
        (key, value)
        for key, values in context["request"].GET.lists()
        for value in values
        if key not in changes and value
    ]
    pairs += [(key, str(value)) for key, value in changes.items() if value not in (None, "")]
    return "?" + urlencode(pairs)


@register.filter
def action_name(action: str) -> str:
    """A line of the log in words: `批准`, `批准（被拒绝）`."""
    key = action.removesuffix(".refused")
    label = str(_ACTIONS.get(key, key))
    return label if key == action else _("{label}（被拒绝）").format(label=label)


@register.filter
def state_name(state: str) -> str:
    names = {**dict(CaseState.choices), **dict(AlertState.choices)}
    return str(names.get(state, state))


@register.filter
def contribution_label(part: Contribution) -> str:
    return scoring.LABELS[part.kind]


@register.filter
def document_kind(kind: str) -> str:
    return str(DOCUMENT_TYPES[kind].label) if kind in DOCUMENT_TYPES else kind


@register.filter
def rule_kind(kind: str) -> str:
    return str(_RULE_KINDS.get(kind, kind))


@register.filter
def source_kind(kind: str) -> str:
    return str(_SOURCE_KINDS.get(kind, kind))


@register.filter
def trial_word(what: str) -> str:
    """What an address was found to be, in a word or two."""
    return str(_TRIED.get(what, _SOURCE_KINDS.get(what, what)))


@register.filter
def record_kind(kind: str) -> str:
    """A `pipeline.model.RawKind` in words."""
    return str(_RECORD_KINDS.get(kind, kind))


@register.filter
def length_words(length: timedelta) -> str:
    """How often: `30秒`, `10分钟`; exact below two minutes, as 90 seconds are no minute."""
    seconds = int(length.total_seconds())
    if seconds < 60 or (seconds < 120 and seconds % 60):
        return _("{n}秒").format(n=seconds)
    return times.span(length)


@register.filter
def is_web(url: str) -> bool:
    """Only such an address becomes a link: javascript: and its like never do."""
    return url.startswith(("http://", "https://"))


@register.filter
def sentence_list(sentence: str) -> list[str]:
    return [sentence] if sentence else []


@register.filter
def refusals(steps: dict[str, str]) -> list[str]:
    """Why somebody may not; one sentence is enough for who may do nothing of it."""
    found = list(dict.fromkeys(sentence for sentence in steps.values() if sentence))
    return found[:1] if all(steps.values()) else found


@register.filter
def stages(state: str) -> list[tuple[str, str, str]]:
    """The way of a case: value, label, and whether it is done, now or ahead."""
    path = [value for value in CaseState.values if value != CaseState.DISMISSED]
    if state == CaseState.DISMISSED:
        path = [CaseState.DISCOVERED.value, CaseState.DISMISSED.value]
    at = path.index(state) if state in path else 0
    return [
        (value, state_name(value), "done" if i < at else "now" if i == at else "ahead")
        for i, value in enumerate(path)
    ]
