"""Rows of the desk itself: the weekly digests that were made, and that tips were sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DigestRun(models.Model):
    """The digest of one ISO week as it was made; written through `desk.digests.service` only."""

    week = models.CharField(_("周次"), max_length=8, unique=True)
    """Such as 2026-W47, in the agency's zone."""
    made_at = models.DateTimeField(_("生成时间"))
    summary = models.TextField(_("摘要"))
    html = models.TextField()
    text = models.TextField()
    """The same in brief, for mail programs that show no HTML."""
    recipients = models.JSONField(_("收件人"), default=list)
    claimed_at = models.DateTimeField(null=True)
    """When somebody last began to mail it; see `desk.digests.service.send_digest`."""
    attempts = models.PositiveIntegerField(default=0)
    mailed_at = models.DateTimeField(_("发送时间"), null=True)
    error = models.TextField(blank=True)
    """One sentence: why the last attempt to mail it failed."""

    class Meta:
        ordering = ("-week",)
        verbose_name = _("周报")

    def __str__(self) -> str:
        return self.week


class TipReceipt(models.Model):
    """That somebody sent a tip in the last day; for `desk.throttle` alone."""

    sender = models.CharField(max_length=64)
    """Keyed hash of an address."""
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=("sender", "at"), name="tips_of_sender"),)
