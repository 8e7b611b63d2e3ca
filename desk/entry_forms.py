"""What is written by hand: entries of the desk, tips of the public."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from desk import ports
from desk.inbox import is_id
from pipeline.documents.entry import CHANNELS, Attachment
from pipeline.documents.kinds import kind_of
from pipeline.errors import PipelineError
from pipeline.model import Source

MAX_FILE = 10 * 1024 * 1024
_READABLE = ("image", "pdf", "docx", "text", "subtitles", "mail")
_ACCEPT = ".png,.jpg,.jpeg,.webp,.pdf,.docx,.txt,.srt,.vtt,.eml"
_MINUTE = "%Y-%m-%dT%H:%M"
_AHEAD = timedelta(minutes=5)
_CHANNEL_NAMES = {
    "网络": _("网络"), "广播": _("广播"), "电视": _("电视"), "报纸": _("报纸"), "短信": _("短信"),
    "电话": _("电话"), "其他": _("其他"),
}  # fmt: skip
assert tuple(_CHANNEL_NAMES) == CHANNELS
_BAD_ADDRESS = _("网址应以 http:// 或 https:// 开头。")


def _address() -> forms.URLField:
    return forms.URLField(
        label=_("网址"), required=False, max_length=2000, assume_scheme="https",
        error_messages={"invalid": _BAD_ADDRESS, "max_length": _("网址请不超过2000字。")},
    )  # fmt: skip


def _web_address(url: str) -> str:
    if url and not url.lower().startswith(("http://", "https://")):
        raise forms.ValidationError(_BAD_ADDRESS)
    return url


class EntryForm(forms.Form):
    """`ticket` is the id that the entry will have: sent twice, it is kept once."""

    ticket = forms.CharField(widget=forms.HiddenInput)
    source = forms.ChoiceField(label=_("归入"), required=False)
    title = forms.CharField(
        label=_("标题"), required=False, max_length=200,
        error_messages={"max_length": _("标题请不超过200字。")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("内容"), required=False, max_length=50_000, widget=forms.Textarea({"rows": 10}),
        error_messages={"max_length": _("内容请不超过50000字。")},
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("渠道"), choices=list(_CHANNEL_NAMES.items()))
    place = forms.CharField(
        label=_("在哪里看到或听到"), required=False, max_length=100,
        error_messages={"max_length": _("“在哪里看到或听到”请不超过100字。")},
    )  # fmt: skip
    seen_at = forms.DateTimeField(
        label=_("看到或听到的时间"), required=False, input_formats=[_MINUTE, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MINUTE),
        error_messages={"invalid": _("时间写法应为 2026-11-24 09:30。")},
    )  # fmt: skip
    url = _address()
    file = forms.FileField(
        label=_("截图或文件"), required=False, allow_empty_file=True,
        widget=forms.FileInput({"accept": _ACCEPT}),
    )  # fmt: skip

    def __init__(self, *args: Any, sources: list[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = {source.id: source for source in sources}
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(source.id, source.name) for source in sources]

    def clean_ticket(self) -> str:
        ticket = str(self.cleaned_data["ticket"])
        if not is_id(ticket):
            raise forms.ValidationError(_("页面已过期，请重新打开。"))
        return ticket

    def clean_url(self) -> str:
        return _web_address(self.cleaned_data["url"])

    def clean_seen_at(self) -> Any:
        at = self.cleaned_data["seen_at"]
        if at is not None:
            # The form shows the agency's zone, whatever zone the process thinks in.
            at = at.replace(tzinfo=ports.current().zone)
            if at > ports.current().clock() + _AHEAD:
                raise forms.ValidationError(_("看到或听到的时间不能晚于现在。"))
        return at

    def clean_file(self) -> Attachment | None:
        """What was uploaded, when it is one of the kinds that are read."""
        upload: UploadedFile[Any] | None = self.cleaned_data["file"]
        if not upload:
            return None
        if (upload.size or 0) > MAX_FILE:
            raise forms.ValidationError(_("文件请不超过10MB。"))
        name, body = PurePath(upload.name or "").name[-100:] or "attachment", upload.read()
        try:
            kind = kind_of(name, body)
        except PipelineError as error:
            raise forms.ValidationError(f"{name}：{error}。") from None
        if kind not in _READABLE:
            raise forms.ValidationError(_("表格请放入投递文件夹，这里只收截图和单篇文件。"))
        return Attachment(name, body)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not any(values.get(key) for key in ("title", "text", "file")):
            raise forms.ValidationError(_("请填写标题或内容，或附上截图、文件。"))
        return values

    @property
    def chosen(self) -> Source:
        """The source that the entry belongs to: the first where none was chosen."""
        return self.sources.get(self.cleaned_data["source"]) or next(iter(self.sources.values()))


class TipForm(forms.Form):
    """`website` is a trap: people do not see it, programs fill it in."""

    text = forms.CharField(
        label=_("您看到或听到了什么"), min_length=5, max_length=5000,
        widget=forms.Textarea({"rows": 8}),
        error_messages={
            "required": _("请写下您看到或听到的内容。"),
            "min_length": _("请写得具体一些，至少5个字。"),
            "max_length": _("内容请不超过5000字。"),
        },
    )  # fmt: skip
    place = forms.CharField(
        label=_("在哪里看到或听到"), required=False, max_length=100,
        error_messages={"max_length": _("“在哪里看到或听到”请不超过100字。")},
    )  # fmt: skip
    url = _address()
    contact = forms.CharField(
        label=_("联系方式"), required=False, max_length=100,
        error_messages={"max_length": _("联系方式请不超过100字。")},
    )  # fmt: skip
    website = forms.CharField(
        label=_("请勿填写"), required=False, max_length=10_000,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_url(self) -> str:
        return _web_address(self.cleaned_data["url"])
