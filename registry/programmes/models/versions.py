"""Tables of programmes: immutable versions with their notices, and which school takes part in which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    insert,
    select,
    update,
)

from registry.errors import N_, ConflictError, NotFoundError
from registry.programmes.definition import parse_definition
from registry.programmes.rules import Programme
from registry.storage.queries import among
from registry.storage.schema import JsonText, UtcDateTime, metadata
from registry.trail.fence import append_only

programme_versions = append_only(
    Table(
        "programme_versions",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("programme", String(60), nullable=False),
        Column("version", String(40), nullable=False),
        Column("digest", String(64), nullable=False, unique=True),
        Column("file", String(200), nullable=False),
        Column("texts", JsonText, nullable=False),
        Column("published_at", UtcDateTime, nullable=False),
        UniqueConstraint("programme", "version"),
    )
)
notice_versions = append_only(
    Table(
        "notice_versions",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("programme_version_id", Uuid, ForeignKey("programme_versions.id"), nullable=False),
        Column("kind", String(40), nullable=False),
        Column("version", String(40), nullable=False),
        Column("language", String(2), nullable=False),
        Column("sha256", String(64), nullable=False),
        Column("text", Text, nullable=False),
        UniqueConstraint("programme_version_id", "kind", "language"),
    )
)
participations = Table(
    "participations",
    metadata,
    Column("school_id", Uuid, ForeignKey("schools.id"), primary_key=True),
    Column("programme", String(60), primary_key=True),
    Column("programme_version_id", Uuid, ForeignKey("programme_versions.id"), nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("joined_by", Uuid),
    Column("version", Integer, nullable=False),
)

# A version never changes, so what was parsed once is good for as long as the process lives.
_parsed: dict[UUID, Programme] = {}


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a programme as it runs."""

    id: UUID
    programme: Programme
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Participation:
    """A school's part in a programme: the version that it goes by."""

    school_id: UUID
    version_id: UUID
    programme: Programme
    joined_at: datetime
    version: int


def add_version(
    connection: Connection,
    version_id: UUID,
    row: Mapping[str, object],
    notices: Sequence[Mapping[str, object]],
) -> None:
    """Store a version and its notices; two statements."""
    connection.execute(insert(programme_versions).values(id=version_id, **row))
    connection.execute(insert(notice_versions), list(notices))


def digest_of_version(connection: Connection, programme_id: str, version: str) -> str | None:
    """Give the digest under which a version was published; None when it was not."""
    chosen = (programme_versions.c.programme == programme_id) & (programme_versions.c.version == version)
    return connection.execute(select(programme_versions.c.digest).where(chosen)).scalar()


def read_programme(connection: Connection, version_id: UUID) -> Programme:
    """Read the programme of a version; no statement when this process has read it before.

    Raises:
        NotFoundError: there is no such version.
    """
    known = _parsed.get(version_id)
    if known is not None:
        return known
    query = select(programme_versions).where(programme_versions.c.id == version_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такой версии программы нет."))
    return _parsed.setdefault(version_id, parse_definition(row.file, row.texts))


def latest_version(connection: Connection, programme_id: str) -> Published:
    """Read the version of a programme that was published last.

    Raises:
        NotFoundError: there is no such programme.
    """
    for one in latest_versions(connection):
        if one.programme.id == programme_id:
            return one
    raise NotFoundError(N_("Такой программы нет."))


def latest_versions(connection: Connection) -> list[Published]:
    """Read every programme in the version published last, by id."""
    of = programme_versions.c
    rows = connection.execute(
        select(of.id, of.programme, of.published_at).order_by(of.programme, of.published_at, of.id)
    )
    last = {row.programme: row for row in rows}
    return [Published(row.id, read_programme(connection, row.id), row.published_at) for row in last.values()]


_participation_of = select(participations).where(
    participations.c.school_id == bindparam("school"),
    participations.c.programme == bindparam("programme_id"),
)


def find_participation(connection: Connection, school_id: UUID, programme_id: str) -> Participation | None:
    """Find a school's part in a programme."""
    row = connection.execute(_participation_of, {"school": school_id, "programme_id": programme_id}).first()
    return None if row is None else _participation(connection, row)


def participation_of(connection: Connection, school_id: UUID, programme_id: str) -> Participation:
    """Read a school's part in a programme.

    Raises:
        ConflictError: the school has not joined it.
    """
    found = find_participation(connection, school_id, programme_id)
    if found is None:
        raise ConflictError(N_("Школа не участвует в этой программе."), code="not-joined")
    return found


def participations_of(connection: Connection, school_id: UUID) -> list[Participation]:
    """Read every programme in which a school takes part, by id."""
    query = select(participations).where(participations.c.school_id == school_id)
    rows = connection.execute(query.order_by(participations.c.programme)).all()
    return [_participation(connection, row) for row in rows]


def participations_of_schools(connection: Connection, school_ids: Collection[UUID]) -> list[Participation]:
    """Read the programmes of several schools; one statement, and one for each version not read before."""
    query = select(participations).where(among(connection, participations.c.school_id, school_ids))
    rows = connection.execute(query.order_by(participations.c.programme)).all()
    return [_participation(connection, row) for row in rows]


def add_participation(connection: Connection, row: Mapping[str, object]) -> None:
    """Write down that a school takes part."""
    connection.execute(insert(participations).values(**row))


def move_participation(connection: Connection, held: Participation, version_id: UUID) -> None:
    """Let a school go by another version.

    Raises:
        ConflictError: it was moved meanwhile.
    """
    chosen = (
        (participations.c.school_id == held.school_id)
        & (participations.c.programme == held.programme.id)
        & (participations.c.version == held.version)
    )
    values = {"programme_version_id": version_id, "version": held.version + 1}
    if connection.execute(update(participations).where(chosen).values(values)).rowcount != 1:
        raise ConflictError(N_("Участие в программе тем временем изменено; откройте страницу снова."))


def _participation(connection: Connection, row: Row[*tuple[Any, ...]]) -> Participation:
    programme = read_programme(connection, row.programme_version_id)
    return Participation(row.school_id, row.programme_version_id, programme, row.joined_at, row.version)
