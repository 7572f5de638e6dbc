"""A person's card as the fields of a form: written into them, read back, and held against the card of now."""

import hashlib
from uuid import UUID

from flask_babel import gettext

from registry.consents.pages.forms import Filled, Typed
from registry.consents.schemas import PersonForm
from registry.consents.usecases.own_data import AUTHORITY, Told, authority_field
from registry.consents.usecases.sitting import Desk
from registry.errors import N_
from registry.people.identifiers import format_snils
from registry.people.models.families import Guardian
from registry.people.models.persons import Person

CHANGED = N_("Тем временем здесь записали: %(now)s. Оставьте своё или впишите это.")
CLEARED = N_("Тем временем это поле сделали пустым. Оставьте своё или очистите его.")


def told_of(desk: Desk, person: Person, filled: Filled) -> Told:
    """Take what was typed as what the signer says; what stands as it was shown says nothing."""
    shown = typed_of(desk, person)
    texts, kept = _texts_of(filled.typed), _texts_of(shown)
    values = {
        name: texts.get(name, "") for name in PersonForm.FIELDS if texts.get(name, "") != kept.get(name, "")
    }
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


def changed_meanwhile(desk: Desk, person: Person, typed: Typed) -> dict[str, str]:
    """Name the fields where the form and the card differ, when the form was made of another card."""
    now = typed_of(desk, person)
    if typed["seen"] == seen_of(now):
        return {}
    mine, theirs = _texts_of(typed), _texts_of(now)
    return {
        name: gettext(CHANGED, now=text) if text else gettext(CLEARED)
        for name, text in theirs.items()
        if mine.get(name, "") != text
    }


def seen_of(shown: Typed) -> str:
    """Digest what a form showed, so that its answer tells whether the card was changed meanwhile."""
    return hashlib.sha256(repr(sorted(shown.items())).encode()).hexdigest()[:32]


def _texts_of(typed: Typed) -> dict[str, str]:
    """Give a form's texts by field, the birth date in one piece."""
    names = [name for name in typed if name in PersonForm.FIELDS or name.startswith(AUTHORITY)]
    return {name: typed[name] for name in names} | {"birth_date": _joined(typed)}
