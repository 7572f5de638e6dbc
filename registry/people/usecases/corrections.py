"""Correcting one field of a person: by staff, or by the person (or the guardian of a child) himself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from registry.errors import N_, InvalidError, NotFoundError, TooManyError
from registry.people import contacts, dates, identifiers, names
from registry.people.contacts import ContactKind
from registry.people.models import finding, writing
from registry.people.models.accounts import note_sources
from registry.people.models.enrolled import belongs_to_school
from registry.people.models.persons import Person, Source, get_person
from registry.people.usecases.contacts import ContactChange, set_contact, take_contact_away
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

_LONGEST_TEXT = 500
_MOST_COLLISIONS = 20
_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction did.

    Attributes:
        person: as he is now.
        field: which field it was.
        changed: whether anything is another than before.
        contact: what became of the contact, where the field was one; higher rooms void links by it.
        collision: id of the claim, when the value is somebody else's; then nothing was changed. The words for
            who asked are `writing.taken()`, the same whoever the other is; they are raised after the commit.
    """

    person: Person
    field: str
    changed: bool
    contact: ContactChange | None = None
    collision: UUID | None = None


def correct_field(work: Work, school_id: UUID, person_id: UUID, field: str, typed: str) -> Correction:
    """Correct a field of a person of one's own school, as a member of staff; an empty text takes it away.

    Raises:
        NotFoundError: he is no person of this school.
        InvalidError: the value is refused by its rule, or there is no such field.
        TooManyError: too many values of other people were tried today.
    """
    if not belongs_to_school(work.connection, school_id, person_id, work.today):
        raise NotFoundError(N_("Такого человека в школе нет."))
    return _correct(work, Claim(school_id, person_id, Source.STAFF), {field: typed})[0]


def correct_own_fields(
    work: Work, school_id: UUID, person_id: UUID, typed: Mapping[str, str]
) -> list[Correction]:
    """Correct fields of oneself or of one's child; the door has checked that it is one's own.

    It is one change of the card and one entry in the trail; contacts have entries of their own.

    Raises:
        InvalidError: a value is refused by its rule, or there is no such field.
        TooManyError: too many values of other people were tried today.
    """
    return _correct(work, Claim(school_id, person_id, Source.TYPED), typed)


def correct_from_esia(work: Work, school_id: UUID, person_id: UUID, said: Mapping[str, str]) -> Correction:
    """Write one field as ESIA has it, because somebody chose it over what stood there.

    Raises:
        InvalidError: the value is refused by its rule, or there is no such field.
        TooManyError: too many values of other people were tried today.
    """
    return _correct(work, Claim(school_id, person_id, Source.ESIA), said)[0]


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish to write values for a person."""

    school_id: UUID
    person_id: UUID
    source: Source


def _correct(work: Work, claim: Claim, typed: Mapping[str, str]) -> list[Correction]:
    """Write what may be written; the corrections come in the order of `typed`."""
    said = {name: read_field(name, text, work.today) for name, text in typed.items()}
    person = get_person(work.connection, work.vault, claim.person_id)
    taken = {name: _collision(work, claim, name, value) for name, value in said.items()}
    free = {name: value for name, value in said.items() if taken[name] is None}
    changed = {
        name: value
        for name, value in free.items()
        if name not in set(ContactKind) and getattr(person, name) != value
    }
    if changed:
        person = _change(work, claim, person, changed)
    done: list[Correction] = []
    for name, value in said.items():
        if name in free and name in set(ContactKind):
            done.append(_correct_contact(work, claim, person, (ContactKind(name), value)))
            person = done[-1].person
        else:
            done.append(Correction(person, name, changed=name in changed, collision=taken[name]))
    return done


def _change(work: Work, claim: Claim, person: Person, values: Mapping[str, object]) -> Person:
    after = writing.change_person(work.connection, work.vault, person, values)
    note_sources(work.connection, person.id, values, (claim.source, work.now))
    record_change(work, claim.school_id, person, values)
    return after


def _collision(work: Work, claim: Claim, field: str, value: object) -> UUID | None:
    """Note that a value is somebody else's; give the id of the note."""
    holder = _holder(work, field, value)
    if holder is None or holder == claim.person_id:
        return None
    return _collide(work, claim, field, holder)


def _correct_contact(
    work: Work, claim: Claim, person: Person, what: tuple[ContactKind, object]
) -> Correction:
    kind, value = what
    if value is None:
        change = take_contact_away(work, person, kind, claim.source)
    else:
        change = set_contact(work, person, kind, str(value), claim.source)
    after = get_person(work.connection, work.vault, person.id)
    return Correction(after, kind, changed=change is not None, contact=change)


def record_change(work: Work, school_id: UUID | None, before: Person, values: Mapping[str, object]) -> None:
    """Write into the trail which fields of a person changed, and to what; the values can be erased."""
    said = {name: _plain(value) for name, value in values.items()}
    about = ObjectRef("person", before.id, before.version + 1)
    state = {"fields": sorted(values)}
    work.record(Entry(EntryType.PERSON_CHANGED, about, state, school_id, (Slot(before.id, said),)))


def _plain(value: object) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)


def _holder(work: Work, field: str, value: object) -> UUID | None:
    if value is None:
        return None
    if field == "snils":
        return finding.find_by_snils(work.connection, work.vault, [str(value)]).get(str(value))
    if field in set(ContactKind):
        kind = ContactKind(field)
        wanted = (kind, contacts.contact_key(kind, str(value)))
        return finding.find_holders(work.connection, work.vault, [wanted]).get(wanted)
    return None


def _collide(work: Work, claim: Claim, field: str, holder: UUID) -> UUID:
    """Write the claim down, as a task for the coordinator; stop who tries many values."""
    met = finding.count_collisions(work.connection, work.actor.id, work.now - _WITHIN)
    if met >= _MOST_COLLISIONS:
        raise TooManyError(
            N_("Слишком много попыток записать чужие значения. Продолжите завтра или позвоните в школу.")
        )
    collision_id = work.new_id()
    row = {
        "id": collision_id,
        "school_id": claim.school_id,
        "field": field,
        "holder_id": holder,
        "claimant_id": claim.person_id,
        "claimed_by": work.actor.id,
        "claimed_at": work.now,
    }
    finding.add_collisions(work.connection, [row])
    about = ObjectRef("collision", collision_id, 1)
    work.record(Entry(EntryType.IDENTIFIER_COLLIDED, about, {"field": field}, claim.school_id))
    return collision_id


def read_field(field: str, typed: str, on: date) -> object:
    """Read a value for a field by the field's rule; None for an empty text.

    Raises:
        InvalidError: refused, with `fields` naming the field.
    """
    reader = _READERS.get(field)
    if reader is None:
        raise InvalidError(N_("Такого поля нет."), code="no-field")
    if not typed.strip():
        if field in {"last_name", "first_name"}:
            raise InvalidError(
                N_("Фамилия и имя не могут быть пустыми."), fields={field: N_("Заполните поле.")}
            )
        return None
    try:
        return reader(typed, on)
    except InvalidError as error:
        words = error.text % error.values if error.values else error.text
        raise InvalidError(error.text, code=error.slug, fields={field: words}, **error.values) from error


def _name(typed: str, _on: date) -> str | None:
    return None if names.means_none(typed) else names.parse_name(typed).value


def _birth_date(typed: str, on: date) -> date:
    born = dates.parse_date(typed)
    dates.check_birth_date(born, on)
    return born


def _text(typed: str, _on: date) -> str:
    text = names.squeeze(typed)
    if len(text) > _LONGEST_TEXT:
        raise InvalidError(
            N_("Слишком длинный текст: не больше %(limit)s знаков."), code="text-long", limit=_LONGEST_TEXT
        )
    return text


_READERS: dict[str, Callable[[str, date], object]] = {
    "last_name": lambda typed, _: names.parse_name(typed).value,
    "first_name": lambda typed, _: names.parse_name(typed).value,
    "middle_name": _name,
    "birth_date": _birth_date,
    "snils": lambda typed, _: identifiers.parse_snils(typed),
    "phone": lambda typed, _: contacts.parse_phone(typed),
    "email": lambda typed, _: contacts.parse_email(typed),
    "address": _text,
    "identity_document": _text,
}
FIELDS = tuple(_READERS)
