"""Destructions that follow withdrawals: rows of ids, days and counts, one for each act that took back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    and_,
    insert,
    or_,
    select,
    update,
)

from registry.consents.models.tables import acts, consents
from registry.consents.rules.acts import ActKind
from registry.errors import N_, NotFoundError
from registry.programmes.rules import NoticeKind
from registry.rights.models.outcomes import as_json, of_json
from registry.rights.rules import Destruction, Outcome, Withdrawal
from registry.storage.queries import among
from registry.storage.schema import JsonText, UtcDateTime, metadata
from registry.workflows.models.tables import cases

destructions = Table(
    "destructions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("programme", String(60), nullable=False),
    Column("consent_id", Uuid, nullable=False),
    Column("act_id", Uuid, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("outcome", JsonText),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "act_id"),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
    ForeignKeyConstraint(["school_id", "consent_id"], ["consents.school_id", "consents.id"]),
    Index("ix_destructions_last_day", "last_day", "id"),
)

_same_consent = and_(
    consents.c.school_id == destructions.c.school_id, consents.c.id == destructions.c.consent_id
)
_read = (
    select(
        destructions,
        consents.c.notice,
        consents.c.notice_version,
        consents.c.signer_id,
        consents.c.about_id,
        cases.c.state,
    )
    .join_from(destructions, consents, _same_consent)
    .join(cases, cases.c.id == destructions.c.case_id)
)
_begun = (
    select(destructions.c.id)
    .where(destructions.c.school_id == acts.c.school_id, destructions.c.act_id == acts.c.id)
    .exists()
)
MOST = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A destruction with the document that it is about, and where its case stands."""

    destruction: Destruction
    notice: NoticeKind
    notice_version: str
    signer_id: UUID
    about_id: UUID
    state: str


def withdrawn_since(connection: Connection, first: UUID) -> list[Withdrawal]:
    """List acts that took a consent back and have no destruction yet, the oldest first, `MOST` at the most.

    The agreement on the simple signature is left out: what was signed under it rests on it.
    """
    same = and_(consents.c.school_id == acts.c.school_id, consents.c.id == acts.c.consent_id)
    query = (
        select(
            acts.c.school_id,
            consents.c.programme,
            acts.c.consent_id,
            acts.c.id,
            acts.c.on_day,
            acts.c.recorded_at,
        )
        .join_from(acts, consents, same)
        .where(
            acts.c.id >= first,
            acts.c.kind == ActKind.WITHDRAWN.value,
            consents.c.notice != NoticeKind.CODE_AGREEMENT.value,
            ~_begun,
        )
        .order_by(acts.c.id)
        .limit(MOST)
    )
    return [Withdrawal(*row) for row in connection.execute(query)]


def begun_of(connection: Connection, school_id: UUID, acts_: Collection[UUID]) -> set[UUID]:
    """Name those of some acts whose destruction was begun."""
    of = destructions.c
    mine = (of.school_id == school_id, among(connection, of.act_id, acts_))
    return set(connection.execute(select(of.act_id).where(*mine)).scalars()) if acts_ else set()


def add(connection: Connection, made: Destruction) -> None:
    """Write down a destruction that is to come."""
    connection.execute(
        insert(destructions).values(
            id=made.id,
            school_id=made.school_id,
            programme=made.programme,
            consent_id=made.consent_id,
            act_id=made.act_id,
            case_id=made.case_id,
            received_on=made.received_on,
            last_day=made.last_day,
            begun_at=made.begun_at,
        )
    )


def get(connection: Connection, destruction_id: UUID) -> Shown:
    """Read one.

    Raises:
        NotFoundError: there is none.
    """
    row = connection.execute(_read.where(destructions.c.id == destruction_id)).first()
    if row is None:
        raise NotFoundError(N_("Такого уничтожения в списке нет."))
    return _shown(row)


def people_of(wanted: Collection[UUID]) -> Select[tuple[UUID, UUID, UUID]]:
    """Ask for the school of some destructions, and whom the consent was about."""
    of = destructions.c
    asked = select(of.id, of.school_id, consents.c.about_id.label("person_id"))
    return asked.join_from(destructions, consents, _same_consent).where(of.id.in_(wanted))


def finish(connection: Connection, destruction_id: UUID, now: datetime, outcome: Outcome) -> None:
    """Write down when it was done, and what came of it."""
    done = update(destructions).where(destructions.c.id == destruction_id)
    connection.execute(done.values(done_at=now, outcome=as_json(outcome)))


def open_of_schools(connection: Connection, school_ids: Collection[UUID], after: UUID | None) -> list[Shown]:
    """List destructions of some schools that are still to come, the nearest day first, from one on."""
    query = _read.where(among(connection, destructions.c.school_id, school_ids), cases.c.closed_at.is_(None))
    if after is not None:
        last = select(destructions.c.last_day).where(destructions.c.id == after).scalar_subquery()
        later = and_(destructions.c.last_day == last, destructions.c.id > after)
        query = query.where(or_(destructions.c.last_day > last, later))
    ordered = query.order_by(destructions.c.last_day, destructions.c.id).limit(MOST)
    return [_shown(row) for row in connection.execute(ordered)]


def done_of_schools(connection: Connection, school_ids: Collection[UUID], limit: int) -> list[Shown]:
    """List the last destructions of some schools that were done or dropped, the latest first."""
    query = _read.where(
        among(connection, destructions.c.school_id, school_ids), cases.c.closed_at.is_not(None)
    )
    return [_shown(row) for row in connection.execute(query.order_by(cases.c.closed_at.desc()).limit(limit))]


def others_wait(connection: Connection, person_id: UUID, besides: UUID) -> bool:
    """Tell whether another destruction of a person's papers is still to come, or is held by an order."""
    his = or_(consents.c.signer_id == person_id, consents.c.about_id == person_id)
    query = (
        select(destructions.c.id)
        .join_from(destructions, consents, _same_consent)
        .join(cases, cases.c.id == destructions.c.case_id)
        .where(his, cases.c.closed_at.is_(None), destructions.c.id != besides)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def given_again(connection: Connection, first: UUID) -> list[Destruction]:
    """List destructions to come of documents that were given since, or whose withdrawal was declared void."""
    later = acts.alias("later")
    same = and_(
        later.c.school_id == destructions.c.school_id, later.c.consent_id == destructions.c.consent_id
    )
    query = (
        select(destructions)
        .join(later, same)
        .join(cases, cases.c.id == destructions.c.case_id)
        .where(
            later.c.id >= first,
            later.c.id != destructions.c.act_id,
            cases.c.closed_at.is_(None),
            or_(later.c.kind == ActKind.GIVEN.value, later.c.invalidates == destructions.c.act_id),
            later.c.recorded_at > destructions.c.begun_at,
        )
        .distinct()
    )
    return [_destruction(row) for row in connection.execute(query)]


def every(connection: Connection) -> Iterator[Destruction]:
    """Read all of them, for the verifier of the trail."""
    for row in connection.execute(select(destructions).order_by(destructions.c.id)):
        yield _destruction(row)


def _shown(row: Row[Any]) -> Shown:
    return Shown(
        _destruction(row), NoticeKind(row.notice), row.notice_version, row.signer_id, row.about_id, row.state
    )


def _destruction(row: Row[Any]) -> Destruction:
    return Destruction(
        row.id,
        row.school_id,
        row.programme,
        row.consent_id,
        row.act_id,
        row.case_id,
        row.received_on,
        row.last_day,
        row.begun_at,
        row.done_at,
        None if row.outcome is None else of_json(row.outcome),
    )
