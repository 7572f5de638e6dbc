"""Senders' keys at the platform: who may sign for a school, now and in the time of each key."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from registry.errors import N_, TamperedError
from registry.sandbox.platform.inspect.manifest import MAX_AGE
from registry.sandbox.platform.store import Row, Store
from registry.sealing.public_keys import read_public_key
from registry.sealing.sealer import Earlier, Expected, Sealer

OPERATOR = "operator"
OVERLAP = timedelta(days=7)
"""How long a replaced key still counts: messages signed with it may be on their way."""
_STATEMENT_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sender's old key says of the one that comes in its place."""

    document: bytes
    signature: bytes


class Senders:
    """The platform's book of senders' keys."""

    def __init__(self, store: Store, sealer: Sealer, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    def add(
        self, owner: str, public_key: bytes, fingerprint: str, statement: Statement | None = None
    ) -> None:
        """Take the key that signs for a school id or, as `operator`, for all schools without one.

        Raises:
            TamperedError: the owner has a key already, and no statement of it names this one.
        """
        known = self._store.keys_of(owner)
        if any(row["fingerprint"] == fingerprint and row["revoked_at"] for row in known):
            raise TamperedError(N_("Этот ключ отозван: нужен новый."), code="key-revoked")
        current = [row for row in known if row["until"] is None and row["revoked_at"] is None]
        if any(row["fingerprint"] == fingerprint for row in current):
            return
        if current:
            self._demand_statement(owner, current[0]["fingerprint"], fingerprint, statement)
        self._sealer.pin(public_key, fingerprint)
        now = self._clock()
        with self._store.writing() as writing:
            writing.add_sender(owner, fingerprint, (_text(now), _text(now + OVERLAP)))

    def revoke(self, owner: str, public_key: bytes, fingerprint: str) -> None:
        """Let a key of a sender never count again; the key itself has to say that it is revoked.

        Raises:
            TamperedError: it does not say so, or it is not this owner's.
        """
        said = read_public_key(public_key)
        known = {row["fingerprint"] for row in self._store.keys_of(owner)}
        if not said.revoked or said.fingerprint != fingerprint or fingerprint not in known:
            raise TamperedError(N_("Отзыв не принят: в ключе его нет, или ключ чужой."), code="not-revoked")
        self._sealer.pin(public_key, fingerprint)
        with self._store.writing() as writing:
            writing.revoke_sender(owner, fingerprint, _text(self._clock()))

    def expected(self, school_id: UUID) -> Expected | None:
        """Say whose signature a message of a school must carry; none when nobody is registered for it."""
        own, operators = (self._store.keys_of(owner) for owner in (str(school_id), OPERATOR))
        current = _current(own) or _current(operators)
        rows = [*own, *operators]
        barred = tuple(row["fingerprint"] for row in rows if row["revoked_at"])
        if current is None:
            return Expected(barred[0], self._clock(), MAX_AGE, (), barred) if barred else None
        earlier = [_earlier(row) for row in rows if row["until"] and not row["revoked_at"]]
        operator = _current(operators)
        if operator is not None and operator["fingerprint"] != current["fingerprint"]:
            # What the operator signed for this school before it had a key of its own.
            until = datetime.fromisoformat(current["added_at"]).astimezone(UTC) + OVERLAP
            earlier.append(Earlier(operator["fingerprint"], until))
        return Expected(current["fingerprint"], self._clock(), MAX_AGE, tuple(earlier), barred)

    def any_expected(self) -> list[Expected]:
        """Say by whose key, one after the other, a message of nobody knows whom may be signed."""
        rows = self._store.rows("SELECT DISTINCT fingerprint FROM sender_keys ORDER BY fingerprint")
        return [Expected(row["fingerprint"], self._clock(), MAX_AGE) for row in rows]

    def _demand_statement(self, owner: str, old: str, new: str, statement: Statement | None) -> None:
        if statement is None:
            raise TamperedError(
                N_("У отправителя уже есть ключ: нужно заявление о замене, подписанное прежним ключом."),
                code="no-statement",
            )
        expected = Expected(old, self._clock(), _STATEMENT_LASTS)
        self._sealer.verify_detached(statement.document, statement.signature, expected)
        said = json.loads(statement.document)
        told = {name: said.get(name) for name in ("says", "owner", "old", "new")}
        if told != {"says": "key-transition", "owner": owner, "old": old, "new": new}:
            raise TamperedError(N_("Заявление о замене — о других ключах."), code="statement-foreign")


def read_statement(said: dict[str, Any]) -> Statement | None:
    """Read the statement in a request; none when it has none.

    Raises:
        TamperedError: it is there and does not read.
    """
    document, signature = said.get("statement"), said.get("signature")
    if document is None and signature is None:
        return None
    try:
        return Statement(base64.b64decode(document or "", validate=True), str(signature).encode("ascii"))
    except (TypeError, binascii.Error, UnicodeEncodeError):
        raise TamperedError(N_("Заявление о замене не читается."), code="statement-shape") from None


def _current(rows: list[Row]) -> Row | None:
    return next((row for row in rows if row["until"] is None and row["revoked_at"] is None), None)


def _earlier(row: Row) -> Earlier:
    return Earlier(row["fingerprint"], datetime.fromisoformat(row["until"]).astimezone(UTC))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
