"""The stand's doors: where systems send people, where people log in, tokens, and data of persons."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from registry.errors import N_, InvalidError
from registry.sandbox.esia.checks import RefusedError, check_authorise
from registry.sandbox.esia.exchange import add_exchange
from registry.sandbox.esia.faults import Kind, Place
from registry.sandbox.esia.persons import PASSWORD
from registry.sandbox.esia.stand import CODE_LASTS_S, LOGIN_LASTS_S, Asked, Stand
from registry.sandbox.pages import create_pages

SCOPES = {
    "openid": N_("вход по вашей учётной записи"),
    "fullname": N_("фамилия, имя, отчество"),
    "birthdate": N_("дата рождения"),
    "snils": N_("СНИЛС"),
    "email": N_("электронная почта"),
    "mobile": N_("мобильный телефон"),
    "kid_fullname": N_("имена ваших детей"),
    "kid_birthdate": N_("даты рождения ваших детей"),
    "kid_snils": N_("СНИЛС ваших детей"),
}
MAX_REQUEST = 64 * 1024


def create_esia(stand: Stand) -> Flask:
    """The stand over its memory."""
    app = create_pages("registry.sandbox.esia")
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST
    app.extensions["stand"] = stand
    _add_login(app, stand)
    _add_front(app, stand)
    add_exchange(app, stand)
    return app


def _add_login(app: Flask, stand: Stand) -> None:
    @app.route("/aas/oauth2/v2/ac", methods=["GET", "POST"])
    def authorise() -> ResponseReturnValue:
        return _authorise(stand, request.values.to_dict())

    @app.post("/login")
    def login() -> ResponseReturnValue:
        return _login(stand)

    @app.post("/allow")
    def allow() -> ResponseReturnValue:
        return _allow(stand)


def _authorise(stand: Stand, said: dict[str, str]) -> ResponseReturnValue:
    fault = stand.faults.at(Place.AUTHORISE)
    if fault and fault.kind is Kind.ERROR:
        return _sent_back(stand, said, RefusedError("access_denied", fault.code, "switched on"))
    if fault:
        abort(500)
    try:
        check_authorise(stand, said)
    except RefusedError as refused:
        return _sent_back(stand, said, refused)
    return _login_page(stand, stand.keep(said, None, LOGIN_LASTS_S))


def _login(stand: Stand) -> ResponseReturnValue:
    asked, form = _asked(stand), request.form
    person = next((one for one in stand.persons if one.login == form.get("login", "").strip()), None)
    if person is None or form.get("password") != PASSWORD:
        return _login_page(stand, form["visit"], wrong=True), 422
    stand.take(form["visit"])
    visit = stand.keep(asked.parameters, person.oid, LOGIN_LASTS_S)
    scopes = [SCOPES[one] for one in asked.parameters["scope"].split() if one in SCOPES]
    return _page("esia/allow.html", asked, visit=visit, person=person, scopes=scopes)


def _allow(stand: Stand) -> ResponseReturnValue:
    asked = _asked(stand)
    stand.take(request.form["visit"])
    if asked.oid is None:
        abort(400)
    if request.form.get("decision") != "allow":
        refused = RefusedError("access_denied", "007004", "The resource owner denied the request")
        return _sent_back(stand, asked.parameters, refused)
    code = stand.keep(asked.parameters, asked.oid, CODE_LASTS_S)
    back = urlencode({"code": code, "state": asked.parameters["state"]})
    return redirect(f"{asked.parameters['redirect_uri']}?{back}", 302)


def _asked(stand: Stand) -> Asked:
    found = stand.look(request.form.get("visit", ""))
    if found is None:
        abort(400, N_("Вход начат слишком давно. Начните его снова."))
    return found


def _login_page(stand: Stand, visit: str, *, wrong: bool = False) -> Response:
    asked = stand.look(visit)
    if asked is None:
        abort(400)
    return _page("esia/login.html", asked, visit=visit, persons=stand.persons, password=PASSWORD, wrong=wrong)


def _page(name: str, asked: Asked, **values: object) -> Response:
    """A page whose form may lead back to the system that asked: browsers hold redirects to this rule too."""
    answer = Response(render_template(name, client=asked.parameters["client_id"], **values))
    back = urlsplit(asked.parameters["redirect_uri"])
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
        f"form-action 'self' {back.scheme}://{back.netloc}"
    )
    return answer


def _sent_back(stand: Stand, said: Mapping[str, str], refused: RefusedError) -> ResponseReturnValue:
    """Send the browser back with an error; never to an address that is not registered."""
    client = stand.clients.get(said.get("client_id", ""))
    target = said.get("redirect_uri", "")
    if client is None or target not in client.redirects:
        return jsonify(error=refused.error, error_description=refused.description), 400
    told = {"error": refused.error, "error_description": refused.description}
    return redirect(f"{target}?{urlencode(told | {'state': said.get('state', '')})}", 302)


def _add_front(app: Flask, stand: Stand) -> None:
    @app.get("/")
    def front() -> str:
        return render_template(
            "esia/front.html",
            persons=stand.persons,
            password=PASSWORD,
            clients=stand.clients.values(),
            on=stand.faults.list(),
            places=list(Place),
            kinds=list(Kind),
        )

    @app.post("/switches")
    def switch() -> ResponseReturnValue:
        form = request.form
        wait_s = form.get("wait", 5.0, float)
        stand.faults.switch(form.get("place", ""), form.get("kind", ""), form.get("code", ""), wait_s)
        return redirect("/", 303)

    @app.post("/switches/reset")
    def reset() -> ResponseReturnValue:
        stand.faults.reset()
        return redirect("/", 303)

    @app.get("/health")
    def health() -> Response:
        return jsonify(ready=True)

    @app.errorhandler(InvalidError)
    def refused(error: InvalidError) -> tuple[Response, int]:
        return jsonify(error=error.slug, text=str(error)), 400
