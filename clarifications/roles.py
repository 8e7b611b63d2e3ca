"""The roles of the desk (Django groups), and one first user for each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clarifications.atomic_file import write_atomically
from clarifications.states import (
    ADMIN,
    HANDLER,
    HEAD,
    LEADER,
    LEADERSHIP,
    MONITOR,
    PUBLISHER,
    SPOKESPERSON,
    Actor,
)


@dataclass(frozen=True, slots=True)
class Role:
    """`key` names the group. What a role may do stands in `clarifications.states`; `duty` says it
    to people."""

    key: str
    label: Promise
    duty: Promise


ROLES: tuple[Role, ...] = (
    Role(MONITOR, gettext_lazy("监测员"), gettext_lazy("处理和排除预警，立案、登记")),
    Role(HANDLER, gettext_lazy("承办人"), gettext_lazy("核实情况，起草并送审")),
    Role(
        SPOKESPERSON,
        gettext_lazy("新闻发言人"),
        gettext_lazy("起草；审批他人起草的Ⅲ、Ⅳ级稿件"),
    ),
    Role(LEADER, gettext_lazy("分管领导"), gettext_lazy("审批各级稿件")),
    Role(HEAD, gettext_lazy("主要负责人"), gettext_lazy("审批各级稿件")),
    Role(PUBLISHER, gettext_lazy("信息公开办"), gettext_lazy("登记，发布已批准的稿件")),
    Role(LEADERSHIP, gettext_lazy("领导"), gettext_lazy("阅看专报和周报")),
    Role(ADMIN, gettext_lazy("系统管理员"), gettext_lazy("管理系统，不参与业务处理")),
)
LABELS = {role.key: role.label for role in ROLES}


def ensure_roles() -> None:
    """A group for each role. May be repeated."""
    for role in ROLES:
        Group.objects.get_or_create(name=role.key)


def actor_of(user: User) -> Actor:
    """Who `user` is by the database as it is now, not by what the session remembers."""
    fresh = User.objects.filter(pk=user.pk, is_active=True).first()
    if fresh is None:
        return Actor(user.get_username(), frozenset())
    roles = set(fresh.groups.values_list("name", flat=True))
    if fresh.is_superuser:
        roles.add(ADMIN)
    return Actor(fresh.get_username(), frozenset(roles))


def ensure_first_users(path: Path) -> bool:
    """One user a role with a random password each, told in the file at `path` (mode 600).

    The name of the user is the key of the role. Does nothing, and returns False, when there are
    users already. The file is written first: a crash in between leaves no user whose password
    nobody knows.
    """
    with transaction.atomic():
        ensure_roles()
        if User.objects.exists():
            return False
        passwords = {role.key: secrets.token_urlsafe(9) for role in ROLES}
        write_atomically(path, _sheet(passwords).encode())
        for key, password in passwords.items():
            user = User.objects.create_user(key, password=password, first_name=str(LABELS[key]))
            user.groups.add(Group.objects.get(name=key))
    return True


def _sheet(passwords: dict[str, str]) -> str:
    lines = [_("首次登录的用户和口令，请妥善保管。"), ""]
    lines += [f"{LABELS[key]}\t{key}\t{password}" for key, password in passwords.items()]
    return "\n".join(lines) + "\n"
