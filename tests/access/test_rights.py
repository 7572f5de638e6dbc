from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.access.patience import STAFF_PATIENCE, stands, stepped_up
from registry.access.rules import (
    OPEN_TO_SIGNED_IN,
    TABLE,
    Action,
    Place,
    Right,
    Role,
    Scope,
    check_right,
    may,
)
from registry.errors import InvalidError

REGION, TOWN, SCHOOL, CLASS, PERSON = (uuid4() for _ in range(5))
HERE = Place(REGION, TOWN, SCHOOL, CLASS, PERSON)
NOW = datetime(2020, 11, 2, 12, tzinfo=UTC)
IDS = {
    Scope.SELF: PERSON,
    Scope.CLASS: CLASS,
    Scope.SCHOOL: SCHOOL,
    Scope.MUNICIPALITY: TOWN,
    Scope.REGION: REGION,
    Scope.INSTALLATION: None,
}


@pytest.mark.parametrize(("key", "action"), list(product(TABLE, Action)))
def test_a_right_reaches_its_own_place_and_what_the_table_says(
    key: tuple[Role, Scope], action: Action
) -> None:
    role, scope = key
    assert may([Right(role, scope, IDS[scope])], action, HERE) is (action in TABLE[key])


@given(role=st.sampled_from(Role), scope=st.sampled_from(Scope), action=st.sampled_from(Action))
def test_no_right_of_a_place_reaches_another(role: Role, scope: Scope, action: Action) -> None:
    elsewhere = Right(role, scope, uuid4())
    if scope is not Scope.INSTALLATION:
        assert not may([elsewhere], action, HERE)
        assert not may([elsewhere], action, Place())


def test_a_right_without_a_place_reaches_nothing_that_has_none() -> None:
    assert not may([Right(Role.DIRECTOR, Scope.SCHOOL, None)], Action.PEOPLE_READ, Place())


def test_every_action_is_given_to_somebody() -> None:
    given_to_somebody = {action for actions in TABLE.values() for action in actions}
    assert set(Action) == given_to_somebody | OPEN_TO_SIGNED_IN


def test_only_a_director_signs_off() -> None:
    assert {key for key, actions in TABLE.items() if Action.SUBMISSION_SIGN_OFF in actions} == {
        (Role.DIRECTOR, Scope.SCHOOL)
    }


@pytest.mark.parametrize(
    "right",
    [
        Right(Role.TUTOR, Scope.REGION, uuid4()),
        Right(Role.DIRECTOR, Scope.SCHOOL, None),
        Right(Role.OPERATOR, Scope.INSTALLATION, uuid4()),
    ],
)
def test_a_role_is_given_only_where_the_table_knows_it(right: Right) -> None:
    with pytest.raises(InvalidError):
        check_right(right)


def test_a_session_ends_when_idle_and_when_old() -> None:
    minute = timedelta(minutes=1)
    assert stands(STAFF_PATIENCE, NOW, NOW, NOW + STAFF_PATIENCE.idle - minute)
    assert not stands(STAFF_PATIENCE, NOW, NOW, NOW + STAFF_PATIENCE.idle)
    late = NOW + STAFF_PATIENCE.most
    assert not stands(STAFF_PATIENCE, NOW, late - minute, late)


def test_a_proof_lasts_five_minutes() -> None:
    assert not stepped_up(None, NOW)
    assert stepped_up(NOW, NOW + timedelta(minutes=4, seconds=59))
    assert not stepped_up(NOW, NOW + timedelta(minutes=5))
