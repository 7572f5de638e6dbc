"""Who acts at a terminal proves himself as on the pages: the password, and the code where he has a factor."""

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.access.models.users import find_account
from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.totp import STEP, code_at, new_secret
from registry.access.usecases import factors
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import load_names
from registry.config import Demand
from registry.errors import ConflictError, ForbiddenError, InvalidError, TooManyError
from registry.rights.terminal import Proofs, act_as
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.work import Registry, Work
from tests.submissions.school import School, found_school
from tests.web.browsers import PASSWORD

load_names()

LOGIN = "director-at-terminal"


@pytest.fixture
def school(registry: Registry) -> School:
    return found_school(registry)


@pytest.fixture
def director(school: School) -> UUID:
    with school.registry.work(SYSTEM) as work:
        hashed = Passwords(school.registry.settings).hash(PASSWORD)
        user = add_user(work, NewUser(LOGIN, "Директор", hashed))
        give_role(work, user, Right(Role.DIRECTOR, Scope.SCHOOL, school.id, school.id))
    return user


@pytest.fixture
def proofs(tmp_path: Path) -> Callable[[str], Proofs]:
    def of(code: str, password: str = PASSWORD) -> Proofs:
        (tmp_path / "password").write_text(password)
        (tmp_path / "code").write_text(code)
        return Proofs(f" {LOGIN.upper()} ", tmp_path / "password", tmp_path / "code")

    return of


def who_acts(work: Work, rights: Collection[Right]) -> str:
    (right,) = rights
    return f"{right.role} by {work.actor.auth}"


def sets_up(school: School, user: UUID) -> tuple[str, list[str]]:
    """Set up a second factor with a code of some time ago; give its secret and the recovery codes."""
    secret = new_secret()
    with school.registry.work(SYSTEM) as work:
        account = find_account(work.connection, LOGIN)
        assert account is not None
        assert account.id == user
        before = code_at(secret, int(time.time()) // STEP - 1)
        return secret, factors.set_up(work, account, secret, before)


def steps_up(school: School) -> int:
    with school.registry.reading(SYSTEM) as work:
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars()
        return sum(b'"type":"user.stepped-up"' in leaf for leaf in leaves)


def test_without_a_second_factor_the_password_is_enough_unless_one_is_demanded(
    school: School, director: UUID, proofs: Callable[[str], Proofs]
) -> None:
    assert act_as(school.registry, proofs(""), who_acts) == "director by password"
    strict = replace(school.registry, settings=replace(school.registry.settings, staff_totp=Demand.REQUIRED))
    with pytest.raises(ForbiddenError):
        act_as(strict, proofs(""), who_acts)
    assert steps_up(school) == 1


def test_who_has_a_second_factor_gives_its_code_and_each_code_works_once(
    school: School, director: UUID, proofs: Callable[[str], Proofs]
) -> None:
    secret, recovery = sets_up(school, director)
    for wrong in ("", "000000", "not-a-code"):
        with pytest.raises(InvalidError):
            act_as(school.registry, proofs(wrong), who_acts)
    code = code_at(secret, int(time.time()) // STEP)
    assert act_as(school.registry, proofs(code), who_acts) == "director by password-totp"
    with pytest.raises(InvalidError):
        act_as(school.registry, proofs(code), who_acts)
    assert act_as(school.registry, proofs(recovery[0]), who_acts) == "director by password-recovery"
    with pytest.raises(InvalidError):
        act_as(school.registry, proofs(recovery[0]), who_acts)
    assert steps_up(school) == 2


def test_a_code_is_used_up_even_where_the_act_is_refused(
    school: School, director: UUID, proofs: Callable[[str], Proofs]
) -> None:
    _, recovery = sets_up(school, director)

    def refuse(_work: Work, _rights: Collection[Right]) -> str:
        raise ConflictError("kept")

    with pytest.raises(ConflictError):
        act_as(school.registry, proofs(recovery[0]), refuse)
    with pytest.raises(InvalidError):
        act_as(school.registry, proofs(recovery[0]), who_acts)


def test_codes_are_counted_and_after_five_wrong_ones_the_right_one_does_not_help(
    school: School, director: UUID, proofs: Callable[[str], Proofs]
) -> None:
    _, recovery = sets_up(school, director)
    for _ in range(5):
        with pytest.raises(InvalidError):
            act_as(school.registry, proofs("000000"), who_acts)
    with pytest.raises(TooManyError):
        act_as(school.registry, proofs(recovery[0]), who_acts)


def test_a_wrong_password_is_told_before_any_code_is_looked_at(
    school: School, director: UUID, proofs: Callable[..., Proofs]
) -> None:
    _, recovery = sets_up(school, director)
    with pytest.raises(ForbiddenError):
        act_as(school.registry, proofs(recovery[0], password="wrong"), who_acts)
    assert act_as(school.registry, proofs(recovery[0]), who_acts) == "director by password-recovery"
