"""Reading is recorded: who saw what of whom; one entry a reader, person and quarter of an hour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.people.models.places import school_names
from registry.people.models.views import is_new_look, seen_in_schools, seen_lately
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.trail.told import told_to
from registry.work import Work

MOST_TOLD: Final = 200
"""Looks that a person is told of on one page; there are four an hour for each reader at most."""


class What(StrEnum):
    """What was opened; the person reads it in words."""

    CARD = "card"
    AUTHORITY = "authority"
    CONTACTS = "contacts"
    PAPER = "paper"
    CONFLICT = "conflict"
    ROSTER = "roster"
    FORMS = "forms"
    PROOF = "proof"
    DOCUMENTS = "documents"


def note_look(work: Work, school_id: UUID, people: Iterable[Person], what: What) -> None:
    """Record that persons were looked at; who looks on within a quarter of an hour makes no new entry."""
    for person in people:
        reader = _reader(work)
        if reader is None or is_new_look(work.connection, school_id, reader, person.id, work.now):
            about = ObjectRef("person", person.id, person.version)
            slots = (Slot(person.id, _said(work, what)),)
            work.record(Entry(EntryType.PERSON_VIEWED, about, None, school_id, slots))


def note_list(work: Work, school_id: UUID, about: ObjectRef) -> None:
    """Record that a list of names was looked at: of a class, a school, a submission; coalesced likewise."""
    reader = _reader(work)
    if reader is None or is_new_look(work.connection, school_id, reader, about.id, work.now):
        work.record(Entry(EntryType.LIST_VIEWED, about, None, school_id))


def note_export(work: Work, family: Family, people: Sequence[Person], what: What) -> None:
    """Record that a family was taken out: one entry, never coalesced, which names everybody in the row."""
    about = ObjectRef("person", family.student.id, family.student.version)
    slots = tuple(Slot(person.id, _said(work, what)) for person in people)
    work.record(Entry(EntryType.PERSON_EXPORTED, about, None, family.school_id, slots))


def are_noted(work: Work, school_id: UUID, subjects: Iterable[UUID]) -> bool:
    """Tell whether all of these looks of who reads stand in the trail already; nothing is written."""
    reader, wanted = _reader(work), set(subjects)
    return reader is not None and seen_lately(work.connection, school_id, reader, wanted, work.now) == wanted


def fresh_objects(work: Work, objects: Mapping[UUID, UUID]) -> set[UUID]:
    """Name the schools of those objects, by school, at which a look of who reads is to be recorded."""
    reader = _reader(work)
    if reader is None:
        return set(objects)
    return set(objects) - seen_in_schools(work.connection, reader, objects, work.now)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a person's data, as he is told of it: who it was he learns by role and school.

    Attributes:
        school: name of the school in whose data it was looked.
        what: what was opened; `exported`: whether it was taken out as a file.
        reason, order: for what an auditor looked; empty where nobody stated it.
    """

    at: datetime
    role: str
    school: str
    what: str
    exported: bool
    reason: str
    order: str


def looks_at(work: Work, person_id: UUID) -> list[Look]:
    """Tell a person who looked at his data, the newest first; a fixed number of statements."""
    kinds = {EntryType.PERSON_VIEWED, EntryType.PERSON_EXPORTED}
    with work.beyond():  # his own data, in whichever school they were looked at
        told = told_to(work.connection, work.vault, person_id, kinds, MOST_TOLD)
    wanted = {one.leaf.tenant for one in told if one.leaf.tenant is not None}
    names = school_names(work.connection, wanted)
    return [
        Look(
            at=one.leaf.at,
            role=one.leaf.actor.role,
            school=names.get(one.leaf.tenant, "") if one.leaf.tenant else "",
            what=str(one.said.get("what", "")),
            exported=one.leaf.type == EntryType.PERSON_EXPORTED,
            reason=str(one.said.get("reason", "")),
            order=str(one.said.get("order", "")),
        )
        for one in told
    ]


def _reader(work: Work) -> UUID | None:
    """Tell whose looks count as one: those of a person; of an auditor, those for one purpose."""
    return work.actor.purpose.id if work.actor.purpose else work.actor.id


def _said(work: Work, what: What) -> dict[str, Json]:
    purpose = work.actor.purpose
    said: dict[str, Json] = {"what": what.value}
    return said | {"reason": purpose.reason, "order": purpose.order} if purpose else said
