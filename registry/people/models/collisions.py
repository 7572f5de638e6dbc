"""Open claims of what somebody else holds, who stands on either side, and what schools are to do."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    and_,
    insert,
    select,
    union,
    update,
)

from registry.errors import N_, NotFoundError
from registry.people.models.enrolled import enrolled_on
from registry.people.models.tables import collisions, enrolments, guardianships
from registry.storage.schema import UtcDateTime, metadata

collision_tasks = Table(
    "collision_tasks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("collision_id", Uuid, nullable=False),
    Column("person_id", Uuid, ForeignKey("persons.id")),
    Column("field", String(20), nullable=False),
    Column("todo", String(20), nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    UniqueConstraint("school_id", "id"),
    Index("ix_collision_tasks_school", "school_id", "done_at"),
)
"""What a school is to do after a claim was settled. The claim may be another school's: no key leads to it."""


class Outcome(StrEnum):
    """What was found: whose value is to be put right, or that the row of a list means the holder himself."""

    HOLDER_WRONG = "holder-wrong"
    CLAIMANT_WRONG = "claimant-wrong"
    SAME_PERSON = "same-person"


class Todo(StrEnum):
    """What a school is asked to do.

    Attributes:
        CORRECT: put a value right. REPEAT: wait and write it again.
        COMPARE: hold the record of somebody who was told of twice against his document.
        UPLOAD_AGAIN: upload the list again; its row is accepted as somebody who is there already.
    """

    CORRECT = "correct"
    REPEAT = "repeat"
    COMPARE = "compare"
    UPLOAD_AGAIN = "upload-again"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim; `claimant_id` is none while the row of a list is nobody who is stored."""

    id: UUID
    school_id: UUID
    field: str
    holder_id: UUID
    claimant_id: UUID | None
    batch_id: UUID | None
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class CollisionTask:
    """What a school has to do after a claim was settled; it tells nothing of the other side."""

    id: UUID
    school_id: UUID
    collision_id: UUID
    person_id: UUID | None
    field: str
    todo: Todo
    given_at: datetime


_columns = tuple(collisions.c[name] for name in Claim.__slots__)
_open = collisions.c.settled_at.is_(None)


def open_claims(connection: Connection, school_ids: Collection[UUID]) -> list[Claim]:
    """List the open claims of some schools, the oldest first; of equal ones only that."""
    query = select(*_columns).where(_open, collisions.c.school_id.in_(school_ids))
    found: dict[tuple[object, ...], Claim] = {}
    for row in connection.execute(query.order_by(collisions.c.claimed_at, collisions.c.id)):
        claim = _claim(row)
        found.setdefault((claim.school_id, claim.field, claim.holder_id, claim.claimant_id), claim)
    return list(found.values())


def get_claim(connection: Connection, claim_id: UUID, school_ids: Collection[UUID]) -> Claim:
    """Read an open claim of one of some schools, and let nobody else settle it meanwhile.

    Raises:
        NotFoundError: there is no such claim there, or it was settled.
    """
    query = select(*_columns).where(
        _open, collisions.c.id == claim_id, collisions.c.school_id.in_(school_ids)
    )
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotFoundError(N_("Такого совпадения нет, или по нему уже решено."))
    return _claim(row)


def settle_equal(connection: Connection, claim: Claim, outcome: Outcome, now: datetime) -> None:
    """Settle a claim and all that say the same: a list is often uploaded more than once."""
    settled = update(collisions).where(_equal(claim)).values(settled_at=now, outcome=outcome.value)
    connection.execute(settled)


def note_said_as(connection: Connection, claim: Claim, said_as: bytes) -> None:
    """Keep by what a row is known again that was found to mean the holder."""
    connection.execute(update(collisions).where(collisions.c.id == claim.id).values(said_as=said_as))


def known_rows(connection: Connection, school_id: UUID) -> dict[bytes, UUID]:
    """Name by the key of what they say the rows that mean somebody who is there already, in one school."""
    query = select(collisions.c.said_as, collisions.c.holder_id).where(
        collisions.c.school_id == school_id, collisions.c.said_as.is_not(None)
    )
    return {row.said_as: row.holder_id for row in connection.execute(query)}


def batches_of(connection: Connection, claim: Claim) -> list[UUID]:
    """Name the uploads from which a claim and its equals come, the newest first."""
    query = select(collisions.c.batch_id).where(_equal(claim), collisions.c.batch_id.is_not(None))
    found = connection.execute(query.order_by(collisions.c.claimed_at.desc(), collisions.c.id.desc()))
    return list(dict.fromkeys(one for one in found.scalars() if one is not None))


def _equal(claim: Claim) -> ColumnElement[bool]:
    return and_(
        _open,
        collisions.c.school_id == claim.school_id,
        collisions.c.field == claim.field,
        collisions.c.holder_id == claim.holder_id,
        collisions.c.claimant_id.is_not_distinct_from(claim.claimant_id),
    )


def schools_of_people(
    connection: Connection, people: Collection[UUID], on: date
) -> dict[UUID, frozenset[UUID]]:
    """Name the schools where people are students, or guardians of students, on a day; one statement."""
    own = select(enrolments.c.person_id, enrolments.c.school_id).where(
        enrolments.c.person_id.in_(people), enrolled_on(on)
    )
    as_guardian = (
        select(guardianships.c.guardian_id, enrolments.c.school_id)
        .join(enrolments, enrolments.c.person_id == guardianships.c.student_id)
        .where(guardianships.c.guardian_id.in_(people), enrolled_on(on))
    )
    found: dict[UUID, set[UUID]] = {one: set() for one in people}
    for person_id, school_id in connection.execute(union(own, as_guardian)):
        found[person_id].add(school_id)
    return {person: frozenset(schools) for person, schools in found.items()}


def add_tasks(connection: Connection, tasks: Sequence[CollisionTask]) -> None:
    """Give schools tasks."""
    if tasks:
        connection.execute(insert(collision_tasks), [asdict(one) for one in tasks])


def open_tasks(connection: Connection, school_id: UUID) -> list[CollisionTask]:
    """List the open tasks of a school, the oldest first."""
    query = select(collision_tasks).where(_undone(school_id)).order_by(collision_tasks.c.given_at)
    return [_task(row) for row in connection.execute(query)]


def mark_done(connection: Connection, school_id: UUID, task_id: UUID, now: datetime) -> CollisionTask:
    """Note that a school did its task.

    Raises:
        NotFoundError: it has no such open task.
    """
    mine = and_(_undone(school_id), collision_tasks.c.id == task_id)
    done = update(collision_tasks).where(mine).values(done_at=now).returning(collision_tasks)
    row = connection.execute(done).first()
    if row is None:
        raise NotFoundError(N_("Такого задания нет, или оно уже выполнено."))
    return _task(row)


def _task(row: Row[*tuple[Any, ...]]) -> CollisionTask:
    return CollisionTask(
        row.id, row.school_id, row.collision_id, row.person_id, row.field, Todo(row.todo), row.given_at
    )


def _undone(school_id: UUID) -> ColumnElement[bool]:
    return and_(collision_tasks.c.school_id == school_id, collision_tasks.c.done_at.is_(None))


def _claim(row: Row[*tuple[object, ...]]) -> Claim:
    return Claim(**row._mapping)  # noqa: SLF001 - the documented way to a row's mapping
