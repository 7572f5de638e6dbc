"""The versions of one document, as an operator looks back on them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, select

from registry.programmes.models.notices import NoticeChange, changes_of, count_schools
from registry.programmes.models.versions import notice_versions, programme_versions
from registry.programmes.rules import NoticeKind


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """A document's version.

    Attributes:
        version_id: the first version of the programme that has it.
        number: of the document, as ``2.0``.
        schools: how many go by it.
        change: how it came, where people of this installation wrote it.
    """

    version_id: UUID
    number: str
    published_at: datetime
    schools: int
    change: NoticeChange | None


def history_of(connection: Connection, programme: str, kind: NoticeKind) -> list[NoticeVersion]:
    """List a document's versions, the latest first; three statements."""
    of = programme_versions.c
    asked = (
        select(of.id, of.published_at, notice_versions.c.version)
        .join(
            notice_versions,
            and_(notice_versions.c.programme_version_id == of.id, notice_versions.c.kind == kind.value),
        )
        .where(of.programme == programme)
        .distinct()
        .order_by(of.published_at, of.id)
    )
    schools = count_schools(connection, programme)
    changes = {one.programme_version_id: one for one in changes_of(connection, programme, kind)}
    found: dict[str, NoticeVersion] = {}
    for row in connection.execute(asked):
        held = found.get(row.version)
        number = schools.get(row.id, 0) + (held.schools if held else 0)
        first = (held.version_id, held.published_at) if held else (row.id, row.published_at)
        found[row.version] = NoticeVersion(first[0], row.version, first[1], number, changes.get(first[0]))
    return list(found.values())[::-1]
