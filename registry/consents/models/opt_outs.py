"""Opt-outs as rows: added, never changed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    insert,
    or_,
    select,
)

from registry.consents.rules.capacity import Capacity
from registry.consents.rules.opt_outs import Matter, OptOut, OptOutKind, Wire
from registry.programmes.rules import Means
from registry.storage.schema import UtcDateTime, metadata
from registry.trail.fence import append_only

opt_outs = append_only(
    Table(
        "opt_outs",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
        Column("student_id", Uuid, nullable=False),
        Column("signer_id", Uuid, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("programme", String(60)),
        Column("part", String(40)),
        Column("wire", String(20)),
        Column("capacity", String(10), nullable=False),
        Column("means", String(10), nullable=False),
        Column("on_day", Date, nullable=False),
        Column("recorded_at", UtcDateTime, nullable=False),
        Column("recorded_by", Uuid),
        Column("place", String(200)),
        Column("reason", String(40)),
        Column("ends", Uuid),
        UniqueConstraint("school_id", "id"),
        # One opt-out is ended once, whoever is quicker.
        UniqueConstraint("school_id", "ends"),
        ForeignKeyConstraint(["school_id", "ends"], ["opt_outs.school_id", "opt_outs.id"]),
        Index("ix_opt_outs_student", "school_id", "student_id"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutRow(OptOut):
    """An opt-out with its circumstances: `recorded_by` and `place` are of one that came on paper."""

    school_id: UUID
    capacity: Capacity
    means: Means
    recorded_by: UUID | None
    place: str | None
    reason: str | None


def add_opt_out(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write one."""
    connection.execute(insert(opt_outs), row)


def opt_outs_about(connection: Connection, school_id: UUID, programme: str) -> dict[UUID, list[OptOutRow]]:
    """Read what a school's families opted out of: a programme, or channels; by student; one statement."""
    wanted = or_(opt_outs.c.programme == programme, opt_outs.c.wire.is_not(None))
    return _by_student(connection, _of_school(school_id).where(wanted))


def opt_outs_of_wires(connection: Connection, school_id: UUID) -> dict[UUID, list[OptOutRow]]:
    """Read the channels that were refused in a school, by student; one statement."""
    return _by_student(connection, _of_school(school_id).where(opt_outs.c.wire.is_not(None)))


def opt_outs_of_student(connection: Connection, school_id: UUID, student_id: UUID) -> list[OptOutRow]:
    """Read all of one student, in their order; one statement."""
    found = connection.execute(_of_school(school_id).where(opt_outs.c.student_id == student_id))
    return [_opt_out(row) for row in found]


def every_opt_out(connection: Connection) -> list[OptOutRow]:
    """Read all of the installation, for the verifier of the trail."""
    return [_opt_out(row) for row in connection.execute(select(opt_outs))]


def _of_school(school_id: UUID) -> Select[tuple[Any, ...]]:
    ordered = select(opt_outs).order_by(opt_outs.c.on_day, opt_outs.c.recorded_at, opt_outs.c.id)
    return ordered.where(opt_outs.c.school_id == school_id)


def _by_student(connection: Connection, query: Select[tuple[Any, ...]]) -> dict[UUID, list[OptOutRow]]:
    found: dict[UUID, list[OptOutRow]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.student_id].append(_opt_out(row))
    return dict(found)


def _opt_out(row: Row[Any]) -> OptOutRow:
    return OptOutRow(
        id=row.id,
        student=row.student_id,
        signer=row.signer_id,
        kind=OptOutKind(row.kind),
        matter=Matter(row.programme, row.part, Wire(row.wire) if row.wire else None),
        on_day=row.on_day,
        recorded_at=row.recorded_at,
        ends=row.ends,
        school_id=row.school_id,
        capacity=Capacity(row.capacity),
        means=Means(row.means),
        recorded_by=row.recorded_by,
        place=row.place,
        reason=row.reason,
    )
