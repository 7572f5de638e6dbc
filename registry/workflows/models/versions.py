"""Queries about the published versions of definitions."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select

from registry.storage.queries import hold
from registry.workflows.models.tables import cases, workflow_versions

LOCK = UUID(int=0x776F726B666C6F77)
"""One change of the versions at a time: they are few and rare."""


class Origin(StrEnum):
    """Where a version came from: a file of the registry, or a draft that two people published."""

    SHIPPED = "shipped"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Version:
    """A published version without its text; nothing of it ever changes.

    Attributes:
        version: the number that the database gave it; new cases begin with the highest.
        shipped: the number in the shipped file that it is, or that its draft was taken from.
        based_on: of an edited one: the version that its draft began with.
        edited_by, approved_by: of an edited one: who asked for it, and who agreed.
    """

    definition_id: str
    version: int
    id: UUID
    digest: str
    published_at: datetime
    origin: Origin
    shipped: int | None = None
    based_on: int | None = None
    edited_by: UUID | None = None
    approved_by: UUID | None = None


_own = [workflow_versions.c[name] for name in Version.__dataclass_fields__]


def hold_versions(connection: Connection) -> None:
    """Keep others from publishing until the transaction ends."""
    hold(connection, "workflow_versions", LOCK)


def add_version(connection: Connection, version: Version, text: str) -> None:
    """Store a version with its text."""
    connection.execute(insert(workflow_versions), {**asdict(version), "text": text})


def versions_of(connection: Connection, definition_id: str) -> list[Version]:
    """List the versions of a definition, the first first; none when nothing was published."""
    asked = select(*_own).where(workflow_versions.c.definition_id == definition_id)
    return [_version(row) for row in connection.execute(asked.order_by(workflow_versions.c.version))]


def every_version(connection: Connection) -> list[Version]:
    """List all versions, by definition and number."""
    asked = select(*_own).order_by(workflow_versions.c.definition_id, workflow_versions.c.version)
    return [_version(row) for row in connection.execute(asked)]


def newest_version(connection: Connection, definition_id: str) -> Version | None:
    """Find the version that new cases begin with."""
    asked = select(*_own).where(workflow_versions.c.definition_id == definition_id)
    row = connection.execute(asked.order_by(workflow_versions.c.version.desc()).limit(1)).first()
    return None if row is None else _version(row)


def newest_versions(connection: Connection) -> list[Version]:
    """List the newest version of every definition, by id."""
    table = workflow_versions
    last = (
        select(table.c.definition_id, func.max(table.c.version).label("version"))
        .group_by(table.c.definition_id)
        .subquery()
    )
    asked = (
        select(*_own)
        .join(last, (last.c.definition_id == table.c.definition_id) & (last.c.version == table.c.version))
        .order_by(table.c.definition_id)
    )
    return [_version(row) for row in connection.execute(asked)]


def text_of(connection: Connection, definition_id: str, version: int) -> str | None:
    """Read the text of a version."""
    place = (workflow_versions.c.definition_id == definition_id) & (workflow_versions.c.version == version)
    return connection.execute(select(workflow_versions.c.text).where(place)).scalar()


def texts_in_use(connection: Connection, begun: Collection[str]) -> dict[tuple[str, int], str]:
    """Read the texts of the versions with open cases, and of those that new cases begin with.

    Args:
        connection: of an open transaction.
        begun: ids of the definitions whose cases still begin; one that is shipped no longer begins none.
    """
    table, later = workflow_versions, workflow_versions.alias()
    open_case = (
        select(cases.c.id)
        .where(
            cases.c.definition_id == table.c.definition_id,
            cases.c.version == table.c.version,
            cases.c.closed_at.is_(None),
        )
        .exists()
    )
    newer = select(later.c.id).where(
        later.c.definition_id == table.c.definition_id, later.c.version > table.c.version
    )
    in_force = table.c.definition_id.in_(begun) & ~newer.exists()
    asked = select(table.c.definition_id, table.c.version, table.c.text).where(open_case | in_force)
    rows = connection.execute(asked.order_by(table.c.definition_id, table.c.version))
    return {(row.definition_id, row.version): row.text for row in rows}


def open_cases(connection: Connection, definition_id: str) -> dict[tuple[int, str], int]:
    """Count the open cases of a definition by version and state."""
    asked = (
        select(cases.c.version, cases.c.state, func.count().label("held"))
        .where(cases.c.definition_id == definition_id, cases.c.closed_at.is_(None))
        .group_by(cases.c.version, cases.c.state)
    )
    return {(row.version, row.state): row.held for row in connection.execute(asked)}


def _version(row: Row[Any]) -> Version:
    values: dict[str, Any] = {**row._mapping, "origin": Origin(row.origin)}  # noqa: SLF001 - its documented name
    return Version(**values)
