from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User

from clarifications.roles import ROLES, actor_of, ensure_first_users, ensure_roles

pytestmark = pytest.mark.django_db


def test_one_user_a_role_can_log_in_with_the_password_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "first-login.txt"
    assert ensure_first_users(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = [line.split("\t") for line in path.read_text("utf-8").splitlines() if "\t" in line]
    assert [name for _label, name, _password in told] == [role.key for role in ROLES]
    for _label, name, password in told:
        person = User.objects.get(username=name)
        assert person.check_password(password)
        assert actor_of(person).roles == {name}


def test_a_second_start_changes_neither_users_nor_file(tmp_path: Path) -> None:
    path = tmp_path / "first-login.txt"
    ensure_first_users(path)
    before = path.read_bytes(), list(User.objects.values())
    assert not ensure_first_users(path)
    assert (path.read_bytes(), list(User.objects.values())) == before


def test_with_users_of_ones_own_none_are_added(tmp_path: Path) -> None:
    User.objects.create_user("somebody")
    assert not ensure_first_users(tmp_path / "first-login.txt")
    assert not (tmp_path / "first-login.txt").exists()
    assert Group.objects.count() == len(ROLES)


def test_roles_may_be_ensured_again() -> None:
    ensure_roles()
    ensure_roles()
    assert Group.objects.count() == len(ROLES)
