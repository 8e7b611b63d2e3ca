"""What people send: filters of lists (GET) and the steps of a case (POST)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alerts.models import AlertLevel, AlertState, QuarantineState
from clarifications.documents import DOCUMENT_TYPES
from clarifications.models import CaseState
from desk import ports
from desk.templatetags.desk_text import source_kind
from desk.trials import KINDS as TRIAL_KINDS
from desk.trials import Wanted
from pipeline.model import SourceKind

ALERT_ORDERS = {
    "": ("-raised_at", "id"),
    "level": ("level", "-score", "-raised_at", "id"),
    "score": ("-score", "-raised_at", "id"),
    "hits": ("-mention_count", "-raised_at", "id"),
    "recent": ("-last_hit_at", "id"),
}


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(), ports.current().zone)


class Period(forms.Form):
    """A period in whole days of the agency's zone, both inclusive."""

    since = forms.DateField(
        label=_("自"), required=False,
        error_messages={"invalid": _("起始日期写法应为 2026-03-05。")},
    )  # fmt: skip
    until = forms.DateField(
        label=_("至"), required=False,
        error_messages={"invalid": _("截止日期写法应为 2026-03-05。")},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and since > until:
            raise forms.ValidationError(_("起始日期晚于截止日期。"))
        return values

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """[since, until) as instants. A form with mistakes bounds nothing."""
        if not self.is_valid():
            return None, None
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return (
            day_start(since) if since else None,
            day_start(until + timedelta(days=1)) if until else None,
        )


class AlertFilter(Period):
    q = forms.CharField(label=_("标题或理由含"), required=False, max_length=200)
    state = forms.MultipleChoiceField(
        label=_("状态"), required=False, choices=AlertState.choices,
        error_messages={"invalid_choice": _("没有状态“%(value)s”。")},
    )  # fmt: skip
    level = forms.MultipleChoiceField(
        label=_("等级"), required=False, choices=AlertLevel.choices,
        error_messages={"invalid_choice": _("没有等级“%(value)s”。")},
    )  # fmt: skip
    rule = forms.CharField(label=_("规则"), required=False, max_length=200)
    source = forms.CharField(label=_("来源"), required=False, max_length=200)
    score = forms.IntegerField(
        label=_("评分不低于"), required=False, min_value=0, max_value=10_000,
        error_messages={
            "invalid": _("评分应为数字。"), "min_value": _("评分不会小于0。"),
            "max_value": _("评分不会这么高。"),
        },
    )  # fmt: skip
    order = forms.ChoiceField(
        label=_("排序"),
        required=False,
        choices=[
            ("", _("最新预警在前")),
            ("recent", _("最近命中在前")),
            ("level", _("等级高的在前")),
            ("score", _("评分高的在前")),
            ("hits", _("命中多的在前")),
        ],
        error_messages={"invalid_choice": _("没有排序方式“%(value)s”。")},
    )


class QuarantineFilter(forms.Form):
    source = forms.CharField(required=False, max_length=200)
    reason = forms.CharField(required=False, max_length=2000, strip=False)
    row = forms.CharField(required=False, max_length=32)
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=QuarantineState.choices,
        error_messages={"invalid_choice": _("没有状态“%(value)s”。")},
    )  # fmt: skip

    def value(self, name: str) -> str:
        """A form with mistakes asks for nothing."""
        return str(self.cleaned_data[name]) if self.is_valid() else ""


class MentionSearch(Period):
    q = forms.CharField(label=_("检索式"), required=False, max_length=1000)
    source = forms.MultipleChoiceField(
        label=_("来源"), required=False,
        error_messages={"invalid_choice": _("没有来源“%(value)s”。")},
    )  # fmt: skip
    unique = forms.BooleanField(label=_("不看转载"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(ports.current().source_names.items())


class CaseFilter(forms.Form):
    q = forms.CharField(label=_("编号或标题含"), required=False, max_length=200)
    state = forms.MultipleChoiceField(
        label=_("状态"), required=False, choices=CaseState.choices,
        error_messages={"invalid_choice": _("没有状态“%(value)s”。")},
    )  # fmt: skip
    level = forms.MultipleChoiceField(
        label=_("等级"), required=False, choices=AlertLevel.choices,
        error_messages={"invalid_choice": _("没有等级“%(value)s”。")},
    )  # fmt: skip
    overdue = forms.BooleanField(label=_("只看超时"), required=False)


class Reason(forms.Form):
    """A reason, where the services say whether one is needed."""

    reason = forms.CharField(
        label=_("理由"), required=False, max_length=2000,
        error_messages={"max_length": _("理由请不超过2000字。")},
    )  # fmt: skip


class LevelChange(Reason):
    level = forms.ChoiceField(
        label=_("等级"), choices=AlertLevel.choices,
        error_messages={
            "required": _("请选择等级。"), "invalid_choice": _("没有等级“%(value)s”。"),
        },
    )  # fmt: skip


class Pause(Reason):
    """How long a rule rests. There is no pause without an end."""

    LENGTHS = (
        ("1", _("1小时")), ("4", _("4小时")), ("24", _("1天")), ("72", _("3天")),
        ("168", _("7天")), ("720", _("30天")),
    )  # fmt: skip
    hours = forms.ChoiceField(
        label=_("多久"), choices=LENGTHS,
        error_messages={
            "required": _("请选择暂停多久。"), "invalid_choice": _("不能暂停这么久。"),
        },
    )  # fmt: skip


class RuleFilter(forms.Form):
    q = forms.CharField(label=_("名称或条件含"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=_("状态"), required=False,
        choices=[
            ("", _("全部")), ("active", _("启用")), ("paused", _("暂停中")),
            ("disabled", _("停用")),
        ],
        error_messages={"invalid_choice": _("没有状态“%(value)s”。")},
    )  # fmt: skip
    order = forms.ChoiceField(
        label=_("排序"), required=False,
        choices=[
            ("", _("按配置的顺序")), ("hits", _("命中多的在前")),
            ("dismissed", _("误报多的在前")), ("level", _("等级高的在前")),
            ("fired", _("最近命中在前")),
        ],
        error_messages={"invalid_choice": _("没有排序方式“%(value)s”。")},
    )  # fmt: skip

    def value(self, name: str) -> str:
        """A field with a mistake asks for nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class Registration(Reason):
    emergency = forms.BooleanField(label=_("属突发事件"), required=False)


class NewDraft(forms.Form):
    kind = forms.ChoiceField(
        label=_("文种"),
        choices=[(key, each.label) for key, each in DOCUMENT_TYPES.items()],
        error_messages={
            "required": _("请选择文种。"),
            "invalid_choice": _("没有文种“%(value)s”。"),
        },
    )


class DraftText(forms.Form):
    """A text as edited. `version` is the one that the editor had before them."""

    title = forms.CharField(
        label=_("标题"), max_length=200,
        error_messages={
            "required": _("请填写标题。"), "max_length": _("标题请不超过200字。"),
        },
    )  # fmt: skip
    body = forms.CharField(
        label=_("正文"), max_length=20_000, strip=False,
        error_messages={
            "required": _("请填写正文。"), "max_length": _("正文请不超过20000字。"),
        },
    )  # fmt: skip
    version = forms.IntegerField(
        min_value=1, error_messages={"required": _("缺少版本号，请重新打开页面。")}
    )


class Verdict(forms.Form):
    """An opinion on the text whose hash was before the eyes of the approver."""

    text_hash = forms.CharField(
        max_length=64, error_messages={"required": _("缺少稿件校验值，请重新打开页面。")}
    )
    opinion = forms.CharField(
        label=_("意见"), required=False, max_length=2000,
        error_messages={"max_length": _("意见请不超过2000字。")},
    )  # fmt: skip


def sentences(form: forms.Form) -> list[str]:
    """All that is wrong with a form, for the top of the page."""
    return [str(message) for messages in form.errors.values() for message in messages]


class RuleTrialForm(forms.Form):
    """A rule in one line, or as an entry of rules.yaml."""

    text = forms.CharField(
        label=_("规则"), max_length=10_000,
        error_messages={"required": _("请写一条规则。")},
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("例如：收费 +工本费 !招聘")}),
    )  # fmt: skip
    spelling = forms.ChoiceField(
        label=_("写法"), required=False,
        choices=[
            ("", _("规范化")), ("evasive", _("识别变体")), ("exact", _("按原样")),
        ],
    )  # fmt: skip


class TrialForm(forms.Form):
    """A source that somebody thinks of watching; the address alone is enough."""

    url = forms.CharField(
        label=_("网址"), max_length=2000,
        error_messages={"required": _("请填写网址。")},
        widget=forms.TextInput(attrs={"placeholder": "https://", "inputmode": "url"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("类型"), required=False,
        choices=[("", _("自动识别")), *((kind.value, source_kind(kind)) for kind in TRIAL_KINDS)],
    )  # fmt: skip
    links = forms.CharField(label=_("文章链接（CSS 或 XPath）"), required=False, max_length=500)
    items = forms.CharField(label=_("JSON 列表（JMESPath）"), required=False, max_length=500)
    fields_text = forms.CharField(
        label=_("JSON 字段，每行一个，如 title: word"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    term = forms.CharField(label=_("搜索词"), required=False, max_length=100)

    def clean_fields_text(self) -> tuple[tuple[str, str], ...]:
        found = []
        for line in self.cleaned_data["fields_text"].splitlines():
            name, colon, path = line.partition(":")
            if not line.strip():
                continue
            if not colon or not path.strip():
                raise forms.ValidationError(
                    _("“{line}”的写法应为 title: word。").format(line=line.strip())
                )
            found.append((name.strip(), path.strip()))
        return tuple(found)

    def wanted(self) -> Wanted:
        values = self.cleaned_data
        return Wanted(
            values["url"],
            SourceKind(values["kind"]) if values["kind"] else None,
            values["links"] or None,
            values["items"],
            values["fields_text"],
            (values["term"],) if values["term"] else (),
        )
