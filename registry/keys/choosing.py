"""Which key is the one: who signs for a school, to whom it is encrypted, whose answer counts."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from registry.errors import N_, SettingsError, TamperedError
from registry.keys import models
from registry.keys.rules import OPERATOR, Key, Kind, State, may_leave
from registry.sealing.sealer import Earlier, Expected

LATEST = timedelta(days=30)
"""How old an acknowledgement may be: asked about later, the platform answers with the first one."""


def signer_for(connection: Connection, school_id: UUID | None) -> Key:
    """Give the key that signs for a school: its own, else the operator's; whether it may is asked elsewhere.

    Raises:
        SettingsError: there is none.
    """
    own = school_id and models.in_state(connection, Kind.SCHOOL, str(school_id), State.ACTIVE)
    found = own or _in_use(connection, Kind.OPERATOR, OPERATOR)
    if found is None:
        raise SettingsError(
            N_("Своего ключа для подписи нет: создайте его в разделе «Ключи» или командой keys create."),
            code="no-own-key",
        )
    return found


def recipient_for(connection: Connection, receiver: str | None = None) -> Key:
    """Give the pinned key of a receiver, or of the only one that there is.

    Raises:
        SettingsError: none is pinned, or several are and none was named.
    """
    names = {one.owner for one in models.active(connection) if one.kind is Kind.PLATFORM}
    name = receiver or (names.pop() if len(names) == 1 else "")
    found = _in_use(connection, Kind.PLATFORM, name)
    if found is None:
        raise SettingsError(
            N_("Ключи обмена с платформой не настроены: закрепите открытый ключ платформы и повторите."),
            code="no-platform-key",
        )
    return found


def _in_use(connection: Connection, kind: Kind, owner: str) -> Key | None:
    """Find the active key, or the last one that ended, so that a refusal can name it."""
    listed = [one for one in models.of_owner(connection, kind, owner) if one.active_from is not None]
    return next((one for one in listed if one.state is State.ACTIVE), listed[0] if listed else None)


def both_may_leave(
    connection: Connection, fingerprints: tuple[str | None, str | None], now: datetime
) -> bool:
    """Say whether a message may leave as it was sealed; what was sealed before keys were written down may."""
    found = [models.find(connection, one) for one in fingerprints if one is not None]
    return all(key is not None and may_leave(key, now) for key in found)


def expected_answer(connection: Connection, receiver: str, sealed: tuple[str | None, datetime]) -> Expected:
    """Say whose signature an answer must carry: the receiver's key of now, or one of the message's time.

    Args:
        connection: of the database.
        receiver: name of the receiver.
        sealed: fingerprint that the message was encrypted to, and the time of the asking.

    Raises:
        TamperedError: no key of the receiver counts any more.
    """
    recipient, now = sealed
    listed = _not_before(models.of_owner(connection, Kind.PLATFORM, receiver), recipient)
    active = [key for key, _ in listed if key.state is State.ACTIVE and not key.stopped]
    earlier = tuple(
        Earlier(one, key.counts_until)
        for key, one in listed
        if key.state is State.RETIRED and not key.stopped and key.counts_until
    )
    barred = tuple(one for key, one in listed if key.state is State.REVOKED or key.stopped)
    signers = [*(one.fingerprint for one in active), *(one.fingerprint for one in earlier)]
    if not signers:
        raise TamperedError(
            N_("Подтверждение не принято: действующего ключа платформы нет; закрепите её новый ключ."),
            code="key-revoked",
        )
    return Expected(str(signers[0]), now, LATEST, earlier, barred)


def _not_before(listed: list[Key], recipient: str | None) -> list[tuple[Key, str]]:
    """Leave out keys that had been replaced before the message's own recipient key came into force."""
    used = [(one, one.fingerprint) for one in listed if one.fingerprint and one.active_from]
    since = next((one.active_from for one, fingerprint in used if fingerprint == recipient), None)
    return [pair for pair in used if since is None or (pair[0].active_from or since) >= since]
