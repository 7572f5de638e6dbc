"""The list of keys, one key, and what is handed over of it: the public part and the statement."""

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action, Place
from registry.errors import N_, NotFoundError
from registry.keys import models
from registry.keys.listing import NOTES, OPERATOR_NAME, Listed, listed
from registry.keys.pages.changing import changes_of
from registry.keys.pages.room import (
    STATES,
    blueprint,
    fingerprint_in_fours,
    looked_up_key,
    manageable,
    readable,
)
from registry.keys.rules import ENDED, Kind
from registry.web.current import begin_reading, can
from registry.web.doors import allowed
from registry.web.templating import page
from registry.work import Work

KINDS = {
    Kind.OPERATOR: N_("Ключ оператора: подписывает за школы, у которых нет своего"),
    Kind.SCHOOL: N_("Ключ школы: подписывает её сообщения"),
    Kind.PLATFORM: N_("Ключ платформы: ему шифруют, его подпись стоит под подтверждениями"),
}


@blueprint.get("/keys")
@allowed(Action.KEY_READ)
def overview() -> ResponseReturnValue:
    """List the keys, with warnings above them."""
    with begin_reading() as work:
        found = [_shown(work, one) for one in listed(work) if readable(work, one.key)]
    return page(
        "keys/overview.html",
        keys=found,
        warned=[one for one in found if one["warning"] is not None],
        may_order=can(Action.KEY_MANAGE),
        may_pin=can(Action.KEY_MANAGE, Place()),
    )


@blueprint.get("/keys/<uuid:key_id>")
@allowed(Action.KEY_READ)
def show(key_id: UUID) -> ResponseReturnValue:
    """Show one key."""
    with begin_reading() as work:
        key = looked_up_key(work, key_id)
        shown = _shown(work, next(one for one in listed(work) if one.key.id == key.id))
        before = models.get(work.connection, key.follows).fingerprint if key.follows else None
    return page("keys/key.html", key=key, shown=shown, before=before and fingerprint_in_fours(before))


@blueprint.get("/keys/<uuid:key_id>/public.asc")
@allowed(Action.KEY_READ)
def public_part(key_id: UUID) -> ResponseReturnValue:
    """Hand the public part over; of a revoked key the one that says so."""
    with begin_reading() as work:
        key = looked_up_key(work, key_id)
    return _download(key.revoked_key or key.public_key, f"{key.fingerprint}.asc")


@blueprint.get("/keys/<uuid:key_id>/statement.txt")
@allowed(Action.KEY_READ)
def statement(key_id: UUID) -> ResponseReturnValue:
    """Hand the transition statement over: the document, an empty line, the old key's signature."""
    with begin_reading() as work:
        key = looked_up_key(work, key_id)
    said = key.statement
    text = f"{said['document']}\n\n{said['signature']}" if said else None
    return _download(text, f"{key.fingerprint}-statement.txt")


def _download(text: str | None, name: str) -> Response:
    if not text:
        raise NotFoundError(N_("Этого у ключа нет: он ещё не создан или пришёл без прежнего."))
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _shown(work: Work, one: Listed) -> dict[str, object]:
    state, colour = STATES[one.key.state]
    mine = manageable(work, one.key)
    return {
        "id": one.key.id,
        "owner": gettext(OPERATOR_NAME) if one.key.kind is Kind.OPERATOR else one.owner,
        "kind": gettext(KINDS[one.key.kind]),
        "fingerprint": fingerprint_in_fours(one.key.fingerprint),
        "state": gettext(state),
        "colour": colour,
        "until": one.key.valid_until,
        "warning": one.warning,
        "ended": one.warning == ENDED,
        "days": one.days,
        "notes": [_note(code, one) for code in one.codes],
        "changes": changes_of(one.key) if mine else [],
        "asked": one.key.asked.value if mine and one.key.asked else None,
    }


def _note(code: str, one: Listed) -> str:
    return str(gettext(NOTES[code], days=one.days) if code == "soon" else gettext(NOTES[code]))
