"""Forms of the signer's own data and of his children's: what is there, and what is missing."""

from collections.abc import Mapping
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.forms import Filled, Typed, errors_of, read_form
from registry.consents.pages.room import blueprint
from registry.consents.pages.sitting import opened_desk
from registry.consents.schemas import PersonForm
from registry.consents.usecases.own_data import (
    Told,
    authority_field,
    person_of,
    save_own_data,
    what_is_wrong,
)
from registry.consents.usecases.sitting import Desk
from registry.errors import InvalidError
from registry.people.identifiers import format_snils
from registry.people.models.families import Guardian
from registry.people.models.persons import Person
from registry.people.relations import LABELS
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work


@blueprint.get("/decide/people/<uuid:person_id>")
@allowed(Action.DECIDE)
def show_person(person_id: UUID) -> ResponseReturnValue:
    """Show what is known of a person, in fields that can be filled in."""
    with begin_reading() as reading:
        desk = opened_desk(reading)
        person = person_of(reading, desk, person_id)
    return _form(desk, person, typed_of(desk, person), {})


@blueprint.post("/decide/people/<uuid:person_id>")
@allowed(Action.DECIDE)
def save_person(person_id: UUID) -> ResponseReturnValue:
    """Write what the signer filled in; what is wrong with it is told before anything is locked."""
    filled = read_form(PersonForm())
    with begin_reading() as reading:
        desk = opened_desk(reading)
        person = person_of(reading, desk, person_id)
        told = told_of(desk, person, filled)
        errors = dict(filled.errors) | _said_wrong(reading, person, told) | _unvouched(person, filled)
    if errors:
        return _form(desk, person, filled.typed, errors), 422
    return _save(desk=desk, person=person, filled=filled, told=told)


@once
def _save(desk: Desk, person: Person, filled: Filled, told: Told) -> ResponseReturnValue:
    with begin_work() as work:
        errors = _words_of(save_own_data(work, desk, person.id, told))
    if errors:
        return _form(desk, person, filled.typed, errors), 422
    return redirect(url_for("consents.onward"), 303)


def told_of(desk: Desk, person: Person, filled: Filled) -> Told:
    """Take what was typed as what the signer says; what stands as it was shown says nothing."""
    shown = typed_of(desk, person)
    texts = dict(filled.typed) | {"birth_date": _joined(filled.typed)}
    kept = dict(shown) | {"birth_date": _joined(shown)}
    values = {name: texts[name] for name in PersonForm.FIELDS if texts.get(name, "") != kept.get(name, "")}
    authority = {
        student: filled.typed[authority_field(student)]
        for student in ties_of(desk, person)
        if filled.typed[authority_field(student)] != shown[authority_field(student)]
    }
    return Told(values, authority, vouches=filled.typed["contacts_true"] == "yes")


def _joined(typed: Typed) -> str:
    parts = [typed[f"birth_date_{part}"].strip() for part in ("day", "month", "year")]
    return ".".join(parts) if any(parts) else ""


def ties_of(desk: Desk, person: Person) -> dict[UUID, Guardian]:
    """Find the signer's ties to his children, by student; none on a child's own form."""
    if person.id != desk.signer.id:
        return {}
    return {
        family.student.id: tie
        for family in desk.families
        for tie in family.guardians
        if tie.person.id == person.id
    }


def typed_of(desk: Desk, person: Person) -> Typed:
    """Write a card into the fields of its form."""
    born = person.birth_date
    typed = Typed(
        last_name=person.last_name,
        first_name=person.first_name,
        middle_name=person.middle_name or "",
        birth_date_day=f"{born.day:02d}" if born else "",
        birth_date_month=f"{born.month:02d}" if born else "",
        birth_date_year=str(born.year) if born else "",
        snils=format_snils(person.snils) if person.snils else "",
        phone=person.phone.value if person.phone else "",
        email=person.email.value if person.email else "",
        address=person.address or "",
        identity_document=person.identity_document or "",
    )
    for student, tie in ties_of(desk, person).items():
        typed[authority_field(student)] = tie.authority_document or ""
    return typed


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


def _form(desk: Desk, person: Person, typed: Typed, errors: Mapping[str, str]) -> str:
    own = person.id == desk.signer.id
    students = {family.student.id: family.student.full_name for family in desk.families}
    form = {
        "person_id": person.id,
        "own": own,
        "title": gettext("Мои данные") if own else gettext("Данные ребёнка"),
        "full_name": person.full_name,
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
    if own:
        return {
            "document_label": gettext("Документ, удостоверяющий личность"),
            "document_hint": gettext("Паспорт: серия и номер, дата выдачи, кем выдан"),
            "phone_hint": gettext("На него приходят коды. У каждого человека свой номер"),
            "email_hint": gettext("У каждого человека свой адрес"),
            "statement": gettext("Телефон и почта верны, действуют и принадлежат мне"),
        }
    return {
        "document_label": gettext("Документ ребёнка"),
        "document_hint": gettext(
            "Свидетельство о рождении или паспорт: серия и номер, дата выдачи, кем выдан"
        ),
        "phone_hint": gettext("Свой номер ребёнка, не ваш: у каждого человека он должен быть свой"),
        "email_hint": gettext("Свой адрес ребёнка, не ваш. Нет адреса – его можно завести бесплатно"),
        "statement": gettext("Телефон и почта ребёнка верны, действуют и принадлежат ему"),
    }
