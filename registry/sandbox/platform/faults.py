"""What a switch does to requests about messages, and the doors where it is turned."""

from collections.abc import Callable, Iterator
from itertools import repeat
from socket import SHUT_RDWR
from uuid import uuid4

from flask import Flask, Response, abort, g, jsonify, redirect, request

from registry.errors import N_, InvalidError
from registry.sandbox.platform.intake import Intake, envelope_of
from registry.sandbox.platform.store import Envelope
from registry.sandbox.platform.switches import Fault, Switch, Switches, read_switch

_LONGEST_HANG_S = 600
_PIECE = b" " * 65_536
_JSON = "application/json"


def add_faults(app: Flask, intake: Intake) -> Switches:
    """Let the app's doors for messages misbehave as the switches say, and add the doors to turn them."""
    switches = Switches()

    @app.before_request
    def before() -> Response | None:
        g.switch = switches.take() if request.path.startswith("/messages") else None
        return None if g.switch is None else _before(g.switch)

    @app.after_request
    def after(response: Response) -> Response:
        switch: Switch | None = g.get("switch")
        spoil = None if switch is None else _SPOILED.get(switch.fault)
        return response if spoil is None else spoil(response, intake)

    _add_doors(app, switches)
    return switches


def _add_doors(app: Flask, switches: Switches) -> None:
    @app.get("/switches")
    def state() -> Response:
        return jsonify(on=None if switches.on is None else switches.on.as_json())

    @app.put("/switches")
    def turn() -> Response:
        switches.turn(read_switch(request.get_json()))
        return state()

    @app.delete("/switches")
    def reset() -> Response:
        switches.turn(None)
        return state()

    @app.post("/switches")
    def turn_on_page() -> Response:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            abort(403, N_("Переключатели меняют на странице самой платформы."))
        switches.turn(_of_form() if request.form.get("fault") else None)
        return redirect("/", 303)  # type: ignore[return-value]  # the library's response is the parent class


def _of_form() -> Switch:
    times, wait = (request.form.get(name, "").strip() for name in ("times", "wait"))
    try:
        numbers = {name: int(value) if value else None for name, value in (("times", times), ("wait", wait))}
    except ValueError:
        raise InvalidError(N_("Число запросов и секунды пишут цифрами.")) from None
    return read_switch({"fault": request.form["fault"], **numbers})


def _before(switch: Switch) -> Response | None:
    """Answer without looking at the request, or let it wait."""
    match switch.fault:
        case Fault.FAIL_BEFORE:
            return _failed()
        case Fault.BUSY:
            said = Response('{"error":"busy"}', 429, content_type=_JSON)
            said.headers["Retry-After"] = str(switch.wait)
            return said
        case Fault.REDIRECT:
            return Response("", 307, {"Location": switch.elsewhere})
        case Fault.HANG:
            switch.off.wait(_LONGEST_HANG_S)
    return None


def _failed() -> Response:
    return Response('{"error":"internal"}', 500, content_type=_JSON)


def _dropped(response: Response, _intake: Intake) -> Response:
    request.environ["werkzeug.socket"].shutdown(SHUT_RDWR)
    return response


def _endless(_response: Response, _intake: Intake) -> Response:
    return Response(repeat(_PIECE), content_type=_JSON)


def _truncated(response: Response, _intake: Intake) -> Response:
    line, body = request.environ["werkzeug.socket"], response.get_data()

    def half() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        line.shutdown(SHUT_RDWR)

    return Response(half(), 200, {"Content-Length": str(len(body))}, content_type=_JSON)


def _nonsense(_response: Response, _intake: Intake) -> Response:
    return Response(f'{{"acknowledgement":"{uuid4()}","signature":"да"}}', content_type=_JSON)


def _foreign(_response: Response, intake: Intake) -> Response:
    other = Envelope(uuid4(), uuid4(), b"another message")
    return Response(envelope_of(intake.sign_answer(other)), content_type=_JSON)


_SPOILED: dict[Fault, Callable[[Response, Intake], Response]] = {
    Fault.DROP: _dropped,
    Fault.FAIL_AFTER: lambda _response, _intake: _failed(),
    Fault.ENDLESS: _endless,
    Fault.TRUNCATED: _truncated,
    Fault.NONSENSE: _nonsense,
    Fault.FOREIGN: _foreign,
}
"""How the answer to a request that was carried out is spoiled."""
