"""What a key may do in each state, who must agree, and when its end is near."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError

OPERATOR = "operator"
"""The owner of the keys that sign for every school without one of its own."""
OVERLAP = timedelta(days=7)
"""How long a platform's replaced key still counts: its answers may be on their way."""
WARN_BEFORE = (60, 30, 7)
"""Days before the end at which people are told, the earliest first; 0 stands for "has ended"."""
ENDED = 0
LONGEST_WHY = 300
_FINGERPRINT_DIGITS = 40


class Kind(StrEnum):
    """Whose key it is."""

    OPERATOR = "operator"
    SCHOOL = "school"
    PLATFORM = "platform"


class State(StrEnum):
    """What a key may do: nothing yet, everything, count for what it signed, or nothing any more."""

    PENDING = "pending"
    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


class Asked(StrEnum):
    """What one person asked for and a second one has to confirm."""

    CREATE = "create"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it stands now; `version` grows with each change and is in its trail entries.

    Attributes:
        owner: `operator`, a school's id, or the receiver's name.
        fingerprint: none while the key is still to be made.
        public_key: ASCII-armored, as it was before any revocation.
        revoked_key: the same with the revocation in it, for whoever held the key.
        valid_from, valid_until: what the key says of itself; no end means that it never expires.
        follows: the key in whose place it comes.
        statement: the new fingerprint signed by the key in whose place it comes.
        asked_by: who asked for `asked`; somebody else has to confirm it.
        active_from: since when it is the one in use.
        counts_until: until when what a retired key signed counts.
        ended_at: when it was retired or revoked.
        warned: the last step of warnings before its end that was told.
    """

    id: UUID
    kind: Kind
    owner: str
    state: State
    version: int
    fingerprint: str | None
    public_key: str | None
    revoked_key: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    follows: UUID | None
    statement: dict[str, str] | None
    created_at: datetime
    created_by: UUID | None
    why: str
    asked: Asked | None
    asked_by: UUID | None
    asked_at: datetime | None
    asked_why: str | None
    active_from: datetime | None
    counts_until: datetime | None
    ended_at: datetime | None
    ended_why: str | None
    warned: int | None

    @property
    def school_id(self) -> UUID | None:
        """The school whose own key it is."""
        return UUID(self.owner) if self.kind is Kind.SCHOOL else None

    @property
    def own(self) -> bool:
        """Whether its secret half lies here."""
        return self.kind is not Kind.PLATFORM

    @property
    def stopped(self) -> bool:
        """Whether its revocation was asked for: nothing is signed with it from then on."""
        return self.asked is Asked.REVOKE


def expired(key: Key, now: datetime) -> bool:
    """Say whether the key's own end is over."""
    return key.valid_until is not None and key.valid_until <= now


def days_left(key: Key, now: datetime) -> int | None:
    """Count the whole days until the key's end; none when it has no end."""
    return None if key.valid_until is None else max(0, (key.valid_until - now) // timedelta(days=1))


def warning_of(key: Key, now: datetime) -> int | None:
    """Give the step of warnings that an active key has reached: 60, 30, 7 or 0 days; none while it is far."""
    if key.state is not State.ACTIVE or key.valid_until is None:
        return None
    if expired(key, now):
        return ENDED
    reached = [step for step in WARN_BEFORE if key.valid_until - now <= timedelta(days=step)]
    return min(reached) if reached else None


def counts(key: Key, proven_at: datetime | None) -> bool:
    """Say whether something signed by the key counts, by what the trail proves of its time and nothing else.

    Args:
        key: the key that signed.
        proven_at: when a signed checkpoint stood over it; the signature's own time is its signer's word.
    """
    if key.state is State.REVOKED or key.stopped:
        end = key.asked_at if key.stopped else key.ended_at
        return proven_at is not None and end is not None and proven_at < end
    return key.state in {State.ACTIVE, State.RETIRED}


def may_leave(key: Key, now: datetime) -> bool:
    """Say whether a message that this key signed, or that is for it, may still be sent as it is."""
    return key.state in {State.ACTIVE, State.RETIRED} and not key.stopped and not expired(key, now)


def check_usable(key: Key, now: datetime) -> Key:
    """Let nothing be signed with, or encrypted to, a key that is not in full force.

    Raises:
        ConflictError: it is pending, retired, revoked, stopped or expired; the words name it and the cure.
    """
    named = key.fingerprint or "–"
    if key.state is State.REVOKED or key.stopped:
        raise ConflictError(
            N_("Ключ %(key)s отозван: им ничего не подписывают. Создайте новый ключ (раздел «Ключи»)."),
            code="key-revoked",
            key=named,
        )
    if expired(key, now):
        raise ConflictError(
            N_("Срок ключа %(key)s истёк: замените его в разделе «Ключи» и повторите."),
            code="key-expired",
            key=named,
        )
    if key.state is not State.ACTIVE:
        raise ConflictError(
            N_("Ключ %(key)s не действует: выберите действующий в разделе «Ключи»."),
            code="key-not-active",
            key=named,
        )
    return key


def check_ready(key: Key, now: datetime) -> Key:
    """Let only a key that was made and agreed to come into force.

    Raises:
        ConflictError: it is not pending, still to be confirmed or made, or expired.
    """
    if key.state is not State.PENDING:
        raise ConflictError(N_("Этот ключ уже не ожидает включения."), code="key-not-pending")
    if key.asked is not None:
        raise ConflictError(
            N_("Сначала второй сотрудник должен подтвердить создание ключа."), code="key-unconfirmed"
        )
    if key.fingerprint is None:
        raise ConflictError(
            N_("Ключ ещё создаётся: подождите минуту и обновите страницу."), code="key-being-made"
        )
    if expired(key, now):
        raise ConflictError(N_("Срок этого ключа уже истёк: создайте другой."), code="key-expired")
    return key


def check_second(key: Key, person: UUID | None) -> Asked:
    """Give what was asked for, if who confirms is not who asked; a command of the machine has no person.

    Raises:
        ConflictError: nothing was asked for, or the same person asked.
    """
    if key.asked is None:
        raise ConflictError(N_("Подтверждать здесь нечего."), code="nothing-asked")
    if person is not None and person == key.asked_by:
        raise ConflictError(
            N_("Просит один человек, подтверждает другой: попросите коллегу с правом на ключи."),
            code="same-person",
        )
    return key.asked


def check_why(why: str) -> str:
    """Demand a reason in one line.

    Raises:
        InvalidError: it is empty or too long.
    """
    words = " ".join(why.split())
    if not 1 <= len(words) <= LONGEST_WHY or not words.isprintable():
        raise InvalidError(
            N_("Напишите причину одной строкой, до %(most)s знаков."), fields={"why": _WHY}, most=LONGEST_WHY
        )
    return words


def read_fingerprint(typed: str) -> str:
    """Read a fingerprint as people type it from paper: blanks, colons and small letters are let pass.

    Raises:
        InvalidError: it has not all 40 digits.
    """
    text = "".join(typed.replace(":", " ").split()).upper()
    if len(text) != _FINGERPRINT_DIGITS or not set(text) <= set("0123456789ABCDEF"):
        raise InvalidError(
            N_("Отпечаток ключа: нужны все 40 знаков 0-9 и A-F."), fields={"fingerprint": _FINGERPRINT}
        )
    return text


_WHY = N_("Напишите причину одной строкой")
_FINGERPRINT = N_("Перепишите с бумаги все 40 знаков отпечатка")
