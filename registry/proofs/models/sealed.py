"""Sealed documents as rows: of which act, the digest of the file's exact bytes, how far its seal reaches."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Uuid,
    and_,
    insert,
    select,
    update,
)

from registry.documents.pades.seen import Level
from registry.storage.queries import among
from registry.storage.schema import NAMES_FILE, UtcDateTime, metadata


class Stamp(StrEnum):
    """Whether a time stamp is in the seal: nobody was to give one, it is awaited, or it is there."""

    NONE = "none"
    PENDING = "pending"
    THERE = "there"


sealed_documents = Table(
    "sealed_documents",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("act_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("sealed_file", Uuid, info={NAMES_FILE: True}),
    Column("level", String(4), nullable=False),
    Column("stamp", String(10), nullable=False),
    Column("stamped_at", UtcDateTime),
    Column("certificate", String(64), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
    Index("ix_sealed_documents_sha256", "sha256"),
    Index("ix_sealed_documents_code_hash", "code_hash"),
    Index("ix_sealed_documents_act_id", "act_id"),
)
"""A time stamp that came later makes another version; the newest file alone is kept, every digest is."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One version of the sealed document of an act.

    Attributes:
        sha256: of the file's exact bytes, hex.
        code_hash: of the code that is printed in it.
        sealed_file: where it is kept; None once a later version stands, or its content was destroyed.
        certificate: fingerprint of the certificate that it was sealed under.
    """

    school_id: UUID
    act_id: UUID
    version: int
    sha256: str
    code_hash: bytes
    sealed_file: UUID | None
    level: Level
    stamp: Stamp
    stamped_at: datetime | None
    certificate: str
    made_at: datetime


def add_sealed(connection: Connection, sealed: Sealed) -> None:
    """Write down a version."""
    row = {name: getattr(sealed, name) for name in Sealed.__slots__}
    connection.execute(
        insert(sealed_documents), row | {"level": sealed.level.value, "stamp": sealed.stamp.value}
    )


def drop_files(connection: Connection, school_id: UUID, act_ids: Collection[UUID]) -> list[UUID]:
    """Let go of the files of acts; rows and digests stay. Gives the files, which must be deleted after."""
    mine = and_(
        sealed_documents.c.school_id == school_id,
        among(connection, sealed_documents.c.act_id, act_ids),
        sealed_documents.c.sealed_file.is_not(None),
    )
    files = [
        one for one in connection.execute(select(sealed_documents.c.sealed_file).where(mine)).scalars() if one
    ]
    connection.execute(update(sealed_documents).where(mine).values(sealed_file=None))
    return files


def newest_of(connection: Connection, school_id: UUID, act_id: UUID) -> Sealed | None:
    """Find the newest version of an act's document."""
    of = sealed_documents.c
    query = select(sealed_documents).where(of.school_id == school_id, of.act_id == act_id)
    return _first(connection, query.order_by(of.version.desc()).limit(1))


def newest_of_acts(connection: Connection, school_id: UUID, act_ids: Collection[UUID]) -> dict[UUID, Sealed]:
    """Find the newest versions of the documents of some acts, by act; one statement."""
    of = sealed_documents.c
    chosen = (of.school_id == school_id, among(connection, of.act_id, act_ids))
    rows = connection.execute(select(sealed_documents).where(*chosen).order_by(of.act_id, of.version))
    return {row.act_id: _sealed(row) for row in rows}


def by_digest(connection: Connection, sha256: str) -> Sealed | None:
    """Find the version whose bytes have a digest."""
    return _first(connection, select(sealed_documents).where(sealed_documents.c.sha256 == sha256).limit(1))


def by_code(connection: Connection, code_hash: bytes) -> Sealed | None:
    """Find the newest version of the document that carries a code."""
    of = sealed_documents.c
    query = select(sealed_documents).where(of.code_hash == code_hash).order_by(of.version.desc()).limit(1)
    return _first(connection, query)


def awaiting_stamp(connection: Connection, after: UUID, most: int) -> list[Sealed]:
    """List documents whose seal waits for a time stamp, by act, from behind an act on."""
    of = sealed_documents.c
    query = select(sealed_documents).where(
        of.stamp == Stamp.PENDING.value, of.sealed_file.is_not(None), of.act_id > after
    )
    return [_sealed(row) for row in connection.execute(query.order_by(of.act_id).limit(most))]


def every_sealed(connection: Connection) -> list[Sealed]:
    """Read the newest version of every document, for the verifier of the trail."""
    of = sealed_documents.c
    rows = connection.execute(select(sealed_documents).order_by(of.school_id, of.act_id, of.version))
    newest = {(row.school_id, row.act_id): row for row in rows}
    return [_sealed(row) for row in newest.values()]


def _first(connection: Connection, query: Any) -> Sealed | None:  # noqa: ANN401 - SQLAlchemy's own type of a select
    row = connection.execute(query).first()
    return None if row is None else _sealed(row)


def _sealed(row: Row[*tuple[Any, ...]]) -> Sealed:
    said = dict(row._mapping)  # noqa: SLF001 - the documented way to a row as a mapping
    return Sealed(**said | {"level": Level(row.level), "stamp": Stamp(row.stamp)})
