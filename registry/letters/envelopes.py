"""Closing and opening what is personal in a letter: where it goes and what it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from registry.errors import N_, NotFoundError
from registry.letters.models import Letter, Sealed, Taken
from registry.letters.rules import LetterState
from registry.letters.words import Words
from registry.storage.vault import SHARED, SubjectKey, Vault

DESTINATION: Final = "letters.destination"
CONTENT: Final = "letters.content"


@dataclass(frozen=True, slots=True)
class Envelope:
    """An opened letter: lives in memory only, while it is handed over."""

    address: str
    subject: str
    text: str


def close(vault: Vault, connection: Connection, letter: Letter, address: str, words: Words) -> Sealed:
    """Seal a letter under its addressee's own key; staff have none, theirs go under the installation's.

    On paper nothing is kept of the words: they are in the hands of who printed them.
    """
    key = vault.keys_of(connection, [letter.person_id]).get(letter.person_id)
    destination = _seal(vault, key, DESTINATION, letter.id, address)
    if letter.state is not LetterState.QUEUED:
        return Sealed(destination, None)
    content = json.dumps({"subject": words.subject, "text": words.text}, ensure_ascii=False)
    return Sealed(destination, _seal(vault, key, CONTENT, letter.id, content))


def open_envelope(vault: Vault, connection: Connection, taken: Taken) -> Envelope:
    """Open a letter that is to be handed over.

    Raises:
        NotFoundError: its words were wiped, or the addressee's data destroyed.
        TamperedError: it was changed in the database.
    """
    if taken.sealed.content is None:
        raise NotFoundError(N_("Текста письма больше нет: составьте его заново."))
    letter = taken.letter
    keys: Mapping[UUID, SubjectKey] = vault.keys_of(connection, [letter.person_id])
    key = keys.get(letter.person_id)
    address = _open(vault, key, DESTINATION, letter.id, taken.sealed.destination)
    said = json.loads(_open(vault, key, CONTENT, letter.id, taken.sealed.content))
    return Envelope(address, said["subject"], said["text"])


def _seal(vault: Vault, key: SubjectKey | None, place: str, row: UUID, value: str) -> bytes:
    return vault.seal_shared(place, row, value) if key is None else vault.seal(key, place, row, value)


def _open(vault: Vault, key: SubjectKey | None, place: str, row: UUID, sealed: bytes) -> str:
    if sealed[:1] == SHARED:
        return vault.open_shared(place, row, sealed).decode()
    if key is None:
        raise NotFoundError(N_("Данные этого человека уничтожены или не найдены."))
    return vault.open_text(key, place, row, sealed)
