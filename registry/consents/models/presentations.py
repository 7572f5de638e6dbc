"""Texts as they were given to read, sealed for who read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, insert, select

from registry.consents.models.tables import presentations, sittings
from registry.errors import N_, NotFoundError
from registry.storage.vault import Vault

BODY = "presentations.body"


@dataclass(frozen=True, slots=True)
class Presented:
    """A text that was given to read: its exact bytes and their digest."""

    id: UUID
    consent_id: UUID
    language: str
    text_sha256: str
    body: bytes
    served_at: datetime


def add_presentation(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write down what was given to read."""
    connection.execute(insert(presentations), row)


def get_presentation(
    connection: Connection, vault: Vault, school_id: UUID, presentation_id: UUID, signer_id: UUID
) -> Presented:
    """Read a text as its signer read it.

    Raises:
        NotFoundError: there is none, or the signer's data were destroyed.
    """
    of = presentations.c
    query = select(presentations).where(of.school_id == school_id, of.id == presentation_id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(N_("Такого документа нет."))
    body = vault.open(vault.key_of(connection, signer_id), BODY, row.id, row.body)
    return Presented(row.id, row.consent_id, row.language, row.text_sha256, body, row.served_at)


def auth_of(connection: Connection, school_id: UUID, presentation_id: UUID | None) -> str:
    """Say by what way in the sitting was opened in which a text was shown; nothing without a text."""
    if presentation_id is None:
        return ""
    shown = and_(presentations.c.school_id == school_id, presentations.c.id == presentation_id)
    same = and_(
        sittings.c.school_id == presentations.c.school_id, sittings.c.id == presentations.c.sitting_id
    )
    found = connection.execute(select(sittings.c.auth).join_from(presentations, sittings, same).where(shown))
    return str(found.scalar() or "")
