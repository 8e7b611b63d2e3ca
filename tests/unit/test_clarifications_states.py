from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.models import AlertLevel
from clarifications import states
from clarifications.models import CaseState
from clarifications.roles import ROLES
from clarifications.states import (
    ADMIN,
    APPROVE,
    PUBLISH,
    REVISE,
    SAVE,
    START_DRAFT,
    TRANSITIONS,
    Actor,
    State,
    Transition,
    acting_role,
    may,
)

KEYS = [role.key for role in ROLES]


def test_the_declared_moves_are_the_ones_of_the_desk() -> None:
    assert {(str(each.before), str(each.after)) for each in TRANSITIONS} == {
        ("discovered", "registered"),
        ("discovered", "dismissed"),
        ("registered", "drafting"),
        ("drafting", "drafting"),
        ("drafting", "approving"),
        ("approving", "approved"),
        ("approving", "drafting"),
        ("approved", "published"),
        ("approved", "drafting"),
    }


def test_nothing_leaves_a_final_state() -> None:
    assert not [each for each in TRANSITIONS if each.before in states.FINAL]


def test_rows_know_the_same_states_and_levels() -> None:
    assert set(CaseState.values) == {str(state) for state in State}
    assert set(AlertLevel.values) == {"I", "II", "III", "IV"}


def test_every_role_of_the_table_exists() -> None:
    named = {role for each in TRANSITIONS for role in each.roles + (each.grave_roles or ())}
    assert named <= set(KEYS) - {ADMIN}


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda each: each.key)
def test_no_machine_and_no_administrator_makes_any_move(transition: Transition) -> None:
    assert may(transition, Actor("system", frozenset(KEYS), human=False), reason="…") is not None
    assert may(transition, Actor("a", frozenset(KEYS)), reason="…") is not None
    assert may(transition, Actor("a", frozenset(KEYS) - {ADMIN}), reason="…") is None


@dataclass
class Model:
    """A case played by the table alone, as the services play it."""

    state: State = State.DISCOVERED
    text: int = 0
    authors: set[str] = field(default_factory=set)
    approvals: list[tuple[int, str, frozenset[str]]] = field(default_factory=list)

    def play(self, transition: Transition, actor: Actor, *, grave: bool) -> None:
        if transition.before != self.state or may(
            transition, actor, drafters=self.authors, grave=grave, reason="…"
        ):
            return
        if transition in (START_DRAFT, SAVE, REVISE):
            self.text += 1
            self.authors.add(actor.name)
        if transition is APPROVE:
            self.approvals.append((self.text, actor.name, frozenset(self.authors)))
        self.state = transition.after


actors = st.builds(
    Actor,
    name=st.sampled_from(["甲", "乙", "丙"]),
    roles=st.frozensets(st.sampled_from(KEYS), max_size=8),
    human=st.sampled_from([True, True, True, False]),
)


@given(st.lists(st.tuples(st.sampled_from(TRANSITIONS), actors), max_size=60), st.booleans())
def test_no_way_to_published_without_another_persons_approval_of_the_very_text(
    moves: list[tuple[Transition, Actor]], grave: bool
) -> None:
    case = Model()
    for transition, actor in moves:
        case.play(transition, actor, grave=grave)
    if case.state in (State.APPROVED, State.PUBLISHED):
        text, approver, authors = case.approvals[-1]
        assert text == case.text
        assert authors == case.authors
        assert approver not in authors


@given(st.lists(st.sampled_from(TRANSITIONS), max_size=60))
def test_one_person_alone_never_publishes_whatever_their_roles(
    moves: list[Transition],
) -> None:
    case = Model()
    for transition in moves:
        case.play(transition, Actor("甲", frozenset(KEYS) - {ADMIN}), grave=False)
    assert case.state is not State.PUBLISHED


def test_the_acting_role_is_the_first_that_allows_it() -> None:
    actor = Actor("甲", frozenset({"spokesperson", "head"}))
    assert acting_role(APPROVE, actor) == "head"
    assert acting_role(PUBLISH, actor) is None
