"""Pages of conflicts between guardians: the director records a document that says whose act stands."""

from uuid import UUID

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.decisions import Decided, decision_of
from registry.consents.pages.forms import Typed, errors_of, read_form
from registry.consents.pages.room import asked_participation, blueprint, class_address, opened_family
from registry.consents.pages.words import CONFLICT_DOCUMENTS, STANDINGS
from registry.consents.rules.acts import standing_of
from registry.consents.schemas import ConflictForm
from registry.consents.usecases.correcting import ConflictDocument, Settlement, record_conflict_document
from registry.errors import InvalidError
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import Participation
from registry.programmes.rules import NoticeKind
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, shows_persons
from registry.web.idempotency import once
from registry.web.templating import page

_CONFLICT = "/consents/schools/<uuid:school_id>/students/<uuid:student_id>/conflict"


@blueprint.get(_CONFLICT)
@shows_persons
@allowed(Action.SUBMISSION_SIGN_OFF)
def show_conflict(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Show who decided what, and ask for the document."""
    with begin_reading() as reading:
        opened_family(reading, Action.SUBMISSION_SIGN_OFF, school_id, student_id)
        part = asked_participation(reading, school_id)
        decided = decision_of(reading, school_id, part.programme.id, student_id)
    saw_persons(school_id, [decided.family.student], What.CONFLICT)
    return _form(part, decided, Typed(), {})


@blueprint.post(_CONFLICT)
@allowed(Action.SUBMISSION_SIGN_OFF)
@once
def record_conflict(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Record the document; the school itself does not judge."""
    filled = read_form(ConflictForm())
    with begin_work() as work:
        _, family = opened_family(work, Action.SUBMISSION_SIGN_OFF, school_id, student_id)
        part = asked_participation(work, school_id)
        decided = decision_of(work, school_id, part.programme.id, student_id)
        if filled.errors:
            return _form(part, decided, filled.typed, filled.errors), 422
        said = Settlement(
            school_id=school_id,
            programme_id=part.programme.id,
            student_id=student_id,
            stands_id=filled.values["stands"],
            kind=ConflictDocument(filled.values["document"]),
            dated=filled.values["on_day"],
            place=filled.values["place"],
        )
        try:
            record_conflict_document(work, said)
        except InvalidError as refused:
            errors = {
                "on_day" if name == "dated" else name: text
                for name, text in errors_of(refused, "place").items()
            }
            return _form(part, decided, filled.typed, errors), 422
    address = class_address(family, part, "conflict")
    return redirect(address, 303)


def _form(part: Participation, decided: Decided, typed: Typed, errors: dict[str, str]) -> str:
    family = decided.family
    acts = sorted(decided.acts.values(), key=lambda one: (one.on_day, one.recorded_at, one.id))
    standings = {
        str(tie.person.id): f"{tie.person.full_name}: "
        + gettext(STANDINGS[standing_of(acts, NoticeKind.STUDENT_BY_GUARDIAN, tie.person.id)])
        for tie in family.guardians
    }
    return page(
        "consents/conflict.html",
        programme=part.programme.id,
        student=family.student.full_name,
        standings=standings,
        documents={kind.value: gettext(words) for kind, words in CONFLICT_DOCUMENTS.items()},
        typed=typed,
        errors=errors,
        back=class_address(family, part),
    )
