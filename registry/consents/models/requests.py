"""Requests as rows: one for each student of whom a school asks something in a programme."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, insert, select, update

from registry.consents.models.request_tables import consent_requests
from registry.errors import N_, NotFoundError
from registry.storage.queries import among


@dataclass(frozen=True, slots=True)
class Request:
    """What a school asks about one student in one programme.

    Attributes:
        asked_on: the legal day on which it was asked; asked_at: when.
        on_paper_since: from then on it is managed on paper, and no letter goes out; on_paper_by: who said so.
    """

    id: UUID
    school_id: UUID
    programme: str
    student_id: UUID
    asked_on: date
    asked_at: datetime
    on_paper_since: datetime | None = None
    on_paper_by: UUID | None = None


_of = consent_requests.c


def add_requests(connection: Connection, made: Sequence[Request]) -> None:
    """Write requests down; one statement."""
    rows = [{name: getattr(one, name) for name in Request.__slots__} for one in made]
    if rows:
        connection.execute(insert(consent_requests), rows)


def requests_of_programme(connection: Connection, school_id: UUID, programme: str) -> dict[UUID, Request]:
    """Read a school's requests in a programme by student; one statement."""
    return _requests(connection, and_(_of.school_id == school_id, _of.programme == programme))


def requests_about(
    connection: Connection, school_id: UUID, programme: str, students: Collection[UUID]
) -> dict[UUID, Request]:
    """Read the requests about some students by student; one statement."""
    chosen = and_(
        _of.school_id == school_id,
        _of.programme == programme,
        among(connection, _of.student_id, students),
    )
    return _requests(connection, chosen)


def requests_of_students(
    connection: Connection, school_id: UUID, students: Collection[UUID]
) -> dict[UUID, UUID]:
    """Name the requests about some students in all programmes, each with its student; one statement."""
    mine = and_(_of.school_id == school_id, among(connection, _of.student_id, students))
    rows = connection.execute(select(_of.id, _of.student_id).where(mine))
    return {row.id: row.student_id for row in rows}


def get_request(connection: Connection, school_id: UUID, request_id: UUID) -> Request:
    """Read one request of a school.

    Raises:
        NotFoundError: the school has no such request.
    """
    found = _requests(connection, and_(_of.school_id == school_id, _of.id == request_id))
    if not found:
        raise NotFoundError(N_("Такого запроса нет."))
    return next(iter(found.values()))


def students_of(connection: Connection, requests: Collection[UUID]) -> dict[UUID, UUID]:
    """Tell of which student each of some requests is; one statement."""
    query = select(_of.id, _of.student_id).where(among(connection, _of.id, requests))
    return {row.id: row.student_id for row in connection.execute(query)}


def people_of_requests(requests: Collection[UUID]) -> Select[tuple[UUID, UUID, UUID]]:
    """Ask for school and student of some requests."""
    return select(_of.id, _of.school_id, _of.student_id.label("person_id")).where(_of.id.in_(requests))


def note_on_paper(connection: Connection, request: Request, since: datetime | None, by: UUID | None) -> None:
    """Note that a request is managed on paper, or no longer."""
    mine = and_(_of.school_id == request.school_id, _of.id == request.id)
    said = update(consent_requests).where(mine).values(on_paper_since=since, on_paper_by=by)
    connection.execute(said)


def _requests(connection: Connection, chosen: ColumnElement[bool]) -> dict[UUID, Request]:
    rows = connection.execute(select(consent_requests).where(chosen))
    return {row.student_id: _request(row) for row in rows}


def _request(row: Row[*tuple[Any, ...]]) -> Request:
    return Request(
        row.id,
        row.school_id,
        row.programme,
        row.student_id,
        row.asked_on,
        row.asked_at,
        row.on_paper_since,
        row.on_paper_by,
    )
