"""Batches of rosters: uploaded, approved or cancelled, undone or settled; and the rows held back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, insert, select, update

from registry.errors import N_, NotFoundError
from registry.people.models.tables import roster_batches, roster_held_rows
from registry.storage.vault import Vault
from registry.workflows.models import cases

ROSTER_LOCK = "roster"
"""Who decides on an upload holds it for the school, and so does whoever needs the roster to stand still."""
_with_state = select(roster_batches, cases.c.state).join(cases, cases.c.id == roster_batches.c.case_id)


class BatchState(StrEnum):
    """Where a batch stands: the state of its case, which is kept there and nowhere else."""

    REVIEW = "in_review"
    APPROVED = "approved"
    SETTLED = "settled"
    UNDONE = "undone"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Batch:
    """An uploaded roster: the file, what was read from it, and what became of it."""

    id: UUID
    school_id: UUID
    case_id: UUID
    state: BatchState
    workbook_file: UUID
    drafts_file: UUID
    counts: Mapping[str, int]
    uploaded_by: UUID | None
    uploaded_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that an approved batch left out because of an error; it keeps its class open."""

    batch_id: UUID
    number: int
    class_name: str
    sheet: str
    row: int


def add_batch(connection: Connection, batch: Batch) -> None:
    """Store a new batch."""
    values = asdict(batch)
    del values["state"]
    connection.execute(insert(roster_batches).values(**values))


def get_batch(connection: Connection, school_id: UUID, batch_id: UUID) -> Batch:
    """Read a batch.

    Raises:
        NotFoundError: the school has no such batch.
    """
    return _one(connection, _with_state.where(_is(school_id, batch_id)))


def hold_batch(connection: Connection, school_id: UUID, batch_id: UUID) -> Batch:
    """Read a batch and keep its case from moving until the transaction ends.

    Raises:
        NotFoundError: the school has no such batch.
    """
    return _one(connection, _with_state.where(_is(school_id, batch_id)).with_for_update(of=cases))


def _is(school_id: UUID, batch_id: UUID) -> ColumnElement[bool]:
    return and_(roster_batches.c.school_id == school_id, roster_batches.c.id == batch_id)


def _one(connection: Connection, query: Select[*tuple[Any, ...]]) -> Batch:
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такой загрузки нет."))
    return _batch(row)


def list_batches(connection: Connection, school_id: UUID) -> list[Batch]:
    """List a school's batches, the newest first."""
    query = _with_state.where(roster_batches.c.school_id == school_id)
    return [_batch(row) for row in connection.execute(query.order_by(roster_batches.c.uploaded_at.desc()))]


def _batch(row: Row[*tuple[Any, ...]]) -> Batch:
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's mapping
    return Batch(**{**values, "state": BatchState(row.state)})


def note_decision(connection: Connection, before: Batch, **values: object) -> Batch:
    """Note by whom and when the case of a batch was closed, and count its version up."""
    connection.execute(
        update(roster_batches)
        .where(roster_batches.c.id == before.id)
        .values(**values, version=roster_batches.c.version + 1)
    )
    return get_batch(connection, before.school_id, before.id)


def hold_back(connection: Connection, vault: Vault, school_id: UUID, rows: Sequence[HeldRow]) -> None:
    """Store which rows batches left out; the title of a sheet may be anything and is sealed."""
    made = [
        {
            "school_id": school_id,
            "batch_id": held.batch_id,
            "number": held.number,
            "class_name": held.class_name,
            "sheet": vault.seal_shared("roster_held_rows.sheet", held.batch_id, held.sheet),
            "row": held.row,
        }
        for held in rows
    ]
    if made:
        connection.execute(insert(roster_held_rows), made)


def release(connection: Connection, vault: Vault, school_id: UUID, names: Sequence[str]) -> list[HeldRow]:
    """Forget the rows held back for some classes, and give them: a later batch told of these classes anew."""
    mine = and_(roster_held_rows.c.school_id == school_id, roster_held_rows.c.class_name.in_(names))
    found = _held_rows(connection, vault, mine)
    connection.execute(delete(roster_held_rows).where(mine))
    return found


def release_batch(connection: Connection, batch: Batch) -> None:
    """Forget the rows that one batch held back."""
    connection.execute(delete(roster_held_rows).where(roster_held_rows.c.batch_id == batch.id))


def held_rows_of(connection: Connection, vault: Vault, school_id: UUID) -> list[HeldRow]:
    """List the rows that keep a school's classes open; one statement."""
    return _held_rows(connection, vault, roster_held_rows.c.school_id == school_id)


def _held_rows(connection: Connection, vault: Vault, chosen: ColumnElement[bool]) -> list[HeldRow]:
    query = select(roster_held_rows).where(chosen)
    ordered = query.order_by(roster_held_rows.c.batch_id, roster_held_rows.c.number)
    return [
        HeldRow(
            row.batch_id,
            row.number,
            row.class_name,
            vault.open_shared("roster_held_rows.sheet", row.batch_id, row.sheet).decode(),
            row.row,
        )
        for row in connection.execute(ordered)
    ]
