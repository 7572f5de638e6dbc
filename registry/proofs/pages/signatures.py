"""Files of signatures: attached to a recorded act by who records papers, shown, and handed out."""

from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.models.acts import ActRow
from registry.consents.models.signatures import KeptSignature, OpenedSignature, signatures_of_act
from registry.consents.pages.room import opened_family
from registry.consents.pages.rows import people_of
from registry.consents.rules.titles import NOTICES
from registry.consents.told.lines import told_lines
from registry.consents.told.signatures import signature_lines
from registry.documents.cms.looking import MOST_BYTES
from registry.errors import N_, RegistryError
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What, note_look
from registry.proofs.pages.bundles import STUDENT
from registry.proofs.pages.room import blueprint, decision_in_words, recorded
from registry.proofs.usecases.attaching import (
    attach,
    candidates_of,
    examine,
    signed_act,
)
from registry.proofs.usecases.attaching import fetch_signature as fetch_file
from registry.web.current import begin_reading, begin_work, current_registry
from registry.web.doors import allowed, fresh_sign_in, shows_persons, takes_up_to
from registry.web.errors import status_of, told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

MEDIA_TYPE: Final = "application/pkcs7-signature"
MOST_SENT: Final = MOST_BYTES + 64 * 1024
"""A file, and room for the form that it comes with."""
NO_FILE: Final = N_("Выберите файл подписи.")
_SIGNATURES: Final = f"{STUDENT}/acts/<uuid:act_id>/signatures"


@dataclass(frozen=True, slots=True)
class Ids:
    """Where an act stands in an address."""

    school_id: UUID
    student_id: UUID
    act_id: UUID


@blueprint.get(_SIGNATURES)
@shows_persons
@allowed(Action.PAPER_RECORD)
def show_signatures(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Show the files of an act, and ask for another one."""
    return _page(Ids(school_id, student_id, act_id), {})


@blueprint.post(_SIGNATURES)
@takes_up_to(MOST_SENT)
@allowed(Action.PAPER_RECORD)
@once
def attach_signature(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Attach a file to an act."""
    ids = Ids(school_id, student_id, act_id)
    data = sent_file()
    if not data:
        return _page(ids, {"signature": gettext(NO_FILE)}), 422
    try:
        attach_for_staff(ids, data)
    except RegistryError as refused:
        return _page(ids, {"signature": told(refused)}), status_of(refused)
    address = url_for(
        "proofs.show_signatures", school_id=school_id, student_id=student_id, act_id=act_id, done="yes"
    )
    return redirect(address, 303)


@blueprint.get(f"{_SIGNATURES}/<uuid:signature_id>")
@shows_persons
@fresh_sign_in
@allowed(Action.CONSENT_READ)
def fetch_signature(signature_id: UUID, **ids: UUID) -> ResponseReturnValue:
    """Hand out a file of a signature; whoever decided finds in the trail that it was fetched."""
    with begin_work() as work:
        family, act = _opened(work, Action.CONSENT_READ, Ids(**ids))
        data = fetch_file(work, act, signature_id)
        note_look(work, family.school_id, _shown(family, act), What.PROOF)
    return handed_out(data, signature_id)


def attach_for_staff(ids: Ids, data: bytes) -> KeptSignature:
    """Attach a file on behalf of staff: what is read of it and judged takes its time between two units.

    Raises:
        NotFoundError: there is no such act, or who asks may not.
        InvalidError, TooLargeError, ConflictError, GoneError: the file is not taken.
    """
    with begin_reading() as reading:
        _, act = _opened(reading, Action.PAPER_RECORD, ids)
        candidates = candidates_of(reading, act)
    examined = examine(current_registry().settings, data, candidates)
    with begin_work() as work:
        _, act = _opened(work, Action.PAPER_RECORD, ids)
        return attach(work, act, examined)


def sent_file() -> bytes:
    """Give the bytes of the file that a form brought; none where it brought none."""
    sent = request.files.get("signature")
    if sent is None:
        return b""
    with sent.stream as stream:
        return bytes(stream.read())


def handed_out(data: bytes, signature_id: UUID) -> Response:
    """Hand a file of a signature out, to be saved under a name of ours."""
    answer = Response(data, content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="signature-{signature_id.hex[-6:]}.p7s"'
    return answer


def listed_signature(one: OpenedSignature, address: str) -> dict[str, Any]:
    """Describe a file in lines; `address` is where it is fetched."""
    lines, lacking = recorded(told_lines(signature_lines(one, gettext), gettext))
    return {
        "lines": lines,
        "lacking": lacking,
        "address": address if one.kept.signature_file else "",
    }


def _opened(work: Work, action: Action, ids: Ids) -> tuple[Family, ActRow]:
    """Read an act of a family about which who asks may do this, and whose act it is."""
    _, family = opened_family(work, action, ids.school_id, ids.student_id)
    return family, signed_act(work, ids.school_id, ids.act_id, people_of(family).keys())


def _shown(family: Family, act: ActRow) -> list[Person]:
    people = people_of(family)
    return [people[one] for one in dict.fromkeys((act.signer, act.about))]


def _page(ids: Ids, errors: dict[str, str]) -> str:
    with begin_reading() as reading:
        family, act = _opened(reading, Action.PAPER_RECORD, ids)
        found = signatures_of_act(reading.connection, reading.vault, ids.school_id, act.id)
    saw_persons(ids.school_id, _shown(family, act), What.PROOF)
    return page(
        "proofs/signatures.html",
        signer=people_of(family)[act.signer].full_name,
        title=gettext(NOTICES[act.notice]),
        decision=decision_in_words(act.notice, act.kind),
        on_day=act.on_day,
        files=[
            listed_signature(one, url_for("proofs.fetch_signature", **asdict(ids), signature_id=one.kept.id))
            for one in found
        ],
        errors=errors,
        done="done" in request.args,
        back=url_for(
            "consents.show_acts",
            school_id=ids.school_id,
            student_id=ids.student_id,
            programme=act.programme,
        ),
    )
