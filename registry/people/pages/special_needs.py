"""Pages of special educational needs: the documents on a student's card, a new one, the end of one."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, InvalidError
from registry.people.dates import parse_date
from registry.people.models.special_needs import special_needs_of
from registry.people.pages.guardians import opened_family
from registry.people.pages.looks import saw_persons
from registry.people.pages.room import blueprint
from registry.people.usecases import special_needs
from registry.people.usecases.looks import What
from registry.people.usecases.special_needs import SpecialNeedsSaid
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, shows_persons
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page

_NEEDS = "/<uuid:school_id>/people/<uuid:student_id>/special-needs"


@blueprint.get(_NEEDS)
@shows_persons
@allowed(Action.PERSON_EDIT)
def show_special_needs(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Show the documents, and ask for a new one."""
    return _page((school_id, student_id), {}, {})


@blueprint.post(_NEEDS)
@allowed(Action.PERSON_EDIT)
@once
def add_special_needs(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Note a document."""
    try:
        with begin_work() as work:
            opened_family(work, school_id, student_id)
            special_needs.note_special_needs(work, school_id, student_id, _said(request.form))
    except InvalidError as refused:
        wrong = {name: told(InvalidError(text)) for name, text in refused.fields.items()}
        return _page((school_id, student_id), request.form, wrong or {"document": told(refused)}), 422
    return redirect(url_for("people.show_special_needs", school_id=school_id, student_id=student_id), 303)


@blueprint.post(f"{_NEEDS}/<uuid:document_id>/end")
@allowed(Action.PERSON_EDIT)
@once
def end_special_needs(school_id: UUID, student_id: UUID, document_id: UUID) -> ResponseReturnValue:
    """Let a document end today."""
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        special_needs.end_special_needs(work, school_id, (student_id, document_id), work.today)
    return redirect(url_for("people.show_special_needs", school_id=school_id, student_id=student_id), 303)


def _said(form: Mapping[str, str]) -> SpecialNeedsSaid:
    until = form.get("valid_until", "").strip()
    return SpecialNeedsSaid(
        form.get("document", ""),
        _day(form.get("valid_from", ""), "valid_from"),
        _day(until, "valid_until") if until else None,
    )


def _day(text: str, field: str) -> date:
    try:
        return parse_date(text)
    except InvalidError:
        words = N_("Напишите дату, например 01.09.2020.")
        raise InvalidError(words, fields={field: words}) from None


def _page(ids: tuple[UUID, UUID], typed: Mapping[str, str], errors: dict[str, str]) -> str:
    with begin_reading() as reading:
        family = opened_family(reading, *ids)
        held = special_needs_of(reading.connection, reading.vault, *ids)
        today = reading.today
    saw_persons(ids[0], [family.student], What.CARD)
    return page(
        "people/special_needs.html", family=family, held=held, today=today, typed=typed, errors=errors
    )
