"""The signer's own copies: each made at once when he asks for it, and there to be fetched again."""

from uuid import UUID

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.pages.sitting import opened_desk
from registry.consents.usecases.receipt_letters import COPY_PATH
from registry.errors import N_, ForbiddenError
from registry.people.models.places import get_school
from registry.proofs.errands import SEAL
from registry.proofs.pages.room import blueprint, handed_out, listed
from registry.proofs.usecases.copies import Document, fetch_own, own_document, own_documents
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import allowed
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

AGAIN = "2"
"""Seconds after which the page of a document under way looks again; without script, by the browser itself."""
_ACT = COPY_PATH % "<uuid:act_id>"


@blueprint.get("/decide/copies")
@allowed(Action.DECIDE)
def own_copies() -> ResponseReturnValue:
    """List the signer's documents."""
    with begin_reading() as reading:
        desk = opened_desk(reading)
        sitting = desk.sitting
        found = own_documents(reading, sitting.school_id, sitting.programme, desk.signer.id)
        zone = get_school(reading.connection, sitting.school_id).timezone
    rows = [listed(one, zone, url_for("proofs.copy", act_id=one.act.id)) for one in found]
    for row, one in zip(rows, found, strict=True):
        row["address"] = url_for("proofs.copy", act_id=one.act.id)
    return page("proofs/copies.html", documents=rows, back=url_for("consents.desk"))


@blueprint.get(_ACT)
@allowed(Action.DECIDE)
def copy(act_id: UUID) -> ResponseReturnValue:
    """Show the document of an act: ready, being made, or still to be asked for."""
    with begin_reading() as reading:
        opened_desk(reading)
        document = _own(reading, act_id)
        zone = get_school(reading.connection, document.act.school_id).timezone
    asked = "asked" in request.args
    shown = listed(document, zone, url_for("proofs.fetch", act_id=act_id)) | {
        "id": act_id,
        "under_way": document.sealed is None and asked,
        "wanted": document.sealed is None and not asked,
    }
    back = url_for("consents.decided", act_id=act_id)
    answer = make_response(page("proofs/copy.html", document=shown, back=back))
    if shown["under_way"]:
        answer.headers["Refresh"] = AGAIN
    return answer


@blueprint.post(_ACT)
@allowed(Action.DECIDE)
@once
def ask_copy(act_id: UUID) -> ResponseReturnValue:
    """Have the document made at once."""
    with begin_work() as work:
        opened_desk(work)
        document = _own(work, act_id)
        if document.sealed is None:
            work.at_once(SEAL, school_id=str(document.act.school_id), act_id=str(act_id))
    return redirect(url_for("proofs.copy", act_id=act_id, asked="yes"), 303)


@blueprint.get(f"{_ACT}.pdf")
@allowed(Action.DECIDE)
def fetch(act_id: UUID) -> Response:
    """Hand the signer his copy."""
    with begin_work() as work:
        opened_desk(work)
        document = _own(work, act_id)
        data = fetch_own(work, document)
    return handed_out(data, document)


def _own(work: Work, act_id: UUID) -> Document:
    session = signed_in().session
    if session.person_id is None or session.school_id is None:
        raise ForbiddenError(N_("Эта страница открывается по личной ссылке из письма школы."))
    return own_document(work, session.school_id, act_id, session.person_id)
