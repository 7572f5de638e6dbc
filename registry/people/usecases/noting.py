"""Noting what an approved list changes, with what stood before, so that it can be taken back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from registry.people.contacts import ContactKind
from registry.people.models.batches import Batch
from registry.people.models.changes import Change, ChangeKind, add_changes
from registry.people.models.persons import Contact, Person
from registry.people.rosters.review import ReviewedRow
from registry.work import Work

AT_ONCE = 2_000
"""Changes that are kept in memory before they are written: a long list costs no more than a part of it."""


class Notes:
    """Writes down the changes of one list in the order in which they are made."""

    def __init__(self, work: Work, batch: Batch) -> None:
        self._work = work
        self._batch = batch
        self._waiting: list[Change] = []
        self._written = 0

    def add(
        self, kind: ChangeKind, row: ReviewedRow, about: tuple[UUID, UUID | None], said: Mapping[str, Any]
    ) -> None:
        """Note one change of a person (and of an enrolment or guardianship) that a row asked for."""
        change_id, (person_id, object_id) = self._work.new_id(), about
        place = (str(row.class_name), row.sheet, row.row)
        self.keep(Change(change_id, kind, person_id, object_id, *place, said))

    def keep(self, change: Change) -> None:
        """Note a change that is put into words already."""
        self._waiting.append(change)
        if len(self._waiting) >= AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what was noted since the last time."""
        made = (self._written, self._waiting)
        add_changes(self._work.connection, self._work.vault, self._batch, made)
        self._written += len(self._waiting)
        self._waiting = []


def plain(value: object) -> str | None:
    """Write a value of a person as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)


def told_of(person: Person, names: Iterable[str]) -> dict[str, Any]:
    """Write down what some fields of a person hold; of a contact, with how it was confirmed."""
    return {name: _held(person, name) for name in names}


def _held(person: Person, name: str) -> Any:  # noqa: ANN401 - JSON
    if name in set(ContactKind):
        contact: Contact | None = getattr(person, name)
        return None if contact is None else _contact(contact)
    return plain(getattr(person, name))


def _contact(contact: Contact) -> dict[str, str | None]:
    moments = (contact.confirmed_at, contact.changed_by_staff_at)
    confirmed_at, changed_at = (moment.isoformat() if moment else None for moment in moments)
    return {
        "value": contact.value,
        "source": contact.source.value,
        "confirmed_at": confirmed_at,
        "confirmed_how": contact.confirmed_how.value if contact.confirmed_how else None,
        "changed_by_staff_at": changed_at,
    }
