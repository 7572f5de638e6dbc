"""The code of a sitting that a login by ESIA opened: asked for before the first signature."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.forms import Typed, read_form
from registry.consents.pages.link import CHOOSE, refusal_of, ways_shown
from registry.consents.pages.room import blueprint
from registry.consents.pages.sitting import opened_desk
from registry.consents.rules.visits import Entered
from registry.consents.schemas import CodeForm
from registry.consents.usecases import sitting_code
from registry.consents.usecases.sitting import Desk
from registry.consents.usecases.visiting import Guess
from registry.people.contacts import ContactKind
from registry.web.current import begin_apart, begin_reading, begin_work
from registry.web.doors import allowed
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.links import local_path
from registry.web.templating import page

DESK = "/decide"


def code_page_for(desk: Desk) -> ResponseReturnValue | None:
    """Lead to the code where a sitting has none yet; nowhere else."""
    if desk.sitting.code_id is not None:
        return None
    target = request.full_path.rstrip("?")
    return redirect(url_for("consents.signing_code", next=target), 303)


@blueprint.get("/decide/code")
@allowed(Action.DECIDE)
def signing_code() -> ResponseReturnValue:
    """Say why a code is needed and where it can be sent; or ask for the one that was sent."""
    return _page(Typed(), {})


def _page(typed: Typed, errors: dict[str, str], *, spent: bool = False) -> str:
    with begin_reading() as reading:
        signature = sitting_code.signature_of(opened_desk(reading))
    contacts = ways_shown(signature.ways)
    chosen = request.values.get("channel", "")
    return page(
        "consents/signing_code.html",
        contacts=contacts,
        sent=chosen if chosen in contacts else "",
        target=_target(),
        typed=typed,
        errors=errors,
        spent=spent,
        back=url_for("consents.desk"),
    )


def _target() -> str:
    return local_path(request.values.get("next"), DESK)


@blueprint.post("/decide/code/start")
@allowed(Action.DECIDE)
@once
def send_signing_code() -> ResponseReturnValue:
    """Send a code to one of the signer's contacts."""
    with begin_work() as work:
        desk = opened_desk(work)
        ways = [way.kind.value for way in sitting_code.signature_of(desk).ways]
        asked = request.form.get("channel", "") or (ways[0] if len(ways) == 1 else "")
        if asked in ways:
            sitting_code.send(work, desk, ContactKind(asked), language())
    if asked not in ways:
        return _page(Typed(), {"channel": gettext(CHOOSE)}), 422
    return redirect(url_for("consents.signing_code", channel=asked, next=_target()), 303)


@blueprint.post("/decide/code")
@allowed(Action.DECIDE)
@once
def enter_signing_code() -> ResponseReturnValue:
    """Take the code; the right one lets the documents of this sitting be signed."""
    filled = read_form(CodeForm())
    if filled.errors:
        return _page(filled.typed, filled.errors), 422
    with begin_reading() as reading:
        desk = opened_desk(reading)
    with begin_apart() as apart:
        guess = sitting_code.guess(apart, desk, filled.values["code"])
    if guess.code is None:
        return _refused(guess, filled.typed)
    with begin_work() as work:
        accepted = sitting_code.accept(work, desk, guess.code)
    return redirect(_target(), 303) if accepted else _refused(Guess(Entered.SPENT), Typed())


def _refused(guess: Guess, typed: Typed) -> ResponseReturnValue:
    spent = guess.result is not Entered.WRONG
    return _page(Typed() if spent else typed, {"code": refusal_of(guess)}, spent=spent), 422
