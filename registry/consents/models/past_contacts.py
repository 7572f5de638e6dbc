"""Contacts as they were, to warn who may still hold them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from registry.people.contacts import ContactKind
from registry.people.models.tables import past_contacts
from registry.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class PastContact:
    """A phone or an e-mail address that a person had."""

    kind: ContactKind
    value: str


def find_past_contact(connection: Connection, vault: Vault, past_contact_id: UUID) -> PastContact | None:
    """Open a contact as it was; None when it is gone or its holder's data were destroyed."""
    row = connection.execute(select(past_contacts).where(past_contacts.c.id == past_contact_id)).first()
    key = vault.keys_of(connection, [row.person_id]).get(row.person_id) if row else None
    if row is None or key is None:
        return None
    return PastContact(ContactKind(row.kind), vault.open_text(key, "past_contacts.value", row.id, row.value))
