"""Special educational needs: a document is noted on a student's card, with its term, and ended."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from registry.errors import N_, InvalidError
from registry.people.models import special_needs
from registry.people.models.special_needs import SpecialNeeds
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LONGEST_DOCUMENT: Final = 500
KIND: Final = "special-needs"


@dataclass(frozen=True, slots=True)
class SpecialNeedsSaid:
    """What a document says: in words, from its first day to its last, both included."""

    document: str
    valid_from: date
    valid_until: date | None = None


def note_special_needs(work: Work, school_id: UUID, person_id: UUID, said: SpecialNeedsSaid) -> UUID:
    """Note a document on a student's card.

    Raises:
        InvalidError: it has no words or too many, or its term runs backwards.
    """
    words = said.document.strip()
    if not words or len(words) > LONGEST_DOCUMENT:
        text = N_("Напишите, какой это документ, не длиннее 500 знаков.")
        raise InvalidError(text, fields={"document": text})
    if said.valid_until is not None and said.valid_until < said.valid_from:
        text = N_("Последний день раньше первого; проверьте даты.")
        raise InvalidError(text, fields={"valid_until": text})
    one = SpecialNeeds(
        id=work.new_id(),
        school_id=school_id,
        person_id=person_id,
        document=words,
        valid_from=said.valid_from,
        valid_until=said.valid_until,
        recorded_at=work.now,
        recorded_by=work.actor.id,
        version=1,
    )
    special_needs.add_special_needs(work.connection, work.vault, one)
    work.record(_entry(EntryType.SPECIAL_NEEDS_NOTED, one, {"document": words}))
    return one.id


def end_special_needs(work: Work, school_id: UUID, ids: tuple[UUID, UUID], last_day: date) -> None:
    """Let a document (ids of student and document) end on a day.

    Raises:
        NotFoundError: the school holds none like it.
        InvalidError: the day is before its first one.
    """
    found = special_needs.get_special_needs(work.connection, work.vault, school_id, ids)
    if last_day < found.valid_from:
        text = N_("Последний день раньше первого; проверьте даты.")
        raise InvalidError(text, fields={"valid_until": text})
    ended = replace(found, valid_until=last_day, version=found.version + 1)
    special_needs.end_special_needs(work.connection, ended)
    work.record(_entry(EntryType.SPECIAL_NEEDS_ENDED, ended, None))


def _entry(kind: EntryType, one: SpecialNeeds, said: dict[str, Json] | None) -> Entry:
    about = ObjectRef(KIND, one.id, one.version)
    return Entry(kind, about, state_of(one), one.school_id, (Slot(one.person_id, said),))


def state_of(one: SpecialNeeds) -> dict[str, Json]:
    """Write a document as the trail commits to it; its words are sealed for the student."""
    return {
        "person": str(one.person_id),
        "school": str(one.school_id),
        "valid_from": one.valid_from.isoformat(),
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
    }
