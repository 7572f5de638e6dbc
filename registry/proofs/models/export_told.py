"""Lines of exports as its index tells of them, some at a time, and as they lie in its file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, and_, select

from registry.consents.models.tables import acts, consents
from registry.consents.rules.acts import ActKind
from registry.people.models.tables import classes, schools
from registry.programmes.rules import NoticeKind
from registry.proofs.exports.rules import Line
from registry.proofs.models.export_tables import document_export_lines

BATCH: Final = 1_000
"""So many lines of a long list are read at a time."""
_of = document_export_lines.c


@dataclass(frozen=True, slots=True)
class Told:
    """A line as the index of the file tells of it."""

    number: int
    folder: int
    part: int | None
    state: Line
    act_id: UUID | None
    sha256: str | None
    crc: int | None
    size: int | None
    notice: NoticeKind
    notice_version: str
    school: str
    grade: int | None
    letter: str | None
    decision: ActKind | None
    on_day: date | None
    recorded_at: datetime | None


_told = (
    select(
        _of.number,
        _of.folder,
        _of.part,
        _of.state,
        _of.act_id,
        _of.sha256,
        _of.crc,
        _of.size,
        consents.c.notice,
        consents.c.notice_version,
        schools.c.name.label("school"),
        classes.c.grade,
        classes.c.letter,
        acts.c.kind.label("decision"),
        acts.c.on_day,
        acts.c.recorded_at,
    )
    .join(consents, and_(consents.c.school_id == _of.school_id, consents.c.id == _of.consent_id))
    .join(schools, schools.c.id == _of.school_id)
    .outerjoin(acts, and_(acts.c.school_id == _of.school_id, acts.c.id == _of.act_id))
    .outerjoin(classes, and_(classes.c.school_id == _of.school_id, classes.c.id == _of.class_id))
)


def every_line(connection: Connection, export_id: UUID) -> Iterator[Told]:
    """Give all lines by number, some at a time: a long list takes no more memory than a part of it."""
    after = 0
    while True:
        query = _told.where(_of.export_id == export_id, _of.number > after).order_by(_of.number)
        rows = connection.execute(query.limit(BATCH)).all()
        yield from (_a_line(row) for row in rows)
        if len(rows) < BATCH:
            return
        after = rows[-1].number


def lines_in_file(connection: Connection, export_id: UUID, parts: int) -> Iterator[Told]:
    """Give the lines that are in the file in the order in which they lie there."""
    for part in range(parts):
        yield from lines_of_part(connection, export_id, part)


def lines_of_part(connection: Connection, export_id: UUID, part: int) -> list[Told]:
    """List the lines whose bytes lie in a piece of the file, in their order."""
    query = _told.where(_of.export_id == export_id, _of.part == part).order_by(_of.number)
    return [_a_line(row) for row in connection.execute(query)]


def _a_line(row: Any) -> Told:  # noqa: ANN401 - a row of the statement above
    said = dict(row._mapping)  # noqa: SLF001 - the documented way to a row as a mapping
    decision = None if row.decision is None else ActKind(row.decision)
    return Told(**said | {"state": Line(row.state), "notice": NoticeKind(row.notice), "decision": decision})
