"""Consents as rows: what was asked of whom about whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, insert, select

from registry.consents.models.tables import consents
from registry.errors import N_, NotFoundError
from registry.programmes.rules import NoticeKind


@dataclass(frozen=True, slots=True)
class Consent:
    """One notice version asked of one signer about one student, or about the signer for an agreement."""

    id: UUID
    school_id: UUID
    programme: str
    notice: NoticeKind
    notice_version: str
    signer_id: UUID
    about_id: UUID
    asked_at: datetime

    @property
    def key(self) -> tuple[UUID, UUID, NoticeKind, str]:
        """What makes it one of a kind in its school and programme."""
        return self.signer_id, self.about_id, self.notice, self.notice_version


_in_order = select(consents).order_by(consents.c.asked_at, consents.c.id)
_of_signer = _in_order.where(
    consents.c.school_id == bindparam("school"),
    consents.c.programme == bindparam("programme"),
    consents.c.signer_id == bindparam("signer"),
)


def add_consents(connection: Connection, made: Sequence[Consent]) -> None:
    """Write what is asked; one statement."""
    rows = [
        {
            "id": one.id,
            "school_id": one.school_id,
            "programme": one.programme,
            "notice": one.notice.value,
            "notice_version": one.notice_version,
            "signer_id": one.signer_id,
            "about_id": one.about_id,
            "asked_at": one.asked_at,
        }
        for one in made
    ]
    if rows:
        connection.execute(insert(consents), rows)


def consents_of_programme(connection: Connection, school_id: UUID, programme: str) -> list[Consent]:
    """Read everything that a school asked in a programme; one statement."""
    return _consents(connection, and_(consents.c.school_id == school_id, consents.c.programme == programme))


def consents_of_signer(
    connection: Connection, school_id: UUID, programme: str, signer_id: UUID
) -> list[Consent]:
    """Read what was asked of one signer, in the order of asking; one statement."""
    chosen = {"school": school_id, "programme": programme, "signer": signer_id}
    return [_consent(row) for row in connection.execute(_of_signer, chosen)]


def consents_of_student(
    connection: Connection, school_id: UUID, programme: str, student_id: UUID
) -> list[Consent]:
    """Read what was asked about one student, in the order of asking; one statement."""
    chosen = and_(
        consents.c.school_id == school_id,
        consents.c.programme == programme,
        consents.c.about_id == student_id,
    )
    return _consents(connection, chosen)


def get_consent(connection: Connection, school_id: UUID, consent_id: UUID) -> Consent:
    """Read one consent of a school.

    Raises:
        NotFoundError: the school has no such consent.
    """
    found = _consents(connection, and_(consents.c.school_id == school_id, consents.c.id == consent_id))
    if not found:
        raise NotFoundError(N_("Такого документа нет."))
    return found[0]


def find_consent(connection: Connection, wanted: Consent) -> Consent | None:
    """Find the consent that asks the same as another."""
    signer, about, notice, version = wanted.key
    chosen = and_(
        consents.c.school_id == wanted.school_id,
        consents.c.programme == wanted.programme,
        consents.c.signer_id == signer,
        consents.c.about_id == about,
        consents.c.notice == notice.value,
        consents.c.notice_version == version,
    )
    found = _consents(connection, chosen)
    return found[0] if found else None


def first_asked(
    connection: Connection, school_id: UUID, programme: str, notice: NoticeKind
) -> dict[str, datetime]:
    """Tell when a school first asked each version of a document; one statement."""
    of = consents.c
    chosen = and_(of.school_id == school_id, of.programme == programme, of.notice == notice.value)
    query = select(of.notice_version, func.min(of.asked_at).label("first")).where(chosen)
    return {row.notice_version: row.first for row in connection.execute(query.group_by(of.notice_version))}


def _consents(connection: Connection, chosen: ColumnElement[bool]) -> list[Consent]:
    return [_consent(row) for row in connection.execute(_in_order.where(chosen))]


def _consent(row: Row[*tuple[Any, ...]]) -> Consent:
    return Consent(
        row.id,
        row.school_id,
        row.programme,
        NoticeKind(row.notice),
        row.notice_version,
        row.signer_id,
        row.about_id,
        row.asked_at,
    )
