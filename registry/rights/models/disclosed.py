"""The ledger as it is asked: which fields of whom, in which message, on which acts; and who has them now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, select

from registry.consents.models.acts import ActRow, acts_of_consents
from registry.consents.models.tables import acts, consents, disclosures
from registry.programmes.models import programme_versions, read_programme
from registry.programmes.rules import Programme
from registry.rights.models.receivers import receivers_of
from registry.rights.models.shredding import Paper
from registry.rights.rules import Receiver
from registry.storage.queries import among

MOST = 500


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the ledger, and of how many people it told."""

    message_id: UUID
    programme: str
    receiver: str
    cleared_at: datetime
    persons: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One person in one message: by the id of a set of fields, on acts by their ids."""

    message_id: UUID
    student_id: UUID
    person_id: UUID
    programme: str
    receiver: str
    field_set: str
    act_ids: tuple[UUID, ...]
    cleared_at: datetime


def messages_of(connection: Connection, school_id: UUID) -> list[Message]:
    """List the messages that told of anybody of a school, the latest first."""
    of = disclosures.c
    whole = (of.message_id, of.programme, of.receiver, of.cleared_at)
    query = select(*whole, func.count().label("persons")).where(of.school_id == school_id).group_by(*whole)
    rows = connection.execute(query.order_by(of.cleared_at.desc(), of.message_id).limit(MOST))
    return [Message(row.message_id, row.programme, row.receiver, row.cleared_at, row.persons) for row in rows]


def of_message(connection: Connection, school_id: UUID, message_id: UUID) -> list[Disclosure]:
    """Read one message, by student and person."""
    of = disclosures.c
    return _read(connection, and_(of.school_id == school_id, of.message_id == message_id))


def of_student(connection: Connection, school_id: UUID, student_id: UUID) -> list[Disclosure]:
    """Read where the data of a student, and those of his guardians beside them, went from a school."""
    of = disclosures.c
    return _read(connection, and_(of.school_id == school_id, of.student_id == student_id))


def acts_behind(connection: Connection, school_id: UUID, found: Collection[Disclosure]) -> dict[UUID, ActRow]:
    """Read the acts that some disclosures rest on, by their ids."""
    wanted = {act for one in found for act in one.act_ids}
    mine = and_(acts.c.school_id == school_id, among(connection, acts.c.id, wanted))
    documents = set(connection.execute(select(acts.c.consent_id).where(mine)).scalars()) if wanted else set()
    rows = acts_of_consents(connection, documents)
    return {act.id: act for each in rows.values() for act in each if act.id in wanted}


def to_be_told(
    connection: Connection, school_id: UUID, student_id: UUID, programme: str
) -> tuple[Receiver, ...]:
    """Name who has a student's data of a programme, and what each knows of it that they are to go."""
    nobody = UUID(int=0)
    paper = Paper(school_id, programme, nobody, student_id, student_id, ())
    return receivers_of(connection, paper)


def programmes_about(connection: Connection, school_id: UUID, student_id: UUID) -> list[str]:
    """Name the programmes in which a student of a school was disclosed, or is asked about."""
    of = disclosures.c
    told = select(of.programme).where(of.school_id == school_id, of.student_id == student_id)
    asked = select(consents.c.programme).where(
        consents.c.school_id == school_id, consents.c.about_id == student_id
    )
    return sorted(connection.execute(told.union(asked)).scalars())


def programme_of(connection: Connection, programme: str, version: str) -> Programme | None:
    """Read a programme in the version by which a message was made."""
    of = programme_versions.c
    query = select(of.id).where(of.programme == programme, of.version == version)
    found = connection.execute(query).scalar()
    return None if found is None else read_programme(connection, found)


def _read(connection: Connection, chosen: Any) -> list[Disclosure]:  # noqa: ANN401 - a condition of SQL
    of = disclosures.c
    query = select(disclosures).where(chosen).order_by(of.cleared_at.desc(), of.student_id, of.person_id)
    return [_disclosure(row) for row in connection.execute(query)]


def _disclosure(row: Row[Any]) -> Disclosure:
    return Disclosure(
        row.message_id,
        row.student_id,
        row.person_id,
        row.programme,
        row.receiver,
        row.field_set,
        tuple(UUID(one) for one in row.act_ids),
        row.cleared_at,
    )
