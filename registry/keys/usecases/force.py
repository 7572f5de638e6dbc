"""Bringing keys into force and out of it, and what a second person says to it."""

from datetime import datetime
from uuid import UUID

from registry.errors import N_, ConflictError
from registry.keys import facts, models
from registry.keys.rules import OVERLAP, Asked, Key, State, check_ready, check_second, check_why
from registry.keys.usecases.ordering import person_of
from registry.keys.usecases.warning import settle
from registry.trail.entries import EntryType
from registry.work import Work


def activate(work: Work, key_id: UUID) -> Key:
    """Bring a pending key into force and retire the one before it; who calls knows that the platform has it.

    Raises:
        ConflictError: it is not pending, not made, not confirmed, or expired.
    """
    models.hold(work.connection)
    key = check_ready(models.get(work.connection, key_id), work.now)
    old = models.in_state(work.connection, key.kind, key.owner, State.ACTIVE)
    if old is not None:
        _retire(work, old, key.why)
    key = models.change(work.connection, key, state=State.ACTIVE.value, active_from=work.now)
    work.record(facts.entry(EntryType.KEY_ACTIVATED, key))
    return key


def retire(work: Work, key_id: UUID, why: str) -> Key:
    """Let a key sign nothing new; what it signed still counts.

    Raises:
        ConflictError: it has ended before.
    """
    models.hold(work.connection)
    key = models.get(work.connection, key_id)
    if key.state not in {State.ACTIVE, State.PENDING}:
        raise ConflictError(N_("Этот ключ уже не действует."), code="key-ended")
    return _retire(work, key, check_why(why))


def _retire(work: Work, key: Key, why: str) -> Key:
    # A platform's answers may be on their way; our own old key signs nothing from this moment on.
    until = work.now if key.own else work.now + OVERLAP
    ended = {"counts_until": until, "ended_at": work.now, "ended_why": why}
    # An order that is dropped asks for nothing any more; a revocation that was asked for still waits.
    asked = Asked.REVOKE.value if key.stopped else None
    key = models.change(work.connection, key, state=State.RETIRED.value, asked=asked, **ended)
    work.record(facts.entry(EntryType.KEY_RETIRED, key))
    settle(work, key, "close")
    return key


def revoke(work: Work, key_id: UUID, why: str) -> Key:
    """Stop a key at once; a command revokes it for good, of staff a second person has to.

    Raises:
        ConflictError: it is revoked or stopped already.
    """
    models.hold(work.connection)
    key = models.get(work.connection, key_id)
    if key.state is State.REVOKED or (key.stopped and person_of(work)):
        raise ConflictError(N_("Отзыв этого ключа уже записан."), code="key-revoked")
    person, words = person_of(work), check_why(why)
    if person is None:
        return _revoke(work, key, key.asked_at if key.stopped and key.asked_at else work.now, words)
    asked = {"asked": Asked.REVOKE.value, "asked_by": person, "asked_at": work.now, "asked_why": words}
    key = models.change(work.connection, key, **asked)
    work.record(facts.entry(EntryType.KEY_STOPPED, key))
    return key


def _revoke(work: Work, key: Key, at: datetime, why: str) -> Key:
    ended = {"ended_at": at, "ended_why": why, "asked": None}
    key = models.change(work.connection, key, state=State.REVOKED.value, **ended)
    work.record(facts.entry(EntryType.KEY_REVOKED, key))
    settle(work, key, "close")
    if key.own and key.fingerprint is not None:
        work.at_once("keys.publish_revocation", key_id=str(key.id))
    return key


def note_revocation(work: Work, key_id: UUID, revoked_key: str) -> Key:
    """Keep the public half with the revocation in it, for whoever holds the key."""
    models.hold(work.connection)
    key = models.get(work.connection, key_id)
    if key.revoked_key is not None:
        return key
    key = models.change(work.connection, key, revoked_key=revoked_key)
    work.record(facts.entry(EntryType.KEY_REVOCATION_MADE, key))
    return key


def confirm(work: Work, key_id: UUID) -> Key:
    """Agree, as a second person, to what a first one asked for.

    Raises:
        ConflictError: nothing was asked for, or by the same person.
    """
    models.hold(work.connection)
    key = models.get(work.connection, key_id)
    if check_second(key, person_of(work)) is Asked.REVOKE:
        return _revoke(work, key, key.asked_at or work.now, key.asked_why or key.why)
    key = models.change(work.connection, key, asked=None)
    work.record(facts.entry(EntryType.KEY_CONFIRMED, key))
    work.at_once("keys.make", key_id=str(key.id))
    return key


def decline(work: Work, key_id: UUID) -> Key:
    """Drop what was asked for: the key is not made, or goes on as before.

    Raises:
        ConflictError: nothing was asked for.
    """
    models.hold(work.connection)
    key = models.get(work.connection, key_id)
    if key.asked is None:
        raise ConflictError(N_("Отменять здесь нечего."), code="nothing-asked")
    gone = {"state": State.RETIRED.value, "ended_at": work.now, "counts_until": work.now}
    key = models.change(work.connection, key, asked=None, **(gone if key.asked is Asked.CREATE else {}))
    work.record(facts.entry(EntryType.KEY_DECLINED, key))
    return key
