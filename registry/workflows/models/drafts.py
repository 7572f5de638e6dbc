"""Queries about drafts of new versions."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from registry.workflows.drafts.rules import OPEN, Draft, DraftState
from registry.workflows.models.tables import workflow_drafts

_open = workflow_drafts.c.state.in_(sorted(OPEN))


def add_draft(connection: Connection, draft: Draft) -> None:
    """Store a new draft."""
    connection.execute(insert(workflow_drafts), asdict(draft))


def change_draft(connection: Connection, draft: Draft) -> bool:
    """Write how a draft stands now, unless somebody changed it since the revision before."""
    place = (workflow_drafts.c.id == draft.id) & (workflow_drafts.c.revision == draft.revision - 1)
    return connection.execute(update(workflow_drafts).where(place).values(**asdict(draft))).rowcount == 1


def find_draft(connection: Connection, draft_id: UUID) -> Draft | None:
    """Read one draft."""
    row = connection.execute(select(workflow_drafts).where(workflow_drafts.c.id == draft_id)).first()
    return None if row is None else _draft(row)


def open_draft(connection: Connection, definition_id: str) -> Draft | None:
    """Find the open draft of a definition, of which there is one at most."""
    asked = select(workflow_drafts).where(workflow_drafts.c.definition_id == definition_id, _open)
    row = connection.execute(asked).first()
    return None if row is None else _draft(row)


def open_drafts(connection: Connection) -> list[Draft]:
    """List the open drafts, by definition."""
    asked = select(workflow_drafts).where(_open).order_by(workflow_drafts.c.definition_id)
    return [_draft(row) for row in connection.execute(asked)]


def every_draft(connection: Connection) -> list[Draft]:
    """Read all drafts, for the verifier of the trail."""
    return [_draft(row) for row in connection.execute(select(workflow_drafts))]


def _draft(row: Row[Any]) -> Draft:
    values: dict[str, Any] = {**row._mapping, "state": DraftState(row.state)}  # noqa: SLF001 - its documented name
    return Draft(**values)
