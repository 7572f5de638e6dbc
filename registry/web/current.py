"""What belongs to the request under way: the registry, its id, who asks, and the unit of work."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID, uuid4

from flask import current_app, g

from registry.access.demands import Lack
from registry.access.models.sessions import Known
from registry.access.purposes import stands_at
from registry.access.reaching import reach_of_rights
from registry.access.rules import Action, Place, Right, Role, may, rights_for
from registry.access.usecases import sessions
from registry.errors import N_, NotFoundError, NotSignedInError
from registry.storage.reach import AT_THE_DOOR, Reach
from registry.trail.entries import Actor
from registry.trail.purposes import Purpose
from registry.web.ahead import Opened, drop, put_ahead
from registry.work import Registry, Work

EXTENSION = "registry"
ANYBODY = Actor(kind="system", id=None, role="visitor", auth="none", school=None)
"""Who acts while nobody is signed in."""


def current_registry() -> Registry:
    """Give the registry that this application serves."""
    return cast("Registry", current_app.extensions[EXTENSION])


def request_id() -> str:
    """Give this request's id: in its log line, in the trail, and on the page of a failure."""
    made = g.get("request_id")
    if made is None:
        made = g.request_id = uuid4().hex
    return cast("str", made)


def known() -> Known | None:
    """Give the session of who asks, or none."""
    return cast("Known | None", g.get("known"))


@dataclass(frozen=True, slots=True)
class Lacking:
    """Who gave his password and still lacks something before any page opens to him, and what."""

    known: Known
    lack: Lack


def lacking() -> Lacking | None:
    """Give who still lacks the second factor, or none; to all other pages he is nobody."""
    return cast("Lacking | None", g.get("lacking"))


def request_time() -> datetime:
    """Give the time at which who asks was looked up."""
    return cast("datetime", g.now)


def signed_in() -> Known:
    """Give the session of who asks.

    Raises:
        NotSignedInError: nobody is signed in.
    """
    found = known()
    if found is None:
        raise NotSignedInError(
            N_("Войдите, чтобы продолжить. Родителям и ученикам: откройте свою ссылку и введите код.")
        )
    return found


def rights() -> tuple[Right, ...]:
    """Give the rights of who asks; empty when nobody is signed in."""
    found = known()
    return () if found is None else found.rights


def actor() -> Actor:
    """Name who acts, in the capacity that lets him through this door."""
    found = known()
    if found is None:
        return ANYBODY
    session = found.session
    if session.role is not None:
        kind: Literal["guardian", "student"] = "guardian" if session.role is Role.GUARDIAN else "student"
        return Actor(kind, session.person_id, session.role, session.auth, session.school_id)
    fitting = rights_for(found.rights, g.get("action", Action.SIGNED_IN)) or found.rights
    right = fitting[0] if fitting else None
    return Actor(
        "staff",
        session.user_id,
        "staff" if right is None else right.role,
        session.auth,
        None if right is None else right.school_id,
        purpose(),
    )


def own_reach() -> Reach:
    """Say whose rows the request may touch: the places of all rights of who asks."""
    return AT_THE_DOOR if known() is None else reach_of_rights(rights())


def purpose() -> Purpose | None:
    """Give the purpose for which who asks reads personal data: the one that stands, if any."""
    found = known()
    if found is None or not stands_at(found.session.purpose_at, g.now):
        return None
    return found.session.purpose


def can(action: Action, place: Place | None = None) -> bool:
    """Say whether who asks may do this: in that place, or anywhere when no place is given."""
    return may(rights(), action, place) if place is not None else bool(rights_for(rights(), action))


def require(action: Action, place: Place) -> None:
    """Let through only who may do this with an object that stands there.

    Raises:
        NotFoundError: he may not; it reads the same as if there were no such object.
    """
    if not may(rights(), action, place):
        raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа."))


def schools(action: Action) -> frozenset[UUID]:
    """Name the schools where who asks may do this by a role of a school or of its classes."""
    return frozenset(right.school_id for right in rights_for(rights(), action) if right.school_id)


def open_ahead(lock: str) -> Work:
    """Open this request's unit of work before its route runs; the route's `begin_work` takes it over.

    Args:
        lock: of the school of who asks: shared when the route takes over.
    """
    return put_ahead("opened", current_registry().work(ANYBODY, request_id()), lock)


def read_ahead() -> Work:
    """Begin this request's reading before its route runs; its first `begin_reading` goes on with it."""
    return put_ahead("read_ahead", current_registry().reading(ANYBODY))


@contextmanager
def _unit() -> Iterator[Work]:
    opened: Opened | None = g.pop("opened", None)
    if opened is None:
        with current_registry().work(actor(), request_id(), sees=own_reach()) as work:
            yield work
        return
    opened.work.actor = actor()
    school = opened.work.actor.school
    with opened.end:
        opened.work.see(own_reach(), (opened.lock, school) if school else None)
        yield opened.work


@contextmanager
def held_open() -> Iterator[None]:
    """Keep the unit of work that is opened in this block open until its end, so that all is one commit."""
    with ExitStack() as held:
        g.held = held
        try:
            yield
        finally:
            g.pop("held", None)


@contextmanager
def begin_work() -> Iterator[Work]:
    """Open this request's unit of work, or join the one that is open."""
    joined: Work | None = g.get("work")
    if joined is not None:
        yield joined
        return
    held: ExitStack | None = g.get("held")
    if held is not None:
        yield held.enter_context(_own_unit())
        return
    with _own_unit() as work:
        yield work


@contextmanager
def begin_apart() -> Iterator[Work]:
    """Open a unit of work that is committed at the end of the block, whatever becomes of the request."""
    _leave_reading()
    with current_registry().work(actor(), request_id()) as work:
        yield work


def _leave_reading() -> None:
    """Let what is read from now on be read anew: SQLite's readings do not see what is written meanwhile."""
    drop("read_ahead")
    g.pop("reading", None)


@contextmanager
def _own_unit() -> Iterator[Work]:
    _leave_reading()
    with _unit() as work:
        g.work = work
        try:
            yield work
        finally:
            g.pop("work", None)
        if "unnoted" in g:
            # In the same commit, which costs more than the statement.
            sessions.keep_alive(work, g.unnoted)
    g.pop("unnoted", None)


@contextmanager
def begin_reading() -> Iterator[Work]:
    """Open a unit that only reads, join what is open, or go on with that in which who asks was read."""
    joined: Work | None = g.get("work") or g.get("reading")
    if joined is not None:
        yield joined
        return
    with _reading() as work:
        g.reading = work
        try:
            yield work
        finally:
            g.pop("reading", None)


@contextmanager
def _reading() -> Iterator[Work]:
    ahead: Opened | None = g.pop("read_ahead", None)
    if ahead is None:
        with current_registry().reading(actor(), sees=own_reach()) as work:
            yield work
        return
    ahead.work.actor = actor()
    with ahead.end:
        ahead.work.see(own_reach())
        yield ahead.work
