"""Exports and the pieces of their files as rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from registry.errors import N_, NotFoundError
from registry.proofs.exports.rules import Export, Span, State
from registry.proofs.models.export_tables import document_export_parts, document_exports
from registry.storage.queries import hold

LOCK = "document-export"
"""Held, by export, by whoever changes it."""
MOST = 200
_of, _part = document_exports.c, document_export_parts.c


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file: where it is kept, and its bytes."""

    number: int
    part_file: UUID
    size: int


def add_export(connection: Connection, export: Export) -> None:
    """Write an order down."""
    connection.execute(insert(document_exports), _row(export))


def change_export(connection: Connection, export: Export) -> None:
    """Write down how an export stands now."""
    connection.execute(update(document_exports).where(_of.id == export.id).values(**_row(export)))


def get_export(connection: Connection, export_id: UUID) -> Export:
    """Read an export.

    Raises:
        NotFoundError: there is none.
    """
    found = _exports(connection, _of.id == export_id)
    if not found:
        raise NotFoundError(N_("Такой выгрузки нет."))
    return found[0]


def held_export(connection: Connection, export_id: UUID) -> Export:
    """Read an export to be changed in this transaction, when whoever else changes it is done.

    Raises:
        NotFoundError: there is none.
    """
    hold(connection, LOCK, export_id)
    return get_export(connection, export_id)


def latest_exports(connection: Connection) -> list[Export]:
    """List exports, the newest first; the oldest ones of very many are left out."""
    return _exports(connection, _of.id.is_not(None))


def expired_exports(connection: Connection, now: datetime) -> list[UUID]:
    """Name the exports whose file has to be destroyed."""
    due = (_of.state == State.READY.value, _of.expires_at <= now)
    return list(connection.execute(select(_of.id).where(*due).order_by(_of.id)).scalars())


def every_export(connection: Connection) -> list[Export]:
    """Read every export, for the verifier of the trail."""
    return [_made(row) for row in connection.execute(select(document_exports))]


def add_parts(connection: Connection, export: Export, parts: Sequence[Part], *, tail: bool) -> Export:
    """Write pieces of the file down behind those that there are; gives the export with their number."""
    rows = [
        {
            "export_id": export.id,
            "number": one.number,
            "part_file": one.part_file,
            "size": one.size,
            "tail": tail,
        }
        for one in parts
    ]
    if rows:
        connection.execute(insert(document_export_parts), rows)
    return replace(export, parts=export.parts + len(parts))


def get_part(connection: Connection, export_id: UUID, number: int) -> Part:
    """Read one piece."""
    mine = (_part.export_id == export_id, _part.number == number)
    return _piece(connection.execute(select(document_export_parts).where(*mine)).one())


def change_part(connection: Connection, export_id: UUID, part: Part) -> None:
    """Let a piece be another file."""
    mine = (_part.export_id == export_id, _part.number == part.number)
    values = {"part_file": part.part_file, "size": part.size}
    connection.execute(update(document_export_parts).where(*mine).values(**values))


def parts_of(connection: Connection, export_id: UUID) -> list[Part]:
    """List the pieces of the file in their order, those of its tail last."""
    mine = select(document_export_parts).where(_part.export_id == export_id)
    return [_piece(row) for row in connection.execute(mine.order_by(_part.tail, _part.number))]


def drop_tail(connection: Connection, export_id: UUID) -> list[UUID]:
    """Let the tail go; gives its files, which must be deleted after."""
    return _drop(connection, (_part.export_id == export_id) & _part.tail)


def drop_parts(connection: Connection, export_id: UUID) -> list[UUID]:
    """Let the whole file go; gives its pieces, which must be deleted after."""
    return _drop(connection, _part.export_id == export_id)


def bytes_of(connection: Connection, export_id: UUID) -> int:
    """Add up the pieces."""
    query = select(func.sum(_part.size)).where(_part.export_id == export_id)
    return int(connection.execute(query).scalar() or 0)


def _drop(connection: Connection, chosen: ColumnElement[bool]) -> list[UUID]:
    files = list(connection.execute(select(_part.part_file).where(chosen)).scalars())
    connection.execute(delete(document_export_parts).where(chosen))
    return files


def _exports(connection: Connection, chosen: ColumnElement[bool]) -> list[Export]:
    query = select(document_exports).where(chosen).order_by(_of.ordered_at.desc(), _of.id.desc()).limit(MOST)
    return [_made(row) for row in connection.execute(query)]


def _row(export: Export) -> dict[str, Any]:
    row = {name: getattr(export, name) for name in Export.__slots__}
    return row | {"span": export.span.value, "state": export.state.value}


def _made(row: Row[*tuple[Any, ...]]) -> Export:
    said = dict(row._mapping)  # noqa: SLF001 - the documented way to a row as a mapping
    return Export(**said | {"span": Span(row.span), "state": State(row.state)})


def _piece(row: Row[*tuple[Any, ...]]) -> Part:
    return Part(row.number, row.part_file, row.size)
