"""What stands now around the people of a batch, and taking it back: a fixed number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, or_, select, update

from registry.people.class_names import ClassName
from registry.people.models.persons import Contact, Source
from registry.people.models.tables import classes, contacts, enrolments, guardianships, past_contacts, persons
from registry.storage.queries import among
from registry.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class StandingEnrolment:
    """An enrolment that nobody has ended, in whichever school."""

    id: UUID
    person_id: UUID
    class_name: str


@dataclass(frozen=True, slots=True)
class StandingTie:
    """A guardianship; `untouched` while it is as a list made it."""

    id: UUID
    student_id: UUID
    guardian_id: UUID
    untouched: bool


def standing_enrolments(connection: Connection, people: Collection[UUID]) -> list[StandingEnrolment]:
    """Read the open enrolments of some people."""
    query = select(enrolments.c.id, enrolments.c.person_id, classes.c.grade, classes.c.letter).join(classes)
    mine = query.where(among(connection, enrolments.c.person_id, people), enrolments.c.valid_until.is_(None))
    return [
        StandingEnrolment(row.id, row.person_id, str(ClassName(row.grade, row.letter)))
        for row in connection.execute(mine)
    ]


def standing_ties(connection: Connection, people: Collection[UUID]) -> list[StandingTie]:
    """Read the guardianships in which some people are the student or the guardian."""
    tie = guardianships.c
    either = or_(among(connection, tie.student_id, people), among(connection, tie.guardian_id, people))
    return [
        StandingTie(
            row.id,
            row.student_id,
            row.guardian_id,
            row.version == 0 and row.valid_until is None and not row.barred,
        )
        for row in connection.execute(select(guardianships).where(either))
    ]


def end_enrolments(connection: Connection, ids: Collection[UUID], last_day: date) -> None:
    """End enrolments with a day that may lie before their first one: then they never stood."""
    mine = among(connection, enrolments.c.id, ids)
    connection.execute(update(enrolments).where(mine).values(valid_until=last_day))


def remove_ties(connection: Connection, ids: Collection[UUID]) -> None:
    """Take guardianships away, as if they had not been given: the same list may give them again."""
    connection.execute(delete(guardianships).where(among(connection, guardianships.c.id, ids)))


@dataclass(frozen=True, slots=True)
class Release:
    """A contact that is taken from a person, and the id under which what it was is kept."""

    id: UUID
    person_id: UUID
    contact: Contact


def release_people(
    connection: Connection, vault: Vault, ids: Collection[UUID], past: Sequence[Release], now: datetime
) -> None:
    """Free the numbers and contacts of people, so that those whose they are may have them; names stay."""
    keys = vault.keys_of(connection, {one.person_id for one in past})
    rows = [
        {
            "id": one.id,
            "contact_id": one.contact.id,
            "person_id": one.person_id,
            "kind": one.contact.kind.value,
            "value": vault.seal(keys[one.person_id], "past_contacts.value", one.id, one.contact.value),
            "replaced_at": now,
            "replaced_by": Source.ROSTER.value,
            "was_confirmed": False,
        }
        for one in past
    ]
    if rows:
        connection.execute(insert(past_contacts), rows)
    connection.execute(delete(contacts).where(among(connection, contacts.c.person_id, ids)))
    mine = among(connection, persons.c.id, ids)
    connection.execute(update(persons).where(mine).values(snils=None, snils_index=None))
