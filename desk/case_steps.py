"""What comes next in a case, who takes it, and why the person who looks may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from clarifications import documents
from clarifications.acting import authors
from clarifications.limits import GRAVE
from clarifications.models import Case, Decision, Draft, text_hash
from clarifications.roles import LABELS
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
    Actor,
    State,
    Transition,
    may,
)

MAIN = {
    State.DISCOVERED: REGISTER,
    State.REGISTERED: START_DRAFT,
    State.DRAFTING: SUBMIT,
    State.APPROVING: APPROVE,
    State.APPROVED: PUBLISH,
}
"""The step that brings a case on."""
BESIDE = {
    State.DISCOVERED: (DISMISS,),
    State.DRAFTING: (SAVE,),
    State.APPROVING: (RETURN,),
    State.APPROVED: (REVISE,),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """`refusal` is one sentence when the person who looks may not; the services have the word."""

    key: str
    label: str
    who: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Check:
    kind: Literal["pass", "fail", "pending"]
    sentence: str


def next_step(case: Case, actor: Actor) -> StepShown | None:
    transition = MAIN.get(State(case.state))
    return None if transition is None else _shown(transition, case, actor)


def steps(case: Case, actor: Actor) -> dict[str, StepShown]:
    """All steps from this state by the last part of their key, such as `approve`."""
    state = State(case.state)
    transitions = [*([MAIN[state]] if state in MAIN else []), *BESIDE.get(state, ())]
    return {each.key.partition(".")[2]: _shown(each, case, actor) for each in transitions}


def _shown(transition: Transition, case: Case, actor: Actor) -> StepShown:
    grave = case.level in GRAVE
    refusal = may(transition, actor, drafters=authors(case), grave=grave, reason="…")
    roles = transition.roles
    if grave and transition.grave_roles is not None:
        roles = transition.grave_roles
    who = "、".join(str(LABELS[role]) for role in roles)
    if transition.second_person:
        who = _("{who}（起草人除外）").format(who=who)
    return StepShown(
        transition.key, str(transition.label), who, refusal.sentence if refusal else ""
    )


def checks(case: Case, draft: Draft) -> list[Check]:
    """What is looked at before a text goes on; the services check the same again."""
    lacks = documents.lacks(draft.title, draft.body, draft.basis)
    found = [Check("fail", lack) for lack in lacks] or [Check("pass", _("要素齐全，写明了依据。"))]
    if draft.text_hash == text_hash(draft.title, draft.body):
        found.append(Check("pass", _("稿件内容与校验值相符。")))
    else:
        found.append(Check("fail", _("稿件内容与校验值不符，可能被改动。")))
    found.append(_approval(case, draft))
    return found


def _approval(case: Case, draft: Draft) -> Check:
    last = draft.opinions.filter(text_hash=draft.text_hash).last()
    if last is None:
        return Check("pending", _("本版尚未批准。"))
    name = last.actor.get_full_name() or last.actor.username
    if last.decision == Decision.RETURN:
        return Check("fail", _("本版被{name}退回。").format(name=name))
    if last.actor.username in authors(case):
        return Check("fail", _("批准人参与了起草，批准无效。"))
    return Check("pass", _("本版已由{name}批准。").format(name=name))
