"""Server time of the pages that people use most, over the real server, against an empty page beside them."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from benchmarks.consents import running
from benchmarks.consents.clients import EMPTY, OK, exchange, page_bytes
from benchmarks.consents.seeding import PROGRAMME, Waiting, seed
from benchmarks.figure import Figure
from benchmarks.installing import both_databases, environ_of, install
from registry.access.models.sessions import Holder
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.sessions import open_session
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import load_names
from registry.cli.processes import WEB_PROCESSES
from registry.people.models.tables import enrolments
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import versions
from tests.servers import free_port

STUDENTS = 749
TIMES = 40
WARM = 6
"""Requests that do not count: each process compiles its templates and statements once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page: what it is called here, where it stands, who asks, and what it must hold."""

    name: str
    path: str
    token: str = ""
    holds: str = ""


def figures() -> Iterator[Figure]:
    """Measure on SQLite and on PostgreSQL."""
    with both_databases("pages") as (home, urls):
        for name, (url,) in urls.items():
            environ = environ_of(home / name, url) | {"REGISTRY_PORT": str(free_port())}
            registry = install(environ)
            asked = _furnish(registry)
            registry.engine.dispose()
            with running(environ, WEB_PROCESSES) as server:
                yield from _measured(name, server.port, asked)


def _furnish(registry: Registry) -> list[Asked]:
    """Make a school of a usual size, and sign in a parent, a tutor and a clerk."""
    load_names()
    (parent,) = seed(registry, STUDENTS, ready=1)
    with registry.work(SYSTEM) as work:
        shipped = versions.shipped()
        versions.publish(work, {name: shipped[name] for name in ("submission.toml", "withdrawal.toml")})
        class_id = work.connection.scalars(select(enrolments.c.class_id)).first()
        work.connection.exec_driver_sql("ANALYZE")  # as a running database does by itself within a minute
    assert class_id is not None
    school = parent.school_id
    tutor = _staff(registry, Right(Role.TUTOR, Scope.CLASS, class_id, school))
    clerk = _staff(registry, Right(Role.CLERK, Scope.SCHOOL, school, school))
    return [*_pages_of_parent(parent), *_pages_of_staff(school, class_id, tutor, clerk)]


def _staff(registry: Registry, right: Right) -> str:
    with registry.work(SYSTEM) as work:
        user_id = add_user(work, NewUser(right.role, "Сотрудник", "$argon2id$"))
        give_role(work, user_id, right)
        return open_session(work, Holder("password", user_id=user_id))


def _pages_of_parent(parent: Waiting) -> list[Asked]:
    read = f"/decide/documents/{parent.consent_id}"
    return [
        Asked("the sign-in page", "/sign-in", holds='type="password"'),
        Asked("a parent's desk", "/decide", parent.token, read),
        Asked("a document to read", read, parent.token, "Даёте согласие?"),
    ]


def _pages_of_staff(school: UUID, class_id: UUID, tutor: str, clerk: str) -> list[Asked]:
    readiness = f"/submissions/schools/{school}/{PROGRAMME}"
    return [
        Asked("a tutor's class", f"/consents/classes/{school}/{class_id}", tutor, "Образцова"),
        Asked(f"readiness of {STUDENTS} students", readiness, clerk, str(STUDENTS)),
    ]


def _measured(name: str, port: int, asked: list[Asked]) -> Iterator[Figure]:
    """Ask for every page and for the empty one in turns, so that noise falls on all."""
    every = [Asked("empty", EMPTY), *asked]
    took: dict[str, list[float]] = {one.name: [] for one in every}
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(WARM + TIMES):
            for one in every:
                begun = time.perf_counter()
                body = exchange(line, page_bytes(port, one.path, one.token), OK)
                took[one.name].append((time.perf_counter() - begun) * 1000)
                assert one.holds.encode() in body, f"{one.name} is another page"
    empty = _said(took.pop("empty"))
    for page, each in took.items():
        for share in (0.5, 0.95):
            where = f"{page}, p{share * 100:.0f}, {name}"
            yield Figure("pages", where, _share(each, share), "ms", floor=f"an empty Flask page: {empty}")


def _said(each: list[float]) -> str:
    return f"p50 {_share(each, 0.5):.1f} ms, p95 {_share(each, 0.95):.1f} ms"


def _share(each: list[float], share: float) -> float:
    counted = sorted(each[WARM:])
    return counted[int(len(counted) * share)]
