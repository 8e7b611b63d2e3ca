"""The states of a case, and the one table of moves between them: who may make which.

Pure: values in, a verdict out. A subset of the states of a full desk; the names stay the same when
the others follow (assessment, secrecy review, countersigning, tracking …).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MONITOR, HANDLER, SPOKESPERSON = "monitor", "handler", "spokesperson"
LEADER, HEAD, PUBLISHER = "leader", "head", "publisher"
LEADERSHIP, ADMIN = "leadership", "admin"


class State(StrEnum):
    DISCOVERED = "discovered"
    REGISTERED = "registered"
    DRAFTING = "drafting"
    APPROVING = "approving"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISMISSED = "dismissed"


FINAL = frozenset({State.PUBLISHED, State.DISMISSED})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: one sentence for the person who tried."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and the roles held at this very moment. The system itself is not `human`."""

    name: str
    roles: frozenset[str]
    human: bool = True


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that only some roles may do."""

    key: str
    label: Promise
    roles: tuple[str, ...]
    """In the order in which one is named as the acting role when somebody holds several."""
    reason: bool = False
    """It must be said why."""


@dataclass(frozen=True, slots=True)
class Transition(Permission):
    """A move of a case. `before` and `after` are equal when a text is saved while drafting."""

    before: State = State.DISCOVERED
    after: State = State.DISCOVERED
    grave_roles: tuple[str, ...] | None = None
    """Roles for levels Ⅰ and Ⅱ, where they differ."""
    second_person: bool = False
    """Not for anybody who wrote on the text."""


TAKE = Permission("alert.take", gettext_lazy("处理预警"), (MONITOR, PUBLISHER, HANDLER))
DISMISS_ALERT = Permission(
    "alert.dismiss", gettext_lazy("排除预警"), (MONITOR, PUBLISHER), reason=True
)
SET_LEVEL = Permission(
    "alert.level", gettext_lazy("改预警等级"), (MONITOR, PUBLISHER, LEADER, HEAD), reason=True
)
PAUSE_RULE = Permission(
    "rule.pause", gettext_lazy("暂停规则"), (MONITOR, PUBLISHER, LEADER, HEAD), reason=True
)
RESUME_RULE = Permission(
    "rule.resume", gettext_lazy("恢复规则"), (MONITOR, PUBLISHER, LEADER, HEAD)
)
OPEN = Permission("case.open", gettext_lazy("立案"), (MONITOR, PUBLISHER, HANDLER, SPOKESPERSON))
ENTER = Permission(
    "entry.make", gettext_lazy("录入信息"),
    (MONITOR, PUBLISHER, HANDLER, SPOKESPERSON, LEADER, HEAD),
)  # fmt: skip

READ_AGAIN = Permission(
    "quarantine.again", gettext_lazy("重读隔离的记录"), (MONITOR, PUBLISHER, HANDLER)
)
DISMISS_UNREAD = Permission(
    "quarantine.dismiss", gettext_lazy("排除隔离的记录"), (MONITOR, PUBLISHER), reason=True
)

SPLIT = Permission(
    "story.split", gettext_lazy("拆分事件"), (MONITOR, PUBLISHER, HANDLER), reason=True
)
MERGE = Permission(
    "story.merge", gettext_lazy("合并事件"), (MONITOR, PUBLISHER, HANDLER), reason=True
)

CONFIRM_LINK = Permission(
    "claim.confirm", gettext_lazy("认定与已知说法的关联"), (MONITOR, PUBLISHER, HANDLER)
)
REJECT_LINK = Permission(
    "claim.reject", gettext_lazy("否定与已知说法的关联"), (MONITOR, PUBLISHER, HANDLER), reason=True
)

_DRAFTERS = (HANDLER, SPOKESPERSON)
_APPROVERS = (HEAD, LEADER, SPOKESPERSON)
_GRAVE_APPROVERS = (HEAD, LEADER)

REGISTER = Transition(
    "case.register", gettext_lazy("登记"), (MONITOR, PUBLISHER), reason=True,
    before=State.DISCOVERED, after=State.REGISTERED,
)  # fmt: skip
DISMISS = Transition(
    "case.dismiss", gettext_lazy("不予处理"), (MONITOR, PUBLISHER), reason=True,
    before=State.DISCOVERED, after=State.DISMISSED,
)  # fmt: skip
START_DRAFT = Transition(
    "case.draft", gettext_lazy("起草"), _DRAFTERS,
    before=State.REGISTERED, after=State.DRAFTING,
)  # fmt: skip
SAVE = Transition(
    "case.save", gettext_lazy("保存稿件"), _DRAFTERS,
    before=State.DRAFTING, after=State.DRAFTING,
)  # fmt: skip
SUBMIT = Transition(
    "case.submit", gettext_lazy("送审"), _DRAFTERS,
    before=State.DRAFTING, after=State.APPROVING,
)  # fmt: skip
APPROVE = Transition(
    "case.approve", gettext_lazy("批准"), _APPROVERS,
    before=State.APPROVING, after=State.APPROVED,
    grave_roles=_GRAVE_APPROVERS, second_person=True,
)  # fmt: skip
RETURN = Transition(
    "case.return", gettext_lazy("退回"), _APPROVERS, reason=True,
    before=State.APPROVING, after=State.DRAFTING,
    grave_roles=_GRAVE_APPROVERS, second_person=True,
)  # fmt: skip
PUBLISH = Transition(
    "case.publish", gettext_lazy("发布"), (PUBLISHER,),
    before=State.APPROVED, after=State.PUBLISHED,
)  # fmt: skip
REVISE = Transition(
    "case.revise", gettext_lazy("修改已批准的稿件"), _DRAFTERS,
    before=State.APPROVED, after=State.DRAFTING,
)  # fmt: skip

TRANSITIONS: tuple[Transition, ...] = (
    REGISTER, DISMISS, START_DRAFT, SAVE, SUBMIT, APPROVE, RETURN, PUBLISH, REVISE,
)  # fmt: skip


def may(
    permission: Permission,
    actor: Actor,
    *,
    drafters: Collection[str] = (),
    grave: bool = False,
    reason: str = "",
) -> Refusal | None:
    """None when `actor` may. `drafters` are the names of all who wrote a version of the text,
    `grave` is true for levels Ⅰ and Ⅱ.

    An administrator decides nothing, whatever other roles were given along with it.
    """
    label = permission.label
    if not actor.human:
        return Refusal(_("“{label}”只能由人员本人操作。").format(label=label))
    if ADMIN in actor.roles:
        return Refusal(_("系统管理员不参与业务处理，不能{label}。").format(label=label))
    if acting_role(permission, actor, grave=grave) is None:
        return Refusal(_no_role(permission, actor, grave=grave))
    if isinstance(permission, Transition) and permission.second_person and actor.name in drafters:
        return Refusal(
            _("您参与起草了这份稿件，不能对它{label}，须由另一人办理。").format(label=label)
        )
    if permission.reason and not reason.strip():
        return Refusal(_("“{label}”须写明理由。").format(label=label))
    return None


def acting_role(permission: Permission, actor: Actor, *, grave: bool = False) -> str | None:
    """The role in which `actor` does it; None when no role of theirs allows it."""
    return next((role for role in _roles(permission, grave) if role in actor.roles), None)


def _roles(permission: Permission, grave: bool) -> tuple[str, ...]:
    if grave and isinstance(permission, Transition) and permission.grave_roles is not None:
        return permission.grave_roles
    return permission.roles


def _no_role(permission: Permission, actor: Actor, *, grave: bool) -> str:
    if grave and acting_role(permission, actor) is not None:
        return _("Ⅰ、Ⅱ级事项须由负责人{label}，您的角色不够。").format(label=permission.label)
    return _("您的角色不能{label}，请联系有权限的同事。").format(label=permission.label)
