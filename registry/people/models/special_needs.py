"""Special educational needs: the document that says so, its term, and the school that holds it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    UniqueConstraint,
    Uuid,
    insert,
    or_,
    select,
    update,
)

from registry.errors import N_, NotFoundError
from registry.storage.schema import SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_subject
from registry.storage.vault import Vault

DOCUMENT = "special_needs.document"

special_needs = Table(
    "special_needs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("persons.id"), nullable=False),
    Column("document", SealedBytes, nullable=False, info=under_subject("person_id")),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", Uuid),
    Column("version", Integer, nullable=False),
    UniqueConstraint("school_id", "id"),
    Index("ix_special_needs_person", "school_id", "person_id"),
)


@dataclass(frozen=True, slots=True)
class SpecialNeeds:
    """One document: in words, from its first day to its last, both included; no last day: without an end."""

    id: UUID
    school_id: UUID
    person_id: UUID
    document: str
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    recorded_by: UUID | None
    version: int


def add_special_needs(connection: Connection, vault: Vault, one: SpecialNeeds) -> None:
    """Write one down."""
    key = vault.key_of(connection, one.person_id)
    connection.execute(
        insert(special_needs).values(
            id=one.id,
            school_id=one.school_id,
            person_id=one.person_id,
            document=vault.seal(key, DOCUMENT, one.id, one.document),
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            recorded_at=one.recorded_at,
            recorded_by=one.recorded_by,
            version=one.version,
        )
    )


def end_special_needs(connection: Connection, one: SpecialNeeds) -> None:
    """Write down its last day."""
    of = special_needs.c
    ended = update(special_needs).where(of.school_id == one.school_id, of.id == one.id)
    connection.execute(ended.values(valid_until=one.valid_until, version=one.version))


def special_needs_of(
    connection: Connection, vault: Vault, school_id: UUID, person_id: UUID
) -> list[SpecialNeeds]:
    """Read the documents of a student that a school holds, the oldest first."""
    of = special_needs.c
    query = select(special_needs).where(of.school_id == school_id, of.person_id == person_id)
    rows = connection.execute(query.order_by(of.valid_from, of.id)).all()
    return [_opened(connection, vault, row) for row in rows]


def get_special_needs(
    connection: Connection, vault: Vault, school_id: UUID, ids: tuple[UUID, UUID]
) -> SpecialNeeds:
    """Read one by student and id.

    Raises:
        NotFoundError: the school holds none like it.
    """
    of = special_needs.c
    query = select(special_needs).where(of.school_id == school_id, of.person_id == ids[0], of.id == ids[1])
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такого документа нет."))
    return _opened(connection, vault, row)


def with_special_needs(
    connection: Connection, school_id: UUID, people: Collection[UUID], day: date
) -> set[UUID]:
    """Tell who of some people has such a document of a school on a day; one statement."""
    of = special_needs.c
    standing = (of.valid_from <= day, or_(of.valid_until.is_(None), of.valid_until >= day))
    query = select(of.person_id).where(of.school_id == school_id, of.person_id.in_(people), *standing)
    return set(connection.execute(query).scalars())


def _opened(connection: Connection, vault: Vault, row: Row[Any]) -> SpecialNeeds:
    key = vault.key_of(connection, row.person_id)
    return SpecialNeeds(
        id=row.id,
        school_id=row.school_id,
        person_id=row.person_id,
        document=vault.open_text(key, DOCUMENT, row.id, row.document),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        version=row.version,
    )
