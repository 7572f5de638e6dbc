"""The vault: what is sealed for one person, what is sealed for the installation, and the blind index.

A sealed value is ``format (1 byte) | key version (2 bytes) | nonce (12) | AES-256-GCM``; the associated
data are the format and version and the table, column and row, so that a value changed in any bit or moved
elsewhere does not open. A person's own key is wrapped by a master key of the ring: deleting its row makes
everything sealed under it unreadable.
"""

import hmac
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Connection, Select, SmallInteger, Table, Uuid, insert, select

from registry.errors import N_, NotFoundError, TamperedError
from registry.storage.failpoints import reach
from registry.storage.keyring import KeyRing, RingFile
from registry.storage.queries import Lookup
from registry.storage.schema import SealedBytes, metadata
from registry.storage.sealed_columns import under_master

OWN = b"\x01"
SHARED = b"\x02"
HEAD = 3
NONCE = 12
LOOKED_EVERY: Final = 1.0
"""Seconds after which a running process looks whether the file of its ring is another one."""

subject_keys = Table(
    "subject_keys",
    metadata,
    Column("subject", Uuid, primary_key=True),
    Column(
        "wrapped",
        SealedBytes,
        nullable=False,
        info=under_master("subject_keys.wrapped", row="subject", version="master_version"),
    ),
    Column("master_version", SmallInteger, nullable=False),
)


_keys = select(subject_keys.c.subject, subject_keys.c.wrapped)
_keys_by_id = Lookup(_keys, subject_keys.c.subject)


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The opened key of one person; lives in memory only."""

    subject: UUID
    cipher: AESGCM = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Masters:
    """The master keys of a ring, ready for use; exchanged as a whole, so that threads need no lock."""

    current: int
    ciphers: Mapping[int, AESGCM] = field(repr=False)

    @classmethod
    def of(cls, ring: KeyRing) -> "_Masters":
        return cls(ring.current, {version: AESGCM(key) for version, key in ring.masters.items()})


class Vault:
    """Seals and opens under the keys of one ring, and follows its file where one is given.

    The file is looked at about once a second when something is sealed, and at once when a value turns up
    that was sealed with a version unknown here: a rotation needs no restart.
    """

    def __init__(self, ring: KeyRing, file: RingFile | None = None) -> None:
        self._held = _Masters.of(ring)
        self._index = ring.index
        self._file = file
        self._looked = time.monotonic()

    @property
    def version(self) -> int:
        """The version of the master key that seals now."""
        return self._fresh().current

    def follow(self) -> None:
        """Look at the ring's file now."""
        self._looked = time.monotonic()
        ring = self._file.changed() if self._file else None
        if ring is not None:
            self._held = _Masters.of(ring)

    def _fresh(self) -> _Masters:
        if time.monotonic() - self._looked >= LOOKED_EVERY:
            self.follow()
        return self._held

    def create_keys(self, connection: Connection, subjects: Collection[UUID]) -> dict[UUID, SubjectKey]:
        """Make a key for each new person; one statement."""
        made = {subject: os.urandom(32) for subject in subjects}
        wrapped = {
            subject: self.seal_shared("subject_keys.wrapped", subject, key) for subject, key in made.items()
        }
        rows = [
            {"subject": subject, "wrapped": sealed, "master_version": version_of(sealed)}
            for subject, sealed in wrapped.items()
        ]
        if rows:
            connection.execute(insert(subject_keys), rows)
        reach("person-keys.made")
        return {subject: SubjectKey(subject, AESGCM(key)) for subject, key in made.items()}

    def create_key(self, connection: Connection, subject: UUID) -> SubjectKey:
        """Make the key of one new person."""
        return self.create_keys(connection, [subject])[subject]

    def keys_of(
        self, connection: Connection, subjects: Collection[UUID] | Select[tuple[UUID]]
    ) -> dict[UUID, SubjectKey]:
        """Open the keys of some persons, given by ids or by a select of ids; one statement.

        A person whose key was destroyed is simply not in the answer.
        """
        if isinstance(subjects, Select):
            rows = connection.execute(_keys.where(subject_keys.c.subject.in_(subjects))).all()
        else:
            rows = _keys_by_id.rows(connection, subjects)
        return {row.subject: self.unwrap(row.subject, row.wrapped) for row in rows}

    def key_of(self, connection: Connection, subject: UUID) -> SubjectKey:
        """Open the key of one person.

        Raises:
            NotFoundError: the person's data were destroyed, or there is no such person.
        """
        key = self.keys_of(connection, [subject]).get(subject)
        if key is None:
            raise NotFoundError(N_("Данные этого человека уничтожены или не найдены."))
        return key

    def unwrap(self, subject: UUID, wrapped: bytes) -> SubjectKey:
        """Open the key of one person that another room read together with rows of its own."""
        return SubjectKey(subject, AESGCM(self.open_shared("subject_keys.wrapped", subject, wrapped)))

    def seal(self, key: SubjectKey, place: str, row: UUID, value: str | bytes) -> bytes:
        """Seal a value for one person.

        Args:
            key: whose data it is.
            place: ``table.column``.
            row: id of the row where it will stand.
            value: text (kept as UTF-8) or bytes.
        """
        return _encrypt(key.cipher, OWN + b"\x00\x01", place, row, value)

    def open(self, key: SubjectKey, place: str, row: UUID, sealed: bytes) -> bytes:
        """Open a value sealed for one person.

        Raises:
            TamperedError: it was changed, moved, or sealed under another key.
        """
        return _decrypt(key.cipher, place, row, sealed)

    def open_text(self, key: SubjectKey, place: str, row: UUID, sealed: bytes) -> str:
        """Open a text sealed for one person."""
        return _decrypt(key.cipher, place, row, sealed).decode()

    def seal_shared(self, place: str, row: UUID, value: str | bytes) -> bytes:
        """Seal a value that is no one person's, under the master key in use."""
        held = self._fresh()
        return _encrypt(held.ciphers[held.current], SHARED + held.current.to_bytes(2), place, row, value)

    def open_shared(self, place: str, row: UUID, sealed: bytes) -> bytes:
        """Open a value sealed under any master key of the ring."""
        version = version_of(sealed)
        if version not in self._held.ciphers:
            self.follow()
        master = self._held.ciphers.get(version)
        if master is None:
            raise TamperedError(N_("Значение зашифровано ключом, которого нет в связке ключей."))
        return _decrypt(master, place, row, sealed)

    def blind_index(self, kind: str, value: str) -> bytes:
        """Give the 32-byte look-up key of a normalised value: equal values, equal keys, nothing else."""
        return hmac.digest(self._index, f"{kind}\x00{value}".encode(), "sha256")


def version_of(sealed: bytes) -> int:
    """Give the version of the key under which a value is sealed."""
    return int.from_bytes(sealed[1:HEAD])


def _encrypt(cipher: AESGCM, head: bytes, place: str, row: UUID, value: str | bytes) -> bytes:
    nonce = os.urandom(NONCE)
    data = value.encode() if isinstance(value, str) else value
    return head + nonce + cipher.encrypt(nonce, data, head + place.encode() + row.bytes)


def _decrypt(cipher: AESGCM, place: str, row: UUID, sealed: bytes) -> bytes:
    nonce = sealed[HEAD : HEAD + NONCE]
    try:
        return cipher.decrypt(nonce, sealed[HEAD + NONCE :], sealed[:HEAD] + place.encode() + row.bytes)
    except (InvalidTag, ValueError):
        raise TamperedError(
            N_(
                "Зашифрованное значение не открывается: оно изменено или стоит не на своём месте (%(place)s)."
            ),
            place=place,
        ) from None
