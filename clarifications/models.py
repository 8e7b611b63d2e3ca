"""Rows of the clarifying side: cases and what they rest on, drafts, opinions, releases, the log."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.models import Alert, AlertLevel
from clarifications.append_only import AppendOnly
from clarifications.states import State


class CaseState(models.TextChoices):
    DISCOVERED = State.DISCOVERED.value, _("已发现")
    REGISTERED = State.REGISTERED.value, _("已登记")
    DRAFTING = State.DRAFTING.value, _("起草中")
    APPROVING = State.APPROVING.value, _("审批中")
    APPROVED = State.APPROVED.value, _("已批准")
    PUBLISHED = State.PUBLISHED.value, _("已发布")
    DISMISSED = State.DISMISSED.value, _("不予处理")


class Decision(models.TextChoices):
    APPROVE = "approve", _("同意")
    RETURN = "return", _("退回")


class Case(models.Model):
    """A matter that is being clarified, from its discovery to what was published.

    `state` and `version` change only through `clarifications.services`.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    """Such as 2026-0001: year in the agency's zone, counted anew each year."""
    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, null=True, related_name="case")
    title = models.TextField(_("标题"))
    summary = models.TextField(_("摘要"), blank=True)
    level = models.CharField(_("等级"), max_length=4, choices=AlertLevel.choices)
    emergency = models.BooleanField(_("突发事件"), default=False)
    state = models.CharField(
        _("状态"), max_length=12, choices=CaseState.choices, default=CaseState.DISCOVERED
    )
    version = models.PositiveIntegerField(default=0)
    """Version of the current draft; 0 before there is one."""
    story = models.CharField(max_length=64, blank=True)
    department = models.CharField(max_length=200, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="opened_cases"
    )
    opened_at = models.DateTimeField(_("立案时间"))
    detected_at = models.DateTimeField(_("发现时间"))
    first_posted_at = models.DateTimeField(_("首发时间"), null=True)
    first_response_due = models.DateTimeField(_("首次回应时限"))

    class Meta:
        ordering = ("-opened_at", "-number")
        indexes = (models.Index(fields=("state", "first_response_due")),)
        verbose_name = _("事项")

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def draft(self) -> Draft | None:
        """The current draft."""
        return self.drafts.filter(version=self.version).first()


class CaseMention(models.Model):
    """A mention that the case is about, as it stood when the case was opened."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="mentions")
    mention = models.CharField(max_length=64)
    version = models.BigIntegerField()
    url = models.TextField()
    title = models.TextField()
    source = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True)
    raw = models.CharField(max_length=40, blank=True)
    """Spool position of the record; the record itself is copied into the case's evidence file."""
    explanation = models.JSONField(default=dict)
    """Why the rule fired, see `alerts.models.AlertMention.explanation`."""

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint("case", "mention", name="case_mention_once"),)
        verbose_name = _("信息")


def text_hash(title: str, body: str) -> str:
    """What an approval is bound to: sha256 (hex) of title, line feed, body in UTF-8."""
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()


class Draft(AppendOnly):
    """One version of a text. A change is a new version."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="drafts")
    version = models.PositiveIntegerField()
    kind = models.CharField(_("文种"), max_length=40)
    """Names it in `clarifications.documents.DOCUMENT_TYPES`."""
    title = models.TextField(_("标题"))
    body = models.TextField(_("正文"))
    basis = models.JSONField(default=dict)
    """{"facts": [{"id", "statement", "source"}], "claims": [{"id", "text"}]} as they stood."""
    text_hash = models.CharField(max_length=64)
    drafter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("version",)
        constraints = (models.UniqueConstraint("case", "version", name="draft_version_once"),)
        verbose_name = _("稿件")

    def __str__(self) -> str:
        return f"v{self.version} {self.title}"


class Opinion(AppendOnly):
    """What somebody decided on a draft, bound to its very text."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="opinions")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="opinions"
    )
    role = models.CharField(max_length=40)
    """Key of the role in which it was given."""
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reason = models.TextField(_("意见"), blank=True)
    at = models.DateTimeField()
    text_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("at", "id")
        verbose_name = _("审批意见")


class Publication(AppendOnly):
    """A draft as it went out on one channel."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="publications")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="publications")
    channel = models.CharField(_("渠道"), max_length=200)
    url = models.TextField()
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="publications"
    )
    text_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-published_at", "id")
        constraints = (models.UniqueConstraint("draft", "channel", name="published_once"),)
        verbose_name = _("发布记录")


class AuditEntry(AppendOnly):
    """One line of the log. `hash` covers every other field, `prev_hash` chains it to the line
    before; see `clarifications.audit`."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    """From 1, without gaps."""
    at = models.DateTimeField(_("时间"))
    actor = models.CharField(_("操作人"), max_length=150)
    role = models.CharField(_("角色"), max_length=200, blank=True)
    action = models.CharField(_("操作"), max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=200)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    payload = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("seq",)
        indexes = (models.Index(fields=("subject_type", "subject_id")),)
        verbose_name = _("日志")

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject_type} {self.subject_id}"
