from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from registry.access.models.sessions import Holder
from registry.access.models.tables import sessions as session_table
from registry.access.models.tables import users as user_table
from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases import sessions
from registry.access.usecases.users import NewUser, add_user, end_role, give_role
from registry.errors import ConflictError, InvalidError, NotFoundError
from registry.trail.entries import SYSTEM
from registry.work import Registry

SCHOOL = uuid4()


@pytest.fixture
def user_id(registry: Registry) -> UUID:
    with registry.work(SYSTEM) as work:
        return add_user(work, NewUser(" Tutor ", "Сотрудник", "$argon2id$"))


def opened(registry: Registry, holder: Holder) -> str:
    with registry.work(SYSTEM) as work:
        return sessions.open_session(work, holder)


def rights_of(registry: Registry, token: str) -> tuple[Right, ...] | None:
    with registry.reading(SYSTEM) as work:
        found = sessions.recognise(work, token)
        return None if found is None else found.rights


@pytest.mark.usefixtures("user_id")
def test_a_login_is_taken_whatever_its_case(registry: Registry) -> None:
    with pytest.raises(ConflictError), registry.work(SYSTEM) as work:
        add_user(work, NewUser("TUTOR", "Другой", "$argon2id$"))


def test_a_role_counts_from_its_day_to_its_last_day(registry: Registry, user_id: UUID) -> None:
    token = opened(registry, Holder("password", user_id=user_id))
    assert rights_of(registry, token) == ()
    right = Right(Role.DIRECTOR, Scope.SCHOOL, SCHOOL, SCHOOL)
    with registry.work(SYSTEM) as work:
        given = give_role(work, user_id, right)
    assert rights_of(registry, token) == (right,)
    with registry.work(SYSTEM) as work:
        end_role(work, given, work.today - timedelta(days=1))
    assert rights_of(registry, token) == ()
    with pytest.raises(NotFoundError), registry.work(SYSTEM) as work:
        end_role(work, given, work.today)


def test_a_role_is_given_to_nobody_unknown(registry: Registry) -> None:
    with pytest.raises(NotFoundError), registry.work(SYSTEM) as work:
        give_role(work, uuid4(), Right(Role.AUDITOR, Scope.INSTALLATION))


def test_a_visitor_has_the_rights_of_his_own_affairs(registry: Registry) -> None:
    person, sitting = uuid4(), uuid4()
    holder = Holder("sms-code", person_id=person, role=Role.GUARDIAN, sitting_id=sitting, school_id=SCHOOL)
    token = opened(registry, holder)
    with registry.reading(SYSTEM) as work:
        found = sessions.recognise(work, token)
    assert found.rights == (Right(Role.GUARDIAN, Scope.SELF, person, SCHOOL),)
    assert found.session.sitting_id == sitting


def test_a_closed_account_ends_its_sessions(registry: Registry, user_id: UUID) -> None:
    token = opened(registry, Holder("password", user_id=user_id))
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(user_table).values(disabled_at=work.now))
    assert rights_of(registry, token) is None


def test_an_idle_session_is_not_recognised(registry: Registry, user_id: UUID) -> None:
    token = opened(registry, Holder("password", user_id=user_id))
    with registry.work(SYSTEM) as work:
        work.connection.execute(update(session_table).values(seen_at=work.now - timedelta(minutes=31)))
    assert rights_of(registry, token) is None


def test_an_unknown_token_is_nobodys(registry: Registry) -> None:
    assert rights_of(registry, "x" * 43) is None


def test_a_session_of_another_is_not_ended(registry: Registry, user_id: UUID) -> None:
    opened(registry, Holder("password", user_id=user_id))
    with registry.reading(SYSTEM) as work:
        session_id = work.connection.execute(select(session_table.c.id)).scalar_one()
    with pytest.raises(NotFoundError), registry.work(SYSTEM) as work:
        sessions.end_session(work, uuid4(), session_id)


def test_a_password_fits_its_own_hash_only(registry: Registry) -> None:
    passwords = Passwords(registry.settings)
    hashed = passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$")
    assert passwords.fits(hashed, "correct horse")
    assert not passwords.fits(hashed, "wrong horse")
    assert not passwords.fits(None, "nobody")
    assert not passwords.fits("damaged", "correct horse")


@pytest.mark.parametrize("password", ["Ы" * 63 + "я", "  a b c  d  ", "пароль 🙂 Пароль 🙂", "a" * 199 + "b"])
def test_a_password_is_taken_to_its_last_sign(registry: Registry, password: str) -> None:
    """Nothing is cut off, trimmed or folded: long ones, blanks and letters of any kind count as they are."""
    passwords = Passwords(registry.settings)
    hashed = passwords.hash(password)
    assert passwords.fits(hashed, password)
    for other in (password[:-1], password + " ", password.strip(), password.swapcase()):
        assert other == password or not passwords.fits(hashed, other)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(registry: Registry, password: str) -> None:
    with pytest.raises(InvalidError):
        Passwords(registry.settings).hash(password)
