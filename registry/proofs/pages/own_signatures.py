"""The signer's own card of a decision: the files of his signatures, and another one to them."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models.acts import ActRow
from registry.consents.models.signatures import signatures_of_act
from registry.consents.pages.sitting import opened_desk
from registry.consents.rules.titles import NOTICES
from registry.errors import RegistryError
from registry.proofs.pages.room import blueprint, decision_in_words
from registry.proofs.pages.signatures import MOST_SENT, NO_FILE, handed_out, listed_signature, sent_file
from registry.proofs.usecases.attaching import attach, candidates_of, examine
from registry.proofs.usecases.attaching import fetch_signature as fetch_file
from registry.proofs.usecases.copies import own_document
from registry.web.current import begin_reading, begin_work, current_registry
from registry.web.doors import allowed, takes_up_to
from registry.web.errors import status_of, told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

_SIGNATURES = "/decide/acts/<uuid:act_id>/signatures"


@blueprint.get(_SIGNATURES)
@allowed(Action.DECIDE)
def own_signatures(act_id: UUID) -> ResponseReturnValue:
    """Show the files of the signer's own act, and ask for another one."""
    return _page(act_id, {})


@blueprint.post(_SIGNATURES)
@takes_up_to(MOST_SENT)
@allowed(Action.DECIDE)
@once
def attach_own_signature(act_id: UUID) -> ResponseReturnValue:
    """Attach a file to the signer's own act."""
    data = sent_file()
    if not data:
        return _page(act_id, {"signature": gettext(NO_FILE)}), 422
    try:
        with begin_reading() as reading:
            candidates = candidates_of(reading, _own(reading, act_id))
        examined = examine(current_registry().settings, data, candidates)
        with begin_work() as work:
            attach(work, _own(work, act_id), examined)
    except RegistryError as refused:
        return _page(act_id, {"signature": told(refused)}), status_of(refused)
    return redirect(url_for("proofs.own_signatures", act_id=act_id, done="yes"), 303)


@blueprint.get(f"{_SIGNATURES}/<uuid:signature_id>")
@allowed(Action.DECIDE)
def fetch_own_signature(act_id: UUID, signature_id: UUID) -> ResponseReturnValue:
    """Hand the signer a file of his own act."""
    with begin_work() as work:
        data = fetch_file(work, _own(work, act_id), signature_id)
    return handed_out(data, signature_id)


def _own(work: Work, act_id: UUID) -> ActRow:
    """Read an act of the signer whose session this is.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    desk = opened_desk(work)
    return own_document(work, desk.sitting.school_id, act_id, desk.signer.id).act


def _page(act_id: UUID, errors: dict[str, str]) -> str:
    with begin_reading() as reading:
        act = _own(reading, act_id)
        found = signatures_of_act(reading.connection, reading.vault, act.school_id, act.id)
    return page(
        "proofs/own_signatures.html",
        title=gettext(NOTICES[act.notice]),
        decision=decision_in_words(act.notice, act.kind),
        on_day=act.on_day,
        files=[
            listed_signature(
                one, url_for("proofs.fetch_own_signature", act_id=act.id, signature_id=one.kept.id)
            )
            for one in found
        ],
        errors=errors,
        done="done" in request.args,
        back=url_for("consents.decided", act_id=act.id),
    )
