"""Contacts of one person: setting, taking away, confirming; the old one is kept, to be warned there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from registry.errors import ConflictError
from registry.people.contacts import ContactKind, contact_key
from registry.people.models import writing
from registry.people.models.persons import Confirmed, Contact, Person, Source, get_person
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

CONTACT_CHANGED_JOB = "people.contact_changed"
"""Promised with `past_contact_id`, `person_id` and `by` ("staff" or "self") when a contact is replaced or
taken away. Who keeps it voids the open links of the person when staff did it, and warns the old contact."""

BY_STAFF = frozenset({Source.STAFF, Source.ROSTER})


@dataclass(frozen=True, slots=True)
class ContactChange:
    """What became of a contact; `past_contact_id` is there when an older value was replaced."""

    person_id: UUID
    kind: ContactKind
    contact_id: UUID | None
    past_contact_id: UUID | None
    by_staff: bool


def set_contact(
    work: Work, person: Person, kind: ContactKind, value: str, source: Source
) -> ContactChange | None:
    """Give a person this phone or e-mail address; None when he has it already.

    Raises:
        ConflictError: it is somebody else's, or was changed meanwhile.
    """
    old = person.phone if kind is ContactKind.PHONE else person.email
    if old is not None and contact_key(kind, old.value) == contact_key(kind, value):
        return None
    if old is None:
        return _add(work, person, kind, value, source)
    change = _replaced(work, person, old, source)
    key = work.vault.key_of(work.connection, person.id)
    columns = writing.sealed_contact(work.vault, key, old.id, (kind, value)) | {
        "source": source.value,
        "confirmed_at": None,
        "confirmed_how": None,
        "changed_by_staff_at": work.now if source in BY_STAFF else None,
    }
    writing.change_contact(work.connection, old.id, old.version, columns)
    _record(work, person, old, {"before": old.value, "after": value})
    return change


def restore_contact(work: Work, person: Person, kind: ContactKind, before: Mapping[str, Any] | None) -> None:
    """Give a contact back as it stood before a list changed it, confirmation included; None takes it away.

    Raises:
        ConflictError: it is somebody else's by now, or was changed meanwhile.
    """
    old = person.phone if kind is ContactKind.PHONE else person.email
    if before is None or old is None:
        take_contact_away(work, person, kind, Source.STAFF)
        return
    _replaced(work, person, old, Source.STAFF)
    key, value = work.vault.key_of(work.connection, person.id), str(before["value"])
    columns = writing.sealed_contact(work.vault, key, old.id, (kind, value)) | {
        "source": before["source"],
        "confirmed_at": _moment(before["confirmed_at"]),
        "confirmed_how": before["confirmed_how"],
        "changed_by_staff_at": _moment(before["changed_by_staff_at"]),
    }
    writing.change_contact(work.connection, old.id, old.version, columns)
    about = ObjectRef("contact", old.id, old.version + 1)
    slot = Slot(person.id, {"kind": kind.value, "before": old.value, "after": value})
    state = {"person": str(person.id), "kind": kind.value, "confirmed": before["confirmed_how"]}
    work.record(Entry(EntryType.CONTACT_CHANGED, about, state, work.actor.school, (slot,)))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def take_contact_away(work: Work, person: Person, kind: ContactKind, source: Source) -> ContactChange | None:
    """Take a contact from a person; None when he has none."""
    old = person.phone if kind is ContactKind.PHONE else person.email
    if old is None:
        return None
    change = _replaced(work, person, old, source)
    writing.remove_contact(work.connection, old.id)
    _record(work, person, old, {"before": old.value})
    return change


def confirm_contact(work: Work, person_id: UUID, kind: ContactKind, how: Confirmed) -> Contact | None:
    """Mark a person's contact as confirmed; None when he has none. Confirming twice changes nothing.

    Raises:
        ConflictError: others changed it twice meanwhile; once, as where two of his links are used at the same
            moment, is no matter.
    """
    try:
        return _confirm_now(work, person_id, kind, how)
    except ConflictError:
        return _confirm_now(work, person_id, kind, how)


def _confirm_now(work: Work, person_id: UUID, kind: ContactKind, how: Confirmed) -> Contact | None:
    person = get_person(work.connection, work.vault, person_id)
    return _confirm(work, person, person.phone if kind is ContactKind.PHONE else person.email, how)


def confirm_contacts(work: Work, person: Person, how: Confirmed) -> None:
    """Mark every contact of a person, as just read, as confirmed."""
    for contact in (person.phone, person.email):
        _confirm(work, person, contact, how)


def _confirm(work: Work, person: Person, contact: Contact | None, how: Confirmed) -> Contact | None:
    if contact is None or contact.confirmed_at is not None:
        return contact
    values = {"confirmed_at": work.now, "confirmed_how": how.value}
    writing.change_contact(work.connection, contact.id, contact.version, values)
    about = ObjectRef("contact", contact.id, contact.version + 1)
    slot = Slot(person.id, {"kind": contact.kind.value, "how": how.value})
    state = {"person": str(person.id), "kind": contact.kind.value, "confirmed": how.value}
    work.record(Entry(EntryType.CONTACT_CONFIRMED, about, state, work.actor.school, (slot,)))
    return replace(contact, confirmed_at=work.now, confirmed_how=how, version=contact.version + 1)


def _add(work: Work, person: Person, kind: ContactKind, value: str, source: Source) -> ContactChange:
    keys = {person.id: work.vault.key_of(work.connection, person.id)}
    made = writing.NewContact(work.new_id(), person.id, kind, value, source, version=1)
    writing.add_contacts(work.connection, work.vault, keys, [made])
    fresh = Contact(made.id, kind, value, source, None, None, None, 0)
    _record(work, person, fresh, {"after": value})
    return ContactChange(person.id, kind, made.id, None, source in BY_STAFF)


def _replaced(work: Work, person: Person, old: Contact, source: Source) -> ContactChange:
    """Keep the old value under an id of its own and promise that its holder is warned."""
    past_id, by_staff = work.new_id(), source in BY_STAFF
    key = work.vault.key_of(work.connection, person.id)
    past = {
        "id": past_id,
        "contact_id": old.id,
        "person_id": person.id,
        "kind": old.kind.value,
        "value": work.vault.seal(key, "past_contacts.value", past_id, old.value),
        "replaced_at": work.now,
        "replaced_by": source.value,
        "was_confirmed": old.confirmed_at is not None,
    }
    writing.keep_past_contact(work.connection, past)
    by = "staff" if by_staff else "self"
    work.later(CONTACT_CHANGED_JOB, past_contact_id=str(past_id), person_id=str(person.id), by=by)
    return ContactChange(person.id, old.kind, old.id, past_id, by_staff)


def _record(work: Work, person: Person, contact: Contact, said: dict[str, str]) -> None:
    about = ObjectRef("contact", contact.id, contact.version + 1)
    slot = Slot(person.id, {"kind": contact.kind.value, **said})
    state = {"person": str(person.id), "kind": contact.kind.value, "confirmed": None}
    work.record(Entry(EntryType.CONTACT_CHANGED, about, state, work.actor.school, (slot,)))
