"""What every route says of itself (who may call it, how large a request) and the gate that holds it to it."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, current_app, g, request

from registry.access.patience import stepped_up, worth_noting
from registry.access.rules import OPEN_TO_SIGNED_IN, Action, rights_for
from registry.access.usecases import sessions
from registry.errors import N_, ForbiddenError, StepUpError
from registry.web.cookies import sent_token
from registry.web.csrf import check_forgery
from registry.web.current import ANYBODY, Lacking, current_registry, open_ahead, signed_in

View = TypeVar("View", bound=Callable[..., Any])

DOOR: Final = "registry_door"
SMALL_REQUEST: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Door:
    """What a route says of itself.

    Attributes:
        action: what it lets one do.
        machine: whether it is for machines that prove themselves in the request: no cookie, no session.
        fresh: whether the password must have been given again within the last minutes.
        most_bytes: the largest request that it takes.
        one_work: whether who asks is looked up in the unit of work that the route goes on with.
    """

    action: Action
    machine: bool = False
    fresh: bool = False
    most_bytes: int = SMALL_REQUEST
    one_work: bool = False


def allowed(action: Action) -> Callable[[View], View]:
    """Say who may call a route of people: those whose rights have the action somewhere.

    Whether he may do it with the object at hand is asked by `registry.web.current.require`.
    """
    return _marking(lambda _: Door(action))


def machine(action: Action) -> Callable[[View], View]:
    """Say that a route is for machines, which prove themselves in the request: cookies are not looked at."""
    return _marking(lambda _: Door(action, machine=True))


def fresh_sign_in(view: View) -> View:
    """Demand, above `allowed`, that the password was given again within the last five minutes."""
    return _marking(lambda door: replace(door, fresh=True))(view)


def takes_up_to(most_bytes: int) -> Callable[[View], View]:
    """Let, above `allowed`, a route take larger requests than a form: an upload."""
    return _marking(lambda door: replace(door, most_bytes=most_bytes))


def in_one_work(view: View) -> View:
    """Let, above `allowed`, a route be one transaction, the look-up of who asks included.

    For short routes that many call at once: a connection and two round trips less. SQLite has no round trips
    but one writer, so that there the look-up comes before the writer's turn, as on any other route.
    """
    return _marking(lambda door: replace(door, one_work=True))(view)


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
    request.max_content_length = door.most_bytes
    g.action = door.action
    if door.machine:
        return
    ahead = door.one_work and current_registry().engine.dialect.name == "postgresql"
    if ahead:
        # Nobody gets a transaction for a forged request.
        check_forgery(request)
    _recognise(ahead=ahead)
    _check_rights(door)
    if not ahead:
        check_forgery(request)


def _recognise(*, ahead: bool) -> None:
    token = sent_token(request)
    if token is None:
        return
    with nullcontext(open_ahead()) if ahead else current_registry().reading(ANYBODY) as work:
        found = sessions.recognise(work, token)
        lack = None if found is None else sessions.lacks(work, found)
        g.now = now = work.now
    if found is not None and lack is not None:
        g.lacking = Lacking(found, lack)
    else:
        g.known = found
    if found is not None and worth_noting(found.session.seen_at, now):
        g.unnoted = found.session


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
