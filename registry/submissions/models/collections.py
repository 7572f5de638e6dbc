"""Collecting by classes: which case stands for which class of a submission, and where it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    insert,
    select,
)

from registry.errors import N_, NotFoundError
from registry.programmes.models import participations
from registry.storage.schema import UtcDateTime, metadata
from registry.trail.models import trail_event
from registry.workflows.models.tables import cases

class_collections = Table(
    "class_collections",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("class_id", Uuid, nullable=False),
    Column("class_name", String(40), nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "submission_id", "class_id"),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
)


@dataclass(frozen=True, slots=True)
class ClassCase:
    """One class of a submission; its case owns `state`, `assignee_role`, `due_at` and `closed_at`."""

    id: UUID
    school_id: UUID
    submission_id: UUID
    class_id: UUID
    class_name: str
    case_id: UUID
    state: str
    assignee_role: str | None
    due_at: datetime | None
    closed_at: datetime | None
    dates: Mapping[str, str]

    @property
    def deadline(self) -> date:
        """The last day of the submission, which the class's own deadlines are counted from."""
        return date.fromisoformat(self.dates["deadline"])


_of_case = (cases.c.state, cases.c.assignee_role, cases.c.due_at, cases.c.closed_at, cases.c.dates)
_read = select(class_collections, *_of_case).join(cases, cases.c.id == class_collections.c.case_id)


def add(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write down which cases stand for which classes; one statement."""
    if rows:
        connection.execute(insert(class_collections), list(rows))


def of_submission(connection: Connection, submission_id: UUID) -> list[ClassCase]:
    """List the classes of a submission."""
    query = _read.where(class_collections.c.submission_id == submission_id)
    return sorted((_case(row) for row in connection.execute(query)), key=_by_class)


def get(connection: Connection, collection_id: UUID) -> ClassCase:
    """Read one class of a submission.

    Raises:
        NotFoundError: there is none.
    """
    row = connection.execute(_read.where(class_collections.c.id == collection_id)).first()
    if row is None:
        raise NotFoundError(N_("Такого сбора нет."))
    return _case(row)


def taking_part(connection: Connection, school_ids: Collection[UUID] | None = None) -> list[tuple[UUID, str]]:
    """List schools with the programmes in which they take part; all schools, or some."""
    query = select(participations.c.school_id, participations.c.programme).distinct()
    rows = connection.execute(query)
    wanted = None if school_ids is None else set(school_ids)
    return sorted((row.school_id, row.programme) for row in rows if wanted is None or row.school_id in wanted)


def touched_since(connection: Connection, first: UUID) -> set[UUID]:
    """Name the schools in which anything happened since an event; every change has its entry in the trail."""
    of = trail_event.c
    query = select(of.tenant).where(of.event_id >= first, of.tenant.is_not(None)).distinct()
    return set(connection.execute(query).scalars())


def _by_class(one: ClassCase) -> tuple[int, str]:
    """Put classes in the order in which people say them: 5А before 11А."""
    digits = "".join(sign for sign in one.class_name if sign.isdigit())
    return int(digits or 0), one.class_name


def _case(row: Row[Any]) -> ClassCase:
    return ClassCase(
        id=row.id,
        school_id=row.school_id,
        submission_id=row.submission_id,
        class_id=row.class_id,
        class_name=row.class_name,
        case_id=row.case_id,
        state=row.state,
        assignee_role=row.assignee_role,
        due_at=row.due_at,
        closed_at=row.closed_at,
        dates=row.dates,
    )
