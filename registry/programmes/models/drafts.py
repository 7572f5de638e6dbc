"""Drafts of documents: the table, and its queries."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Uuid,
    insert,
    select,
    text,
    update,
)

from registry.programmes.definition.edited import Wording
from registry.programmes.drafts.rules import Draft
from registry.programmes.rules import NoticeKind
from registry.programmes.rules.numbers import Change
from registry.storage.schema import JsonText, UtcDateTime, metadata
from registry.workflows.drafts.rules import OPEN, DraftState

_OPEN = text("state IN ('drafting', 'proposed')")
notice_drafts = Table(
    "notice_drafts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme", String(60), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("words", JsonText, nullable=False),
    Column("based_on", Uuid, ForeignKey("programme_versions.id"), nullable=False),
    Column("edited_by", Uuid),
    Column("edited_at", UtcDateTime, nullable=False),
    Column("change", String(8)),
    Column("why", String(300)),
    Column("asked_by", Uuid),
    Column("asked_at", UtcDateTime),
    Column("number", String(40)),
    Index(
        "uq_notice_drafts_open",
        "programme",
        "kind",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

_open = notice_drafts.c.state.in_(sorted(OPEN))


def add_draft(connection: Connection, draft: Draft) -> None:
    """Store a new draft."""
    connection.execute(insert(notice_drafts), asdict(draft))


def change_draft(connection: Connection, draft: Draft) -> bool:
    """Write how a draft stands now, unless somebody changed it since the revision before."""
    place = (notice_drafts.c.id == draft.id) & (notice_drafts.c.revision == draft.revision - 1)
    return connection.execute(update(notice_drafts).where(place).values(**asdict(draft))).rowcount == 1


def find_draft(connection: Connection, draft_id: UUID) -> Draft | None:
    """Read one draft."""
    row = connection.execute(select(notice_drafts).where(notice_drafts.c.id == draft_id)).first()
    return None if row is None else _draft(row)


def open_draft(connection: Connection, programme: str, kind: NoticeKind) -> Draft | None:
    """Find the open draft of a document, of which there is one at most."""
    of = notice_drafts.c
    asked = select(notice_drafts).where(of.programme == programme, of.kind == kind.value, _open)
    row = connection.execute(asked).first()
    return None if row is None else _draft(row)


def open_drafts(connection: Connection) -> list[Draft]:
    """List the open drafts, by programme and kind."""
    asked = select(notice_drafts).where(_open).order_by(notice_drafts.c.programme, notice_drafts.c.kind)
    return [_draft(row) for row in connection.execute(asked)]


def every_draft(connection: Connection) -> list[Draft]:
    """Read all drafts, for the verifier of the trail."""
    return [_draft(row) for row in connection.execute(select(notice_drafts))]


def _draft(row: Row[Any]) -> Draft:
    values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - its documented name
    values |= {
        "kind": NoticeKind(row.kind),
        "state": DraftState(row.state),
        "words": {language: Wording(**words) for language, words in row.words.items()},
        "change": Change(row.change) if row.change else None,
    }
    return Draft(**values)
