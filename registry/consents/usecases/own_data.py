"""A signer fills in his own data and those of the children whom he represents, and vouches for contacts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from registry.consents.rules.capacity import age_of
from registry.consents.usecases.sitting import Desk
from registry.errors import N_, InvalidError, NotFoundError
from registry.people.contacts import ContactKind, contact_key
from registry.people.models.persons import Confirmed, Contact, Person, get_person
from registry.people.models.writing import taken
from registry.people.usecases.authority import state_authority
from registry.people.usecases.contacts import confirm_contacts
from registry.people.usecases.corrections import correct_own_fields, read_field
from registry.programmes.facts import missing_parts
from registry.programmes.rules import ADULT_FROM
from registry.work import Work

PART_WORDS = {
    "number": N_("Допишите серию и номер документа."),
    "issued_on": N_("Допишите дату выдачи документа, например 01.02.2015."),
    "issuer": N_("Допишите, кем выдан документ."),
}
AUTHORITY = "authority_"
CANNOT_CLEAR = N_("Это поле уже заполнено: исправьте его, но не оставляйте пустым.")


@dataclass(frozen=True, slots=True)
class Told:
    """What a signer says of one person.

    Attributes:
        values: texts by field of the person's card, as typed.
        authority: text of the document of authority by student, for the signer himself.
        vouches: whether he states that the contacts are right and belong to the person.
    """

    values: Mapping[str, str]
    authority: Mapping[UUID, str] = field(default_factory=dict)
    vouches: bool = False


def people_of(work: Work, desk: Desk) -> dict[UUID, Person]:
    """Name those whose data the signer may fill in: himself, then his children until they are adults."""
    programme = desk.programme
    found = {desk.signer.id: desk.signer}
    for family in desk.families:
        age = age_of(programme, family.student.birth_date, work.today)
        if age is None or age < ADULT_FROM:
            found.setdefault(family.student.id, family.student)
    return found


def person_of(work: Work, desk: Desk, person_id: UUID) -> Person:
    """Find a person whose data the signer may fill in.

    Raises:
        NotFoundError: it is neither himself nor a child of his.
    """
    found = people_of(work, desk).get(person_id)
    if found is None:
        raise NotFoundError(N_("Такого человека в вашем списке нет."))
    return found


def save_own_data(work: Work, desk: Desk, person_id: UUID, told: Told) -> dict[str, InvalidError]:
    """Write what a signer says of himself or of his child; give what is wrong, by field.

    When anything is wrong with a text nothing is written; a value that belongs to somebody else is noted
    for the coordinator and left out, and the rest is written.

    Raises:
        NotFoundError: this person's data are not his to fill in.
    """
    person = person_of(work, desk, person_id)
    wrong = what_is_wrong(work, person, told)
    if wrong:
        return wrong
    school_id = desk.sitting.school_id
    after, refused = _write(work, school_id, person, told.values)
    for student_id, text in told.authority.items():
        state_authority(work, school_id, (student_id, desk.signer.id), text)
    if told.vouches:
        _vouch(work, after, refused)
    return refused


def _vouch(work: Work, person: Person, refused: Collection[str]) -> None:
    """Confirm the contacts as they are now, but none that the person claimed in vain."""
    phone = None if ContactKind.PHONE in refused else person.phone
    email = None if ContactKind.EMAIL in refused else person.email
    confirm_contacts(work, replace(person, phone=phone, email=email), Confirmed.STATEMENT)


def what_is_wrong(work: Work, person: Person, told: Told) -> dict[str, InvalidError]:
    """Hold each text against its field's rule; give what does not fit, by field."""
    found: dict[str, InvalidError] = {}
    for name, text in told.values.items():
        error = _of_field(work, person, name, text)
        if error:
            found[name] = error
    for student_id, text in told.authority.items():
        error = _of_document(text)
        if error:
            found[authority_field(student_id)] = error
    return found


def authority_field(student_id: UUID) -> str:
    """Name the form's field for the document of authority over one student."""
    return f"{AUTHORITY}{student_id.hex}"


def _of_field(work: Work, person: Person, name: str, text: str) -> InvalidError | None:
    if not text.strip():
        kept = getattr(person, name) is not None and name != "middle_name"
        return InvalidError(CANNOT_CLEAR) if kept else None
    try:
        read_field(name, text, work.today)
    except InvalidError as error:
        return error
    return _of_document(text) if name == "identity_document" else None


def _of_document(text: str) -> InvalidError | None:
    lacking = missing_parts(text) if text.strip() else ()
    return InvalidError(PART_WORDS[lacking[0]]) if lacking else None


def _write(
    work: Work, school_id: UUID, person: Person, values: Mapping[str, str]
) -> tuple[Person, dict[str, InvalidError]]:
    """Write what is new; give the person as he is by now, and what was somebody else's."""
    new = {name: text for name, text in values.items() if not _says_nothing_new(work, person, name, text)}
    done = correct_own_fields(work, school_id, person.id, new)
    refused = {one.field: InvalidError(taken().text, code="taken") for one in done if one.collision}
    return get_person(work.connection, work.vault, person.id), refused


def _says_nothing_new(work: Work, person: Person, name: str, text: str) -> bool:
    """Tell whether a text is what the card holds already: most of a form is."""
    held = getattr(person, name)
    if held is None or not text.strip():
        return held is None and not text.strip()
    value = read_field(name, text, work.today)
    if isinstance(held, Contact):
        return contact_key(held.kind, held.value) == contact_key(held.kind, str(value))
    return bool(held == value)
