"""What people of this installation changed in documents: one row a version, and who goes by which."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Row,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    func,
    insert,
    select,
)

from registry.errors import N_, NotFoundError
from registry.programmes.models.versions import notice_versions, participations, programme_versions
from registry.programmes.rules import NoticeKind
from registry.programmes.rules.numbers import Change
from registry.storage.queries import hold
from registry.storage.schema import UtcDateTime, metadata
from registry.trail.fence import append_only

LOCK = UUID(int=0x6E6F7469636573)
"""One change of the versions at a time: they are few and rare."""

notice_changes = append_only(
    Table(
        "notice_changes",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("programme", String(60), nullable=False),
        Column("programme_version_id", Uuid, ForeignKey("programme_versions.id"), nullable=False),
        Column("based_on", Uuid, ForeignKey("programme_versions.id"), nullable=False),
        Column("kind", String(40), nullable=False),
        Column("number", String(40), nullable=False),
        Column("change", String(8), nullable=False),
        Column("why", String(300), nullable=False),
        Column("asked_by", Uuid),
        Column("approved_by", Uuid),
        Column("published_at", UtcDateTime, nullable=False),
        UniqueConstraint("programme_version_id"),
    )
)


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """A document's new version: what two people published, and why; nothing of it ever changes.

    Attributes:
        programme_version_id: the version of the programme that has it; based_on: the one before.
        number: of the document, as ``2.0``.
    """

    id: UUID
    programme: str
    programme_version_id: UUID
    based_on: UUID
    kind: NoticeKind
    number: str
    change: Change
    why: str
    asked_by: UUID | None
    approved_by: UUID | None
    published_at: datetime


def hold_versions(connection: Connection) -> None:
    """Keep others from publishing until the transaction ends."""
    hold(connection, "programme_versions", LOCK)


def add_change(connection: Connection, change: NoticeChange) -> None:
    """Write down what was changed."""
    connection.execute(insert(notice_changes), asdict(change))


def changes_of(connection: Connection, programme: str, kind: NoticeKind) -> list[NoticeChange]:
    """List the changes of a document, the latest first."""
    of = notice_changes.c
    asked = select(notice_changes).where(of.programme == programme, of.kind == kind.value)
    return [_change(row) for row in connection.execute(asked.order_by(of.published_at.desc(), of.id.desc()))]


def every_change(connection: Connection) -> list[NoticeChange]:
    """Read all changes, for the verifier of the trail."""
    return [_change(row) for row in connection.execute(select(notice_changes))]


def way_between(connection: Connection, old: UUID, new: UUID) -> list[NoticeChange] | None:
    """Name the changes that lead from one version of a programme to another; none where others do too.

    An empty list means that they are the same version.
    """
    of = notice_changes.c
    programme = select(programme_versions.c.programme).where(programme_versions.c.id == new)
    known = select(notice_changes).where(of.programme == programme.scalar_subquery())
    before = {row.programme_version_id: _change(row) for row in connection.execute(known)}
    way: list[NoticeChange] = []
    while new != old:
        if new not in before:
            return None
        way.append(before[new])
        new = before[new].based_on
    return way


def texts_of(connection: Connection, version_id: UUID) -> tuple[str, Mapping[str, str]]:
    """Read the name of a version's definition and all its texts.

    Raises:
        NotFoundError: there is no such version.
    """
    of = programme_versions.c
    row = connection.execute(select(of.file, of.texts).where(of.id == version_id)).first()
    if row is None:
        raise NotFoundError(N_("Такой версии программы нет."))
    return row.file, row.texts


def notice_of_digest(connection: Connection, sha256: str) -> tuple[str, str] | None:
    """Find a document's template by its digest: version and text; an act on paper names it so."""
    of = notice_versions.c
    row = connection.execute(select(of.version, of.text).where(of.sha256 == sha256).limit(1)).first()
    return None if row is None else (row.version, row.text)


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A version of a document in the language in which it is printed: its number and its digest."""

    version: str
    language: str
    sha256: str


def printed_texts(connection: Connection, programme: str, kind: NoticeKind) -> list[NoticeText]:
    """List the versions of a document as it is printed, in the order in which they were published.

    A text that came back under the number that it had before stands where it was first.
    """
    of = notice_versions.c
    made = programme_versions.c
    asked = (
        select(of.version, of.language, of.sha256)
        .join(programme_versions, made.id == of.programme_version_id)
        .where(made.programme == programme, of.kind == kind.value)
        .order_by(made.published_at, made.id, of.id)
    )
    found: dict[str, NoticeText] = {}
    for row in connection.execute(asked):
        found.setdefault(row.version, NoticeText(row.version, row.language, row.sha256))
    return list(found.values())


def schools_at(connection: Connection, version_id: UUID) -> list[UUID]:
    """Name the schools that go by a version, in a fixed order."""
    of = participations.c
    asked = select(of.school_id).where(of.programme_version_id == version_id).order_by(of.school_id)
    return list(connection.execute(asked).scalars())


def count_schools(connection: Connection, programme: str) -> dict[UUID, int]:
    """Count the schools of a programme by the version that they go by."""
    of = participations.c
    asked = select(of.programme_version_id, func.count().label("held")).where(of.programme == programme)
    rows = connection.execute(asked.group_by(of.programme_version_id))
    return {row.programme_version_id: row.held for row in rows}


def _change(row: Row[Any]) -> NoticeChange:
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - its documented name
    return NoticeChange(**{**values, "kind": NoticeKind(row.kind), "change": Change(row.change)})
