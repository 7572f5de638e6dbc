"""Documents of a family for staff who may see its consents: a list, and each one to be saved."""

from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.models.acts import get_act
from registry.consents.pages.room import asked_participation, class_address, opened_family
from registry.consents.pages.rows import people_of
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.proofs.pages.room import blueprint, handed_out, listed
from registry.proofs.usecases.copies import Document, documents_of, fetch_for_staff
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in, shows_persons
from registry.web.templating import page

_STUDENT = "/consents/schools/<uuid:school_id>/students/<uuid:student_id>"


@blueprint.get(f"{_STUDENT}/documents")
@shows_persons
@allowed(Action.CONSENT_READ)
def documents(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """List what was decided about a student, each decision with its document."""
    with begin_reading() as reading:
        school, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        part = asked_participation(reading, school_id)
        people = people_of(family)
        found = documents_of(reading, school_id, part.programme.id, people)
    saw_persons(school_id, [family.student], What.PAPER)
    rows = [
        listed(one, school.timezone, _address(school_id, student_id, one))
        | {"signer": people[one.act.signer].full_name}
        for one in found
    ]
    back = class_address(family, part)
    return page("proofs/documents.html", student=family.student.full_name, documents=rows, back=back)


@blueprint.get(f"{_STUDENT}/acts/<uuid:act_id>/document.pdf")
@shows_persons
@fresh_sign_in
@allowed(Action.CONSENT_READ)
def fetch_document(school_id: UUID, student_id: UUID, act_id: UUID) -> Response:
    """Hand out the document of a decision; whoever decided finds in the trail that it was fetched."""
    with begin_work() as work:
        _, family = opened_family(work, Action.CONSENT_READ, school_id, student_id)
        data = fetch_for_staff(work, school_id, people_of(family), act_id)
        document = Document(get_act(work.connection, school_id, act_id), None)
    return handed_out(data, document)


def _address(school_id: UUID, student_id: UUID, document: Document) -> str:
    return url_for(
        "proofs.fetch_document", school_id=school_id, student_id=student_id, act_id=document.act.id
    )
