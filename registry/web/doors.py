"""What every route says of itself (who may call it, how large a request) and the gate that holds it to it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, current_app, g, request

from registry.access.patience import TOKEN_SEEN_EVERY, stepped_up, worth_noting
from registry.access.rules import OPEN_TO_SIGNED_IN, Action, Right, Role, rights_for
from registry.access.usecases import api_tokens, sessions
from registry.errors import N_, ForbiddenError, NotFoundError, NotSignedInError, PurposeError, StepUpError
from registry.web.cookies import sent_token
from registry.web.csrf import check_forgery
from registry.web.current import (
    ANYBODY,
    Lacking,
    current_registry,
    open_ahead,
    purpose,
    read_ahead,
    signed_in,
)
from registry.work import Work

View = TypeVar("View", bound=Callable[..., Any])

DOOR: Final = "registry_door"
SMALL_REQUEST: Final = 1024 * 1024
READS: Final = frozenset({"GET", "HEAD"})


class Shows(StrEnum):
    """How much of persons a route shows to staff; each look is an entry in the trail."""

    SOME = "some"
    NAMES = "names"
    PERSONS = "persons"


@dataclass(frozen=True, slots=True)
class Door:
    """What a route says of itself.

    Attributes:
        action: what it lets one do.
        machine: whether it is for machines that prove themselves in the request: no cookie, no session.
        bearer: whether it is for machines with a token of their owner: no cookie either, but his rights.
        fresh: whether the password must have been given again within the last minutes.
        most_bytes: the largest request that it takes.
        shows: what of persons it shows to staff, if anything: an auditor states his purpose before.
        one_work: the lock of the asking person's school that the route shares, where who asks is looked up in
            the unit of work that the route goes on with.
    """

    action: Action
    machine: bool = False
    bearer: bool = False
    fresh: bool = False
    most_bytes: int = SMALL_REQUEST
    one_work: str | None = None
    shows: Shows | None = None


def allowed(action: Action) -> Callable[[View], View]:
    """Say who may call a route of people: those whose rights have the action somewhere.

    Whether he may do it with the object at hand is asked by `registry.web.current.require`.
    """
    return _marking(lambda _: Door(action))


def machine(action: Action) -> Callable[[View], View]:
    """Say that a route is for machines, which prove themselves in the request: cookies are not looked at."""
    return _marking(lambda _: Door(action, machine=True))


def bearer(action: Action) -> Callable[[View], View]:
    """Say who may call a route of the API: who has a token for the action, and the right to it today.

    The token comes in the header ``Authorization: Bearer``; cookies are not looked at, so that no other site
    can have a browser call it.
    """
    return _marking(lambda _: Door(action, bearer=True))


def fresh_sign_in(view: View) -> View:
    """Demand, above `allowed`, that the password was given again within the last five minutes."""
    return _marking(lambda door: replace(door, fresh=True))(view)


def takes_up_to(most_bytes: int) -> Callable[[View], View]:
    """Let, above `allowed`, a route take larger requests than a form: an upload."""
    return _marking(lambda door: replace(door, most_bytes=most_bytes))


def shows_some_names(view: View) -> View:
    """Say, above `allowed`, that a route shows names among other things, to those of staff who may see them.

    The route records a look where it showed one.
    """
    return _marking(lambda door: replace(door, shows=Shows.SOME))(view)


def shows_names(view: View) -> View:
    """Say, above `allowed`, that a route shows staff a list of names; the route records the look at it."""
    return _marking(lambda door: replace(door, shows=Shows.NAMES))(view)


def shows_persons(view: View) -> View:
    """Say, above `allowed`, that a route shows staff more of a person than his name, and records that."""
    return _marking(lambda door: replace(door, shows=Shows.PERSONS))(view)


def in_one_work(lock: str) -> Callable[[View], View]:
    """Let, above `allowed`, a route be one transaction, the look-up of who asks included.

    For short routes that many call at once: a connection and three round trips less. SQLite has no round
    trips but one writer, so that there the look-up comes before the writer's turn, as on any other route.

    Args:
        lock: of the asking person's school, which the route shares as soon as he is known.
    """
    return _marking(lambda door: replace(door, one_work=lock))


def _marking(change: Callable[[Any], Door]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, DOOR, change(getattr(view, DOOR, None)))
        return view

    return mark


def doors(app: Flask) -> Iterator[tuple[str, Door | None]]:
    """Walk the URL map: each endpoint and what it says of itself, if anything."""
    for endpoint in {rule.endpoint for rule in app.url_map.iter_rules()}:
        yield endpoint, getattr(app.view_functions[endpoint], DOOR, None)


def check_doors(app: Flask) -> None:
    """Refuse to start with a route that does not say who may call it."""
    silent = sorted(endpoint for endpoint, door in doors(app) if door is None)
    if silent:
        message = f"routes that do not say who may call them: {', '.join(silent)}"
        raise RuntimeError(message)


def keep_gate() -> None:
    """Hold the request to what its route says, before the route's function runs."""
    if request.routing_exception is not None or request.endpoint is None:
        return
    door = cast("Door | None", getattr(current_app.view_functions[request.endpoint], DOOR, None))
    if door is None:
        raise ForbiddenError(N_("Эта страница закрыта."))
    if "\0" in request.path:
        # No name has a zero byte in it, and PostgreSQL takes none even to look for one.
        raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа."))
    request.max_content_length = door.most_bytes
    g.action = door.action
    if door.bearer:
        _recognise_token()
        _check_rights(door)
    elif not door.machine:
        _keep_page(door)


def _keep_page(door: Door) -> None:
    ahead = door.one_work if current_registry().engine.dialect.name == "postgresql" else None
    if ahead:
        # Nobody gets a transaction for a forged request.
        check_forgery(request)
    _recognise(ahead)
    _check_rights(door)
    if not ahead:
        check_forgery(request)


def _recognise(ahead: str | None) -> None:
    token = sent_token(request)
    if token is None:
        return
    with nullcontext(open_ahead(ahead)) if ahead else _reading_who_asks() as work:
        found = sessions.recognise(work, token)
        lack = None if found is None else sessions.lacks(work, found)
        g.now = now = work.now
    if found is not None and lack is not None:
        g.lacking = Lacking(found, lack)
    else:
        g.known = found
    if found is not None and worth_noting(found.session.seen_at, now):
        g.unnoted = found.session


def _reading_who_asks() -> AbstractContextManager[Work]:
    """Read who asks; a page goes on with the same reading, all else takes a unit of its own when it is ready.

    What is sent may come slowly, and nothing is kept open over that.
    """
    if request.method in READS:
        return nullcontext(read_ahead())
    return current_registry().reading(ANYBODY)


def _recognise_token() -> None:
    with _reading_who_asks() as work:
        shown = api_tokens.recognise(work, _bearer_token())
        g.now = now = work.now
    if shown is None:
        raise NotSignedInError(
            N_("Нужен действующий токен в заголовке Authorization: Bearer. Он мог истечь или быть отозван."),
            code="token",
        )
    g.known, g.token = shown.known, shown.token
    if shown.token.seen_at is None or now - shown.token.seen_at >= TOKEN_SEEN_EVERY:
        g.unnoted = shown.known.session


def _bearer_token() -> str:
    given = request.authorization
    return given.token or "" if given is not None and given.type == "bearer" else ""


def note_use(response: Response) -> Response:
    """Note that the session was used, unless the request's own unit of work has done so."""
    session = g.pop("unnoted", None)
    if session is not None:
        with current_registry().work(ANYBODY) as work:
            sessions.keep_alive(work, session)
    return response


def _check_rights(door: Door) -> None:
    if door.action is Action.PUBLIC:
        return
    found = signed_in()
    if door.action not in OPEN_TO_SIGNED_IN and not rights_for(found.rights, door.action):
        raise ForbiddenError(N_("Для этого действия у вас нет прав. Обратитесь к администратору школы."))
    if door.fresh and not stepped_up(found.session.stepped_up_at, g.now):
        raise StepUpError(N_("Для этого действия введите пароль ещё раз."))
    if door.shows is not None and _audits(found.rights, door.action) and purpose() is None:
        raise PurposeError(N_("Сначала укажите, для чего вы смотрите персональные данные."))


def _audits(rights: Iterable[Right], action: Action) -> bool:
    """Tell whether somebody is let through here as an auditor, of whatever place."""
    return any(right.role is Role.AUDITOR for right in rights_for(rights, action))
