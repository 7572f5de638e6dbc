"""Handing out what proves a consent: to its signer, and to who audits, with his purpose in the trail."""

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.models.acts import get_act
from registry.consents.models.asking import Consent, get_consent
from registry.consents.pages.room import opened_family
from registry.consents.pages.rows import people_of
from registry.consents.pages.sitting import opened_desk
from registry.documents.marks import readable_code
from registry.errors import N_, NotFoundError
from registry.people.models.families import Family
from registry.people.usecases.looks import What, note_look
from registry.proofs.pages.room import blueprint
from registry.proofs.usecases.bundling import bundle_of
from registry.proofs.usecases.exporting import record_of_consent
from registry.trail.canonical import canonical
from registry.web.current import begin_work, current_registry
from registry.web.doors import allowed, fresh_sign_in, shows_persons
from registry.work import Work

STUDENT = "/consents/schools/<uuid:school_id>/students/<uuid:student_id>"


@blueprint.get("/decide/acts/<uuid:act_id>/bundle.zip")
@allowed(Action.DECIDE)
def fetch_own_bundle(act_id: UUID) -> ResponseReturnValue:
    """Hand the signer everything that proves his consent."""
    with begin_work() as work:
        desk = opened_desk(work)
        act = get_act(work.connection, desk.sitting.school_id, act_id)
        if act.signer != desk.signer.id:
            raise _none()
        consent = get_consent(work.connection, act.school_id, act.consent_id)
        data = bundle_of(work, current_registry().trail, consent)
    return _saved(data, "application/zip", f"consent-{readable_code(act_id)}.zip")


@blueprint.get(f"{STUDENT}/acts/<uuid:act_id>/bundle.zip")
@shows_persons
@fresh_sign_in
@allowed(Action.TRAIL_READ)
def fetch_bundle(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Hand out everything that proves a consent; whoever signed it finds in the trail that it was taken."""
    with begin_work() as work:
        consent, _ = _opened(work, school_id, student_id, act_id)
        data = bundle_of(work, current_registry().trail, consent)
    return _saved(data, "application/zip", f"consent-{readable_code(act_id)}.zip")


@blueprint.get(f"{STUDENT}/acts/<uuid:act_id>/record.jsonld")
@shows_persons
@fresh_sign_in
@allowed(Action.TRAIL_READ)
def fetch_record(school_id: UUID, student_id: UUID, act_id: UUID) -> ResponseReturnValue:
    """Hand out the record of a consent in the structure of ISO/IEC TS 27560, the others' acts in it too."""
    with begin_work() as work:
        consent, _ = _opened(work, school_id, student_id, act_id)
        data = canonical(record_of_consent(work, consent, together=True))
    return _saved(data, "application/ld+json", f"consent-{readable_code(act_id)}.jsonld")


def _opened(work: Work, school_id: UUID, student_id: UUID, act_id: UUID) -> tuple[Consent, Family]:
    """Find the consent of an act of a family which who asks may see, and note that he looked."""
    _, family = opened_family(work, Action.CONSENT_READ, school_id, student_id)
    opened_family(work, Action.TRAIL_READ, school_id, student_id)
    act, people = get_act(work.connection, school_id, act_id), people_of(family)
    if not {act.signer, act.about} <= people.keys():
        raise _none()
    shown = dict.fromkeys((act.signer, act.about))
    note_look(work, school_id, [people[one] for one in shown], What.PROOF)
    return get_consent(work.connection, school_id, act.consent_id), family


def _saved(data: bytes, media_type: str, name: str) -> Response:
    answer = Response(data, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _none() -> NotFoundError:
    return NotFoundError(N_("Такой записи нет."))
