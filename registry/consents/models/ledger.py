"""The ledger of disclosures, and the documents that settle conflicts between guardians."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from registry.consents.models.tables import conflict_documents, disclosures
from registry.storage.queries import among


def add_disclosures(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write one row for each person of a message; one statement."""
    if rows:
        connection.execute(insert(disclosures), list(rows))


def is_disclosed(connection: Connection, school_id: UUID, message_id: UUID) -> bool:
    """Tell whether the ledger has the message already."""
    of = disclosures.c
    query = select(of.person_id).where(of.school_id == school_id, of.message_id == message_id).limit(1)
    return connection.execute(query).first() is not None


def people_told_of(
    connection: Connection, school_id: UUID, message_id: UUID, students: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Name, by student and person, of whom among some students the ledger has a message already."""
    of = disclosures.c
    chosen = (of.school_id == school_id, of.message_id == message_id)
    query = select(of.student_id, of.person_id).where(*chosen, among(connection, of.student_id, students))
    return {(row.student_id, row.person_id) for row in connection.execute(query)}


def disclosures_of_message(connection: Connection, school_id: UUID, message_id: UUID) -> list[dict[str, Any]]:
    """Read the ledger of one message, by student and person."""
    of = disclosures.c
    query = select(disclosures).where(of.school_id == school_id, of.message_id == message_id)
    return [dict(row) for row in connection.execute(query.order_by(of.student_id, of.person_id)).mappings()]


def disclosures_of_person(connection: Connection, school_id: UUID, person_id: UUID) -> list[dict[str, Any]]:
    """Read where a person's data went from a school, the latest first."""
    of = disclosures.c
    query = select(disclosures).where(of.school_id == school_id, of.person_id == person_id)
    return [dict(row) for row in connection.execute(query.order_by(of.cleared_at.desc())).mappings()]


def add_conflict_document(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write down a document that says whose act stands."""
    connection.execute(insert(conflict_documents).values(**row))


def every_conflict_document(connection: Connection) -> list[dict[str, Any]]:
    """Read every document on a conflict of the installation, for the verifier of the trail."""
    return [dict(row) for row in connection.execute(select(conflict_documents)).mappings()]


def settled_by(connection: Connection, school_id: UUID, programme: str) -> dict[UUID, UUID]:
    """Tell for each student with such a document whose act stands; the last one counts; one statement."""
    of = conflict_documents.c
    rows = connection.execute(
        select(of.student_id, of.stands_id)
        .where(of.school_id == school_id, of.programme == programme)
        .order_by(of.dated, of.recorded_at, of.id)
    )
    return {row.student_id: row.stands_id for row in rows}
