"""Who belongs to whom and where: a guardian added, barred or ended; a student who leaves the school."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update

from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.people.models.accounts import note_sources
from registry.people.models.families import Family, Guardian, family_of
from registry.people.models.finding import find_by_snils
from registry.people.models.persons import NAMES, SEALED, Source, load_persons
from registry.people.models.tables import enrolments, guardianships
from registry.people.models.writing import NewPerson, add_persons, taken
from registry.people.relations import Relation, RelationKind
from registry.people.usecases.corrections import read_field
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

ASKED = ("last_name", "first_name", "middle_name", "birth_date", "snils")
KINDS = tuple(kind for kind in RelationKind if kind is not RelationKind.UNSTATED)
GUARDIANSHIP_ENDED_JOB = "people.guardianship_ended"
"""Promised with school_id and guardian_id: what is under way to him is stopped by whoever wrote it."""


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """A guardian to be added to a student: values of the person by field, and the authority."""

    values: dict[str, object]
    relation: Relation
    valid_until: date | None = None


def read_guardian(typed: Mapping[str, str], on: date) -> tuple[NewGuardian | None, dict[str, InvalidError]]:
    """Read what was typed of a new guardian: him, or what is wrong with which field."""
    values: dict[str, object] = {}
    wrong: dict[str, InvalidError] = {}
    for name in (*ASKED, "document"):
        try:
            values[name] = read_field("address" if name == "document" else name, typed.get(name, ""), on)
        except InvalidError as error:
            wrong[name] = error
    kind = typed.get("relation", "")
    if kind not in KINDS:
        wrong["relation"] = InvalidError(N_("Выберите, кем представитель приходится обучающемуся."))
    if wrong:
        return None, wrong
    document = str(values.pop("document") or "") or None
    return NewGuardian(values, Relation(RelationKind(kind), document)), {}


def add_guardian(work: Work, school_id: UUID, student_id: UUID, said: NewGuardian) -> UUID:
    """Add a guardian to a student of the school; a stored person of the same SNILS and name is linked.

    Gives the id of the person.

    Raises:
        NotFoundError: the school has no such student.
        ConflictError: the SNILS is somebody else's, or he is a guardian of the student already.
    """
    family = family_of(work.connection, work.vault, school_id, student_id, work.today)
    guardian_id = _stored_person(work, said) or _new_person(work, school_id, said)
    if guardian_id in {one.person.id for one in family.guardians}:
        raise ConflictError(N_("Этот человек уже записан представителем."), code="guardian-twice")
    tie_id = work.new_id()
    key = work.vault.key_of(work.connection, guardian_id)
    document, place = said.relation.document, "guardianships.authority_document"
    row = {
        "id": tie_id,
        "student_id": student_id,
        "guardian_id": guardian_id,
        "relation": said.relation.kind.value,
        "authority_document": work.vault.seal(key, place, tie_id, document) if document else None,
        "valid_from": work.today,
        "valid_until": said.valid_until,
        "barred": False,
        "version": 1,
    }
    work.connection.execute(insert(guardianships).values(**row))
    state: dict[str, Json] = {"relation": said.relation.kind.value, "barred": False}
    slots = (Slot(student_id, None), Slot(guardian_id, None))
    about = ObjectRef("guardianship", tie_id, 1)
    work.record(Entry(EntryType.GUARDIANSHIP_STARTED, about, state, school_id, slots))
    return guardian_id


def _stored_person(work: Work, said: NewGuardian) -> UUID | None:
    snils = said.values.get("snils")
    if snils is None:
        return None
    found = find_by_snils(work.connection, work.vault, [str(snils)]).get(str(snils))
    if found is None:
        return None
    person = load_persons(work.connection, work.vault, [found])[found]
    told = [said.values.get(name) for name in ("last_name", "first_name", "birth_date")]
    if told != [person.last_name, person.first_name, person.birth_date]:
        raise taken()
    return found


def _new_person(work: Work, school_id: UUID, said: NewGuardian) -> UUID:
    person_id = work.new_id()
    add_persons(work.connection, work.vault, [NewPerson(person_id, said.values)])
    note_sources(work.connection, person_id, _told(said.values), (Source.STAFF, work.now))
    about = ObjectRef("person", person_id, 0)
    work.record(Entry(EntryType.PERSON_ADDED, about, None, school_id, (Slot(person_id, None),)))
    return person_id


def _told(values: dict[str, object]) -> list[str]:
    """Name the fields that were filled in; contacts keep their source themselves."""
    return [name for name in (*NAMES, *SEALED) if values.get(name) is not None]


def bar_guardian(work: Work, school_id: UUID, student_id: UUID, guardian_id: UUID) -> Guardian:
    """Record that a guardian may not represent the student (a court's decision): he leaves the decision."""
    values: dict[str, object] = {"barred": True}
    work.later(GUARDIANSHIP_ENDED_JOB, school_id=str(school_id), guardian_id=str(guardian_id))
    return _change(work, school_id, (student_id, guardian_id), values)


def end_guardianship(work: Work, school_id: UUID, student_id: UUID, guardian_id: UUID) -> Guardian:
    """Record that a guardian's term ends today: from tomorrow his acts count no more."""
    values: dict[str, object] = {"valid_until": work.today}
    tomorrow = work.now + timedelta(days=1)
    work.later(GUARDIANSHIP_ENDED_JOB, due=tomorrow, school_id=str(school_id), guardian_id=str(guardian_id))
    return _change(work, school_id, (student_id, guardian_id), values)


def _change(work: Work, school_id: UUID, pair: tuple[UUID, UUID], values: dict[str, object]) -> Guardian:
    guardian = _guardian(work, school_id, pair)
    tie = guardianships.c
    version = work.connection.execute(
        select(tie.version).where(tie.id == guardian.guardianship_id).with_for_update()
    ).scalar_one()
    work.connection.execute(
        update(guardianships).where(tie.id == guardian.guardianship_id).values(**values, version=version + 1)
    )
    state: dict[str, Json] = {name: str(value) for name, value in values.items()}
    about = ObjectRef("guardianship", guardian.guardianship_id, version + 1)
    slots = tuple(Slot(one, None) for one in pair)
    work.record(Entry(EntryType.GUARDIANSHIP_CHANGED, about, state, school_id, slots))
    return _guardian(work, school_id, pair)


def _guardian(work: Work, school_id: UUID, pair: tuple[UUID, UUID]) -> Guardian:
    return guardian_of(family_of(work.connection, work.vault, school_id, pair[0], work.today), pair[1])


def guardian_of(family: Family, guardian_id: UUID) -> Guardian:
    """Choose one guardian of a family.

    Raises:
        NotFoundError: the student has no such guardian.
    """
    found = [one for one in family.guardians if one.person.id == guardian_id]
    if not found:
        raise NotFoundError(N_("Такого представителя у обучающегося нет."))
    return found[0]


def leave_school(work: Work, school_id: UUID, student_id: UUID) -> None:
    """Record that a student leaves the school: from tomorrow he is on its roster no more.

    Raises:
        NotFoundError: the school has no such student.
    """
    family = family_of(work.connection, work.vault, school_id, student_id, work.today)
    mine = enrolments.c.id == family.enrolment_id
    work.connection.execute(update(enrolments).where(mine).values(valid_until=work.today))
    about = ObjectRef("enrolment", family.enrolment_id, 0)
    work.record(Entry(EntryType.ENROLMENT_ENDED, about, None, school_id, (Slot(student_id, None),)))
