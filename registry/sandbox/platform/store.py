"""What the platform keeps: messages with its answers, entries while they may be held, senders' keys."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from registry.sandbox.platform.inspect import Entry, Kind, Manifest, Standing, Withdrawn

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, school TEXT NOT NULL, received_at TEXT NOT NULL,
    verdict TEXT NOT NULL, reasons TEXT NOT NULL, acknowledgement BLOB NOT NULL, signature BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY REFERENCES answers (id), sha256 TEXT NOT NULL, school TEXT NOT NULL,
    school_name TEXT NOT NULL, programme TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
    kind TEXT NOT NULL, sequence INTEGER NOT NULL, included INTEGER, roster INTEGER, checkpoint TEXT,
    UNIQUE (school, programme, sequence)
);
CREATE TABLE IF NOT EXISTS entries (
    id TEXT NOT NULL, message TEXT NOT NULL REFERENCES messages (id), class TEXT, guardians INTEGER,
    content BLOB, destroyed_at TEXT, destroyed_by TEXT, PRIMARY KEY (message, id)
);
CREATE TABLE IF NOT EXISTS sender_keys (
    owner TEXT NOT NULL, fingerprint TEXT NOT NULL, added_at TEXT NOT NULL, until TEXT, revoked_at TEXT,
    PRIMARY KEY (owner, fingerprint)
);
-- A store from before keys had a time: each key of then is the one of now.
CREATE TABLE IF NOT EXISTS senders (owner TEXT PRIMARY KEY, fingerprint TEXT NOT NULL);
INSERT OR IGNORE INTO sender_keys (owner, fingerprint, added_at)
    SELECT owner, fingerprint, '1970-01-01T00:00:00Z' FROM senders;
DROP TABLE senders;
"""
_DESTROY = """UPDATE entries
    SET class = NULL, guardians = NULL, content = NULL, destroyed_at = ?, destroyed_by = ?
    WHERE destroyed_at IS NULL AND message = ?"""

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it arrived."""

    message_id: UUID
    school_id: UUID
    sealed: bytes

    @property
    def sha256(self) -> str:
        """Digest of the sealed bytes."""
        return hashlib.sha256(self.sealed).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """A signed answer as it was first given; given again for the same bytes."""

    message_sha256: str
    verdict: str
    at: str
    acknowledgement: bytes
    signature: bytes


class Store:
    """One SQLite file; every method is one transaction, and a call inside `writing` joins it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, isolation_level=None, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            # Destroyed means gone: freed pages are overwritten, not left in the file.
            connection.execute("PRAGMA secure_delete = ON")
            yield connection

    @contextmanager
    def writing(self) -> Iterator["Writing"]:
        """One transaction that nobody else writes beside."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rows(self, query: str, *values: Any) -> list[Row]:  # noqa: ANN401 - what SQLite binds
        """Read rows."""
        with self._open() as connection:
            return connection.execute(query, values).fetchall()

    def answer(self, message_id: UUID) -> Answer | None:
        """The answer given to a message id, if it was ever received."""
        found = self.rows("SELECT * FROM answers WHERE id = ?", str(message_id))
        return answer_of(found[0]) if found else None

    def keys_of(self, owner: str) -> list[Row]:
        """The keys of a sender (a school's id, or `operator`), the newest first."""
        query = "SELECT * FROM sender_keys WHERE owner = ? ORDER BY added_at DESC, rowid DESC"
        return self.rows(query, owner)


class Writing:
    """What may be written in one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add_sender(self, owner: str, fingerprint: str, times: tuple[str, str]) -> None:
        """Register the key that signs from now on; the one before it counts to the second of the times."""
        now, until = times
        self._connection.execute(
            "UPDATE sender_keys SET until = ? WHERE owner = ? AND until IS NULL AND revoked_at IS NULL",
            (until, owner),
        )
        self._connection.execute(
            "INSERT OR REPLACE INTO sender_keys (owner, fingerprint, added_at) VALUES (?, ?, ?)",
            (owner, fingerprint, now),
        )

    def revoke_sender(self, owner: str, fingerprint: str, now: str) -> None:
        """Note that a key is revoked; the first time counts."""
        self._connection.execute(
            "UPDATE sender_keys SET revoked_at = coalesce(revoked_at, ?) WHERE owner = ? AND fingerprint = ?",
            (now, owner, fingerprint),
        )

    def standing(self, manifest: Manifest) -> Standing:
        """What was accepted from the manifest's school in its programme."""
        query = "SELECT * FROM messages WHERE school = ? AND programme = ? ORDER BY sequence DESC"
        found = self._connection.execute(query, (str(manifest.school_id), manifest.programme)).fetchall()
        if not found:
            return Standing()
        whole = next((row["id"] for row in found if row["kind"] != Kind.WITHDRAWAL), None)
        same = next((row["digest"] for row in found if row["version"] == manifest.programme_version), None)
        return Standing(found[0]["sequence"], found[0]["sha256"], UUID(whole) if whole else None, same)

    def add_answer(self, envelope: Envelope, answer: Answer, reasons: str) -> None:
        """Keep what was answered, and about which bytes."""
        values = (
            str(envelope.message_id),
            envelope.sha256,
            str(envelope.school_id),
            answer.at,
            answer.verdict,
            reasons,
            answer.acknowledgement,
            answer.signature,
        )
        self._connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def add_message(self, manifest: Manifest, sha256: str) -> None:
        """Keep what an accepted message was."""
        values = (
            str(manifest.message_id),
            sha256,
            str(manifest.school_id),
            manifest.school_name,
            manifest.programme,
            manifest.programme_version,
            manifest.programme_digest,
            manifest.kind,
            manifest.sequence,
            manifest.counts.get("included"),
            manifest.counts.get("roster"),
            manifest.checkpoint,
        )
        self._connection.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def add_entries(self, message_id: UUID, entries: Iterable[Entry]) -> None:
        """Keep the entries of an accepted message."""
        rows = (
            (str(one.entry_id), str(message_id), one.class_name, one.guardians, one.content)
            for one in entries
        )
        query = "INSERT INTO entries (id, message, class, guardians, content) VALUES (?, ?, ?, ?, ?)"
        self._connection.executemany(query, rows)

    def replace_by(self, manifest: Manifest, at: str) -> None:
        """Destroy the entries that a correction replaces."""
        self._connection.execute(_DESTROY, (at, str(manifest.message_id), str(manifest.corrects)))

    def unknown(self, manifest: Manifest, withdrawn: Iterable[Withdrawn]) -> list[UUID]:
        """The entry ids that this school never sent in the message named beside them."""
        query = """SELECT 1 FROM entries JOIN messages ON messages.id = entries.message
            WHERE entries.id = ? AND messages.id = ? AND school = ? AND programme = ?"""
        at = (str(manifest.school_id), manifest.programme)
        return [
            one.entry_id
            for one in withdrawn
            if self._connection.execute(query, (str(one.entry_id), str(one.of_message), *at)).fetchone()
            is None
        ]

    def destroy(self, manifest: Manifest, withdrawn: Iterable[Withdrawn], at: str) -> None:
        """Destroy entries whose consent was taken back; only their ids and the time stay."""
        rows = ((at, str(manifest.message_id), str(one.of_message), str(one.entry_id)) for one in withdrawn)
        self._connection.executemany(f"{_DESTROY} AND id = ?", rows)


def answer_of(row: Row) -> Answer:
    """The answer in a row of answers."""
    return Answer(row["sha256"], row["verdict"], row["received_at"], row["acknowledgement"], row["signature"])
