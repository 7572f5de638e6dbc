"""Forms of the signer's own data and of his children's: what is there, and what is missing."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.cards import changed_meanwhile, seen_of, ties_of, told_of, typed_of
from registry.consents.pages.desk import lacking_words
from registry.consents.pages.forms import Filled, Typed, errors_of, read_form
from registry.consents.pages.own_account import differing_rows
from registry.consents.pages.room import blueprint
from registry.consents.pages.sitting import opened_desk
from registry.consents.pages.words import FIELDS
from registry.consents.schemas import PersonForm
from registry.consents.usecases.own_data import (
    Told,
    authority_field,
    person_of,
    save_own_data,
    what_is_wrong,
)
from registry.consents.usecases.sitting import Desk
from registry.errors import N_, ConflictError, InvalidError
from registry.people.models.persons import Person
from registry.people.relations import LABELS
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

LOOK_UP = N_("Свои данные видны на gosuslugi.ru в разделе «Контактная информация»")


@blueprint.get("/decide/people/<uuid:person_id>")
@allowed(Action.DECIDE)
def show_person(person_id: UUID) -> ResponseReturnValue:
    """Show what is known of a person, in fields that can be filled in."""
    with begin_reading() as reading:
        desk = opened_desk(reading)
        person = person_of(reading, desk, person_id)
        lacking = lacking_words(desk, person_id) if request.args.get("saved") == "part" else ""
        return _form(desk, person, typed_of(desk, person), {}, lacking)


@blueprint.post("/decide/people/<uuid:person_id>")
@allowed(Action.DECIDE)
def save_person(person_id: UUID) -> ResponseReturnValue:
    """Write what the signer filled in; what is wrong with it is told before anything is locked."""
    filled = read_form(PersonForm())
    with begin_reading() as reading:
        desk = opened_desk(reading)
        person = person_of(reading, desk, person_id)
        changed = changed_meanwhile(desk, person, filled.typed)
        told = told_of(desk, person, filled)
        errors = dict(filled.errors) | _said_wrong(reading, person, told) | _unvouched(person, filled)
    if changed:
        return _form(desk, person, filled.typed, changed), HTTPStatus.CONFLICT
    if errors:
        return _form(desk, person, filled.typed, errors), 422
    try:
        return _save(desk=desk, person=person, filled=filled, told=told)
    except ConflictError:
        return _save_again(person_id, filled)


@once
def _save(desk: Desk, person: Person, filled: Filled, told: Told) -> ResponseReturnValue:
    with begin_work() as work:
        errors = _words_of(save_own_data(work, desk, person.id, told))
        if errors:
            # What was right is written: the form goes on from the card as it is by now.
            desk = opened_desk(work)
            person = person_of(work, desk, person.id)
    if errors:
        return _form(desk, person, filled.typed, errors), 422
    return redirect(url_for("consents.onward", after=person.id), 303)


def _save_again(person_id: UUID, filled: Filled) -> ResponseReturnValue:
    """Show what somebody else wrote between our look at the card and our writing; nothing was written.

    Where he wrote the same, or what the form does not show, nothing stands against writing it now.
    """
    with begin_reading() as reading:
        desk = opened_desk(reading)
        person = person_of(reading, desk, person_id)
        changed = changed_meanwhile(desk, person, filled.typed)
        told = told_of(desk, person, filled)
    if changed:
        return _form(desk, person, filled.typed, changed), HTTPStatus.CONFLICT
    return _save(desk=desk, person=person, filled=filled, told=told)


def _unvouched(person: Person, filled: Filled) -> dict[str, str]:
    """Ask for the statement while a contact is not confirmed, or is another one now."""
    if filled.typed["contacts_true"] == "yes":
        return {}
    held = {"phone": person.phone, "email": person.email}
    still = [
        name
        for name, one in held.items()
        if filled.typed[name].strip()
        and (one is None or one.confirmed_at is None or one.value != filled.typed[name])
    ]
    words = gettext("Подтвердите, что телефон и почта верны, действуют и принадлежат этому человеку.")
    return {"contacts_true": words} if still else {}


def _said_wrong(work: Work, person: Person, told: Told) -> dict[str, str]:
    return _words_of(what_is_wrong(work, person, told))


def _words_of(refused: Mapping[str, InvalidError]) -> dict[str, str]:
    return {name: next(iter(errors_of(error, name).values())) for name, error in refused.items()}


def _form(desk: Desk, person: Person, typed: Typed, errors: Mapping[str, str], lacking: str = "") -> str:
    own = person.id == desk.signer.id
    with begin_reading() as reading:
        differing = differing_rows(reading, person)
    students = {family.student.id: family.student.full_name for family in desk.families}
    form = {
        "person_id": person.id,
        "own": own,
        "title": gettext("Мои данные") if own else gettext("Данные ребёнка"),
        "full_name": person.full_name,
        "seen": seen_of(typed_of(desk, person)),
        "lacking": lacking,
        "differs": differing,
        "field_words": FIELDS,
        "ties": [
            {
                "field": authority_field(student),
                "student": students[student],
                "relation": LABELS[tie.relation],
            }
            for student, tie in ties_of(desk, person).items()
        ],
        **_words(own=own),
    }
    return page("consents/person.html", form=form, typed=typed, errors=errors, back=url_for("consents.desk"))


def _words(*, own: bool) -> dict[str, str]:
    where = gettext(LOOK_UP)
    if own:
        return {
            "document_label": gettext("Документ, удостоверяющий личность"),
            "document_hint": gettext("Паспорт: серия и номер, дата выдачи, кем выдан"),
            "phone_hint": gettext(
                "На него приходят коды. У каждого человека свой номер. %(where)s", where=where
            ),
            "email_hint": gettext("У каждого человека свой адрес. %(where)s", where=where),
            "statement": gettext("Телефон и почта верны, действуют и принадлежат мне"),
        }
    return {
        "document_label": gettext("Документ ребёнка"),
        "document_hint": gettext(
            "Свидетельство о рождении или паспорт: серия и номер, дата выдачи, кем выдан"
        ),
        "phone_hint": gettext(
            "Свой номер ребёнка, не ваш: у каждого человека он должен быть свой. %(where)s", where=where
        ),
        "email_hint": gettext("Свой адрес ребёнка, не ваш. Нет адреса – его можно завести бесплатно"),
        "statement": gettext("Телефон и почта ребёнка верны, действуют и принадлежат ему"),
    }
