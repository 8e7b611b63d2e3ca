"""What people do with cases. The only writer of cases, drafts, opinions and publications.

Each function is one transaction that includes its line in the log. Whoever calls it, from
whichever page: it checks for itself who may, and refuses with one sentence (`Refused`).
"""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from clarifications import documents
from clarifications.acting import Step, authors, step
from clarifications.limits import GRAVE, first_response_due
from clarifications.material import gather
from clarifications.models import (
    Case,
    CaseState,
    Decision,
    Draft,
    Opinion,
    Publication,
    text_hash,
)
from clarifications.office import Office as Office
from clarifications.office import configure as configure
from clarifications.office import office
from clarifications.opening import open_case as open_case
from clarifications.oversight import Refused as Refused
from clarifications.publish import open_channel
from clarifications.publish.channel import Publisher, Release
from clarifications.roles import actor_of
from clarifications.states import (
    APPROVE,
    DISMISS,
    PUBLISH,
    REGISTER,
    RETURN,
    REVISE,
    SAVE,
    START_DRAFT,
    SUBMIT,
    TRANSITIONS,
    Transition,
    may,
)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def register(case: Case, user: User, reason: str, *, emergency: bool = False) -> None:
    """It is ours and will be dealt with. An emergency shortens the time for the first response."""
    due = first_response_due(case.detected_at, case.level, emergency=emergency)
    changes = {"emergency": emergency, "first_response_due": due}
    with step(REGISTER, case, user, reason=reason, changes=changes) as made:
        made.payload = {"emergency": emergency, "first_response_due": due.isoformat()}


def dismiss_case(case: Case, user: User, reason: str) -> None:
    """Nothing to clarify."""
    with step(DISMISS, case, user, reason=reason):
        pass


def start_draft(case: Case, user: User, kind: str) -> Draft:
    """The first version, filled from the template of `kind`, see `documents.DOCUMENT_TYPES`."""
    with step(START_DRAFT, case, user, version=0, changes={"version": 1}) as made:
        material = gather(made.case, office(), timezone.localdate(made.at))
        document = documents.render(kind, material, office().templates_folder)
        basis = {
            "facts": [
                {"id": fact.id, "statement": fact.statement, "source": fact.source}
                for fact in material.facts
            ],
            "claims": [{"id": claim.id, "text": claim.text} for claim in material.claims],
        }
        return _new_draft(made, user, kind, document.title, document.body, basis)


def save_draft(case: Case, user: User, title: str, body: str, based_on_version: int) -> Draft:
    """A new version of the text. Refused when somebody saved since `based_on_version`; a text that
    was approved goes back to drafting. An unchanged text makes no version."""
    current = Case.objects.get(pk=case.pk)
    draft = current.draft
    offered = text_hash(_line(title), _text(body))
    if draft and draft.version == based_on_version and draft.text_hash == offered:
        return draft
    transition = REVISE if current.state == CaseState.APPROVED else SAVE
    changes = {"version": based_on_version + 1}
    with step(transition, case, user, version=based_on_version, changes=changes) as made:
        before = made.case.drafts.get(version=based_on_version)
        return _new_draft(made, user, before.kind, title, body, before.basis)


def submit(case: Case, user: User) -> None:
    """Hand the text in for approval, if it is complete."""
    with step(SUBMIT, case, user) as made:
        draft = _current(made.case)
        lacks = documents.lacks(draft.title, draft.body, draft.basis)
        if lacks:
            raise Refused(_("稿件还不能送审：{lacks}").format(lacks="".join(lacks)))
        made.payload = _naming(draft)


def approve(case: Case, user: User, text_hash: str, opinion: str = "") -> Opinion:
    """Approve the very text that the approver had before them."""
    with step(APPROVE, case, user) as made:
        return _give_opinion(made, user, Decision.APPROVE, opinion, text_hash)


def return_draft(case: Case, user: User, reason: str) -> Opinion:
    """Send the text back to its drafter. What is to change must be said."""
    with step(RETURN, case, user, reason=reason) as made:
        draft = _current(made.case)
        return _give_opinion(made, user, Decision.RETURN, reason, draft.text_hash)


def publish(case: Case, user: User) -> Publication:
    """Bring the approved text out on all channels; returns the entry of the first one.

    A crash before the end leaves the case approved: publishing again finds the page that is there
    and replaces it by the same.
    """
    with step(PUBLISH, case, user) as made:
        draft = _current(made.case)
        _check_approval(draft, authors(made.case))
        made.payload = _naming(draft)
        release = Release(
            number=made.case.number,
            kind=str(documents.DOCUMENT_TYPES[draft.kind].label),
            title=draft.title,
            body=draft.body,
            published_at=made.at,
            text_hash=draft.text_hash,
        )
        published = [
            _publish_on(channel, url, made, draft, user)
            for channel, url in _bring_out(release, office())
        ]
        made.payload["channels"] = {each.channel: each.url for each in published}
        return published[0]


def available(case: Case, user: User) -> list[Transition]:
    """The moves that `user` may make now, for the buttons of a page."""
    actor, drafters = actor_of(user), authors(case)
    return [
        each
        for each in TRANSITIONS
        if each.before == case.state
        and may(each, actor, drafters=drafters, grave=case.level in GRAVE, reason="…") is None
    ]


# --- parts -------------------------------------------------------------------------------------


def _new_draft(
    made: Step,
    user: User,
    kind: str,
    title: str,
    body: str,
    basis: dict[str, list[dict[str, str]]],
) -> Draft:
    title, body = _line(title), _text(body)
    draft = Draft.objects.create(
        case=made.case,
        version=made.case.version,
        kind=kind,
        title=title,
        body=body,
        basis=basis,
        text_hash=text_hash(title, body),
        drafter=user,
        created_at=made.at,
    )
    made.payload = _naming(draft)
    return draft


def _give_opinion(
    made: Step, user: User, decision: Decision, reason: str, seen_hash: str
) -> Opinion:
    draft = _current(made.case)
    if seen_hash != draft.text_hash or draft.text_hash != text_hash(draft.title, draft.body):
        raise Refused(_("稿件已变更，请重新阅看第{v}版后再办理。").format(v=draft.version))
    made.payload = _naming(draft)
    return Opinion.objects.create(
        draft=draft,
        actor=user,
        role=made.role,
        decision=decision,
        reason=reason.strip(),
        at=made.at,
        text_hash=draft.text_hash,
    )


def _check_approval(draft: Draft, drafters: frozenset[str]) -> None:
    """An approval of this very text by another person, whatever the state says."""
    actual = text_hash(draft.title, draft.body)
    last = draft.opinions.filter(text_hash=actual).last()
    if last is None or last.decision != Decision.APPROVE or last.actor.username in drafters:
        raise Refused(_("第{v}版稿件没有有效的批准，不能发布。").format(v=draft.version))


def _bring_out(release: Release, where: Office) -> list[tuple[str, str]]:
    """Channel ids and public addresses."""
    if not where.channels:
        raise Refused(_("没有配置发布渠道，请管理员在 channels.yaml 中添加。"))
    publisher = Publisher(where.agency, where.contact)
    return [
        (each.id, open_channel(each, publisher, where.data_folder).publish(release))
        for each in where.channels
    ]


def _publish_on(channel: str, url: str, made: Step, draft: Draft, user: User) -> Publication:
    return Publication.objects.create(
        case=made.case,
        draft=draft,
        channel=channel,
        url=url,
        published_at=made.at,
        published_by=user,
        text_hash=draft.text_hash,
    )


def _current(case: Case) -> Draft:
    draft = case.draft
    if draft is None:
        raise Refused(_("事项{number}还没有稿件。").format(number=case.number))
    return draft


def _naming(draft: Draft) -> dict[str, object]:
    return {"draft": draft.version, "kind": draft.kind, "text_hash": draft.text_hash}


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _text(text: str) -> str:
    """Line ends as one kind, no control characters (which no feed can carry), no blank edges."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
