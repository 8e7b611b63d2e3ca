"""Making a week's digest once, and mailing it. The only writer of `DigestRun`."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.utils.translation import gettext as _

from alerts.models import SourceState
from desk import ports
from desk.digests.build import build_digest
from desk.digests.figures import Digest
from desk.digests.render import render_html, render_text
from desk.digests.weeks import due_week as due_week
from desk.models import DigestRun

RETRY_AFTER = timedelta(minutes=15)
"""A claim that came to nothing lapses, so that a crash in the middle of mailing is made good."""
MAX_ATTEMPTS = 8
_log = logging.getLogger(__name__)


def current_digest(week: str) -> str:
    """The page of `week` as the stores are now, not kept. Raises BadInputError."""
    return render_html(_digest(week))


def _digest(week: str) -> Digest:
    desk = ports.current()
    sources = [entry.value for entry in desk.sources]
    return build_digest(
        desk.store(),
        week,
        desk.clock(),
        agency=desk.agency,
        timezone=desk.timezone,
        sources=sources,
    )


def make_digest(week: str) -> DigestRun:
    """The digest of `week`, made if it is not there. Of two makers at once, one row remains."""
    run = DigestRun.objects.filter(week=week).first()
    if run is not None:
        return run
    digest = _digest(week)
    desk = ports.current()
    run, _made = DigestRun.objects.get_or_create(
        week=digest.week.name,
        defaults={
            "made_at": digest.made_at,
            "summary": digest.summary,
            "html": render_html(digest),
            "text": render_text(digest),
            "recipients": list(desk.recipients),
        },
    )
    return run


def send_digest(run: DigestRun) -> bool:
    """Mail it, if that is configured and nobody did; whether this call sent it.

    The row count of a conditional UPDATE decides between two senders. What goes wrong is kept in
    one sentence, and tried again later.
    """
    desk = ports.current()
    if desk.mailer is None or not run.recipients:
        return False
    now = desk.clock()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - RETRY_AFTER)
    rows = DigestRun.objects.filter(free, pk=run.pk, mailed_at=None, attempts__lt=MAX_ATTEMPTS)
    if not rows.update(claimed_at=now, attempts=F("attempts") + 1):
        return False
    try:
        with desk.mailer() as connection:
            _message(run, connection, desk).send()
    except OSError as error:  # smtplib's errors are OSErrors, too
        _log.warning("the digest %s could not be mailed: %s", run.week, error)
        sentence = _("邮件没有发出（{why}），稍后会重试。").format(why=error)
        DigestRun.objects.filter(pk=run.pk).update(error=sentence)
        return False
    DigestRun.objects.filter(pk=run.pk).update(mailed_at=desk.clock(), error="")
    run.refresh_from_db()
    return True


def make_and_send(week: str) -> DigestRun | None:
    """What the schedule does; may be repeated, by several schedulers at once, without harm.

    None, and nothing made, while a new system has not looked at each of its sources once: a digest
    made before would stay empty for good.
    """
    if not DigestRun.objects.filter(week=week).exists() and not _all_sources_tried():
        return None
    run = make_digest(week)
    send_digest(run)
    run.refresh_from_db()
    return run


def _all_sources_tried() -> bool:
    enabled = {entry.value.id for entry in ports.current().sources if entry.value.enabled}
    tried = SourceState.objects.filter(source__in=enabled).exclude(last_attempt_at=None)
    return tried.count() == len(enabled)


def _message(run: DigestRun, connection: object, desk: ports.Desk) -> EmailMultiAlternatives:
    subject = _("{agency}舆情与澄清周报 {week}").format(agency=desk.agency, week=run.week)
    message = EmailMultiAlternatives(
        subject, run.text, desk.mail_sender or None, to=run.recipients, connection=connection
    )
    message.attach_alternative(run.html, "text/html")
    message.attach(f"digest-{run.week}.html", run.html, "text/html")
    return message
