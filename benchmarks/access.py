"""Figures of access: what recognising a session costs before every page, and what a sign-in costs."""

import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from hashlib import sha256

from argon2 import PasswordHasher

from benchmarks import rotating
from benchmarks.bare import connected
from benchmarks.figure import Figure
from benchmarks.installing import both_databases, environ_of, install
from registry.access.models import users
from registry.access.models.sessions import Holder
from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases import sessions
from registry.access.usecases.sessions import Arrival
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry

LOGIN, ADDRESS = "tutor", "203.0.113.17"
RECOGNISED, SIGN_INS = 400, 12


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL, both durable."""
    with both_databases("access") as (home, urls):
        for name, (url,) in urls.items():
            registry = install(environ_of(home / name, url))
            password = secrets.token_urlsafe(12)
            token = _add_tutor(registry, password)
            yield _recognising(name, registry, token)
            yield _signing_in(name, registry, password)
            registry.engine.dispose()
    yield from rotating.figures()


def _add_tutor(registry: Registry, password: str) -> str:
    """Make an account with a role and an open session; give its token."""
    hashed = Passwords(registry.settings).hash(password)
    with registry.work(SYSTEM) as work:
        user_id = add_user(work, NewUser(LOGIN, "Учитель", hashed))
        school = work.new_id()
        give_role(work, user_id, Right(Role.TUTOR, Scope.CLASS, work.new_id(), school))
        return sessions.open_session(work, Holder("password", user_id=user_id))


def _recognising(name: str, registry: Registry, token: str) -> Figure:
    """Recognise and select in turns, so that noise falls on both."""

    def recognise() -> None:
        with registry.reading(SYSTEM) as work:
            assert sessions.recognise(work, token) is not None

    mark = "?" if name == "sqlite" else "%s"
    query = f"SELECT * FROM sessions WHERE token_hash = {mark}"
    key = (sha256(token.encode()).digest(),)
    with connected(registry.settings.database_url) as bare:

        def select() -> None:
            assert bare.execute(query, key).fetchone()

        ours, theirs = _in_turns(RECOGNISED, recognise, select)
    floor = f"the registry {ours * 1e6:.0f} us; a bare select of the session {theirs * 1e6:.0f} us"
    return Figure("access", f"recognising a session, {name}", ours / theirs, "times bare select", floor=floor)


def _signing_in(name: str, registry: Registry, password: str) -> Figure:
    """Sign in as the page does, and let argon2id alone check the same password."""
    passwords, settings = Passwords(registry.settings), registry.settings
    hasher = PasswordHasher(settings.argon2_passes, settings.argon2_memory_kib, parallelism=1)
    hashed = hasher.hash(password)

    def sign_in() -> None:
        with registry.work(SYSTEM) as work:
            sessions.take_try(work, LOGIN, ADDRESS)
            account = users.find_account(work.connection, LOGIN)
        assert account is not None
        assert passwords.fits(account.password_hash, password)
        with registry.work(Actor("staff", account.id, "staff", "password", None)) as work:
            sessions.sign_in(work, account, Arrival())

    ours, theirs = _in_turns(SIGN_INS, sign_in, lambda: hasher.verify(hashed, password))
    floor = f"the registry {ours * 1e3:.1f} ms; argon2id alone {theirs * 1e3:.1f} ms, the same parameters"
    unit = "times bare argon2id"
    return Figure("access", f"a sign-in, {name}", ours / theirs, unit, floor=floor)


def _in_turns(times: int, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Give the median seconds of either; the first tenth warms up."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for kept, act in zip(took, (ours, theirs), strict=True):
            begun = time.perf_counter()
            act()
            kept.append(time.perf_counter() - begun)
    first, second = (statistics.median(one[times // 10 :]) for one in took)
    return first, second
