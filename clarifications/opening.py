"""An alert becomes a case."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from alerts import services as alert_services
from alerts.models import Alert, AlertState
from clarifications import audit, evidence
from clarifications.limits import first_response_due
from clarifications.models import Case, CaseMention
from clarifications.office import office
from clarifications.oversight import Refused, log_refusal
from clarifications.roles import actor_of
from clarifications.states import OPEN, acting_role, may
from pipeline.errors import ChengqingError


def open_case(alert_id: str, user: User, reason: str = "") -> Case:
    """An alert becomes a case: numbered, its mentions and their records copied."""
    try:
        with transaction.atomic(durable=True):
            actor = actor_of(user)
            refusal = may(OPEN, actor, reason=reason)
            if refusal is not None:
                raise Refused(refusal.sentence)
            alert, at = alert_services.find(alert_id), office().clock()
            before = (AlertState.NEW, AlertState.OPEN)
            left = alert_services.move(alert, user, reason, before, AlertState.CASE, at)
            case = _new_case(alert, user)
            kept = _keep_evidence(case)
            audit.record(
                OPEN.key,
                at=at,
                actor=user.get_username(),
                role=acting_role(OPEN, actor) or "",
                subject=("case", case.number),
                to_state=case.state,
                reason=reason.strip(),
                payload={
                    "alert": alert.pk,
                    "alert_state": left,
                    "rule": alert.rule,
                    "rule_version": alert.rule_version,
                    "mentions": [mention.mention for mention in case.mentions.all()],
                    "evidence": {
                        "file": kept.file,
                        "sha256": kept.sha256,
                        "records": kept.records,
                        "missing": list(kept.missing),
                    },
                },
            )
    except ChengqingError as error:
        log_refusal(OPEN.key, user, ("alert", alert_id), str(error), reason=reason)
        raise
    return case


def _new_case(alert: Alert, user: User) -> Case:
    hits = list(alert.hits.all())
    at = office().clock()
    posted = [hit.published_at for hit in hits if hit.published_at]
    case = Case.objects.create(
        number=_next_number(timezone.localtime(at).year),
        alert=alert,
        title=alert.title,
        summary=alert.reason,
        level=alert.level,
        story=alert.story,
        department=alert.department,
        opened_by=user,
        opened_at=at,
        detected_at=alert.raised_at,
        first_posted_at=min(posted, default=None),
        first_response_due=first_response_due(alert.raised_at, alert.level, emergency=False),
    )
    CaseMention.objects.bulk_create(
        CaseMention(
            case=case,
            mention=hit.mention,
            version=hit.mention_version,
            url=hit.url,
            title=hit.title,
            source=hit.source,
            published_at=hit.published_at,
            raw=hit.raw,
            explanation=hit.explanation,
        )
        for hit in hits
    )
    return case


def _next_number(year: int) -> str:
    """Counted inside the transaction; that no number is given twice is the table's own rule."""
    last = Case.objects.filter(number__startswith=f"{year}-").order_by("-pk").first()
    return f"{year}-{int(last.number.partition('-')[2]) + 1 if last else 1:04d}"


def _keep_evidence(case: Case) -> evidence.Evidence:
    positions = list(case.mentions.values_list("raw", flat=True))
    target = evidence.evidence_path(office().data_folder, case.number)
    return evidence.secure(office().spool, positions, target)
