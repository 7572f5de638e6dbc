"""Ordering keys: own ones to be made, platforms' ones to be pinned, and writing down what was made."""

from dataclasses import dataclass
from uuid import UUID

from registry.errors import N_, ConflictError, InvalidError, TamperedError
from registry.keys import facts, models
from registry.keys.rules import Asked, Key, Kind, State, check_why
from registry.keys.usecases.warning import settle
from registry.sealing.public_keys import PublicKey
from registry.trail.entries import EntryType
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose key: the operator's, a school's (its id), a platform's (the receiver's name)."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """What the key folder gave for an ordered key."""

    said: PublicKey
    public_key: str
    statement: dict[str, str] | None


def create(work: Work, owner: Owner, why: str) -> Key:
    """Order the first key of the operator or of a school.

    Raises:
        ConflictError: there is one in use, which is to be rotated, or one that waits.
    """
    models.hold(work.connection)
    if models.in_state(work.connection, owner.kind, owner.name, State.ACTIVE) is not None:
        raise ConflictError(N_("Действующий ключ уже есть: замените его."), code="key-exists")
    return _order(work, owner, why, None)


def rotate(work: Work, key_id: UUID, why: str) -> Key:
    """Order the key that comes in the place of an own one; the old one signs until the new one is in force.

    Raises:
        ConflictError: the key is not in use, or its successor waits already.
    """
    models.hold(work.connection)
    old = models.get(work.connection, key_id)
    if not old.own or old.state is not State.ACTIVE:
        raise ConflictError(N_("Заменить можно только свой действующий ключ."), code="key-not-active")
    return _order(work, Owner(old.kind, old.owner), why, old)


def _order(work: Work, owner: Owner, why: str, old: Key | None) -> Key:
    _demand_none_waits(work, owner)
    key = _add(work, owner, check_why(why), {"follows": old.id if old else None})
    work.record(facts.entry(EntryType.KEY_ROTATED if old else EntryType.KEY_CREATED, key))
    if key.asked is None:
        work.at_once("keys.make", key_id=str(key.id))
    return key


def _demand_none_waits(work: Work, owner: Owner) -> None:
    if models.in_state(work.connection, owner.kind, owner.name, State.PENDING) is not None:
        raise ConflictError(
            N_("Новый ключ уже ожидает включения: включите его или отмените."), code="key-pending"
        )


def _add(work: Work, owner: Owner, why: str, values: dict[str, object]) -> Key:
    person = person_of(work)
    key_id = work.new_id()
    asked = {"asked": Asked.CREATE.value, "asked_by": person, "asked_at": work.now, "asked_why": why}
    models.add(
        work.connection,
        {
            "id": key_id,
            "kind": owner.kind.value,
            "owner": owner.name,
            "state": State.PENDING.value,
            "version": 1,
            "created_at": work.now,
            "created_by": person,
            "why": why,
            **(asked if person else {}),
            **values,
        },
    )
    return models.get(work.connection, key_id)


def pin(work: Work, receiver: str, given: tuple[PublicKey, str], fingerprint: str, why: str) -> Key:
    """Order that a platform's key be remembered, if it has the fingerprint that was typed from paper.

    Args:
        work: the unit of work.
        receiver: name of the receiver as manifests state it.
        given: what the key says of itself, and its armored text.
        fingerprint: as agreed on paper.
        why: the paper, say.

    Raises:
        TamperedError: the fingerprint is another one.
        ConflictError: the key was retired or revoked before, or another one waits.
    """
    said, text = given
    if said.fingerprint != fingerprint:
        raise TamperedError(
            N_("Открытый ключ не принят: его отпечаток не тот, который ожидался."), code="key-foreign"
        )
    if said.revoked or not said.complete:
        raise InvalidError(
            N_("Этот ключ отозван или не умеет шифровать: попросите другой."), code="key-unfit"
        )
    models.hold(work.connection)
    known = models.find(work.connection, fingerprint)
    if known is not None:
        return _refresh(work, known, receiver, given)
    owner = Owner(Kind.PLATFORM, receiver)
    _demand_none_waits(work, owner)
    key = _add(work, owner, check_why(why), _of_key(said, text))
    work.record(facts.entry(EntryType.KEY_PINNED, key))
    if key.asked is None:
        work.at_once("keys.make", key_id=str(key.id))
    return key


def _refresh(work: Work, known: Key, receiver: str, given: tuple[PublicKey, str]) -> Key:
    """Take a pinned key again, whose own end was moved; it is the same key, so one person is enough."""
    if (known.kind, known.owner) != (Kind.PLATFORM, receiver) or known.state is not State.ACTIVE:
        raise ConflictError(
            N_("Этот ключ здесь уже был и больше не действует, или он чужой: нужен новый ключ."),
            code="key-known",
        )
    key = models.change(work.connection, known, **_of_key(*given), warned=None)
    work.record(facts.entry(EntryType.KEY_PINNED, key))
    settle(work, key, "renew")
    work.at_once("keys.make", key_id=str(key.id))
    return key


def _of_key(said: PublicKey, text: str) -> dict[str, object]:
    return {
        "fingerprint": said.fingerprint,
        "public_key": text,
        "valid_from": said.created_at,
        "valid_until": said.expires_at,
    }


def note_made(work: Work, key_id: UUID, made: Made) -> Key:
    """Write down the key that was made for an order; quiet when that was done, or the order ended."""
    models.hold(work.connection)
    key = models.get(work.connection, key_id)
    if key.state is not State.PENDING or key.fingerprint is not None:
        return key
    values = _of_key(made.said, made.public_key) | {"statement": made.statement}
    key = models.change(work.connection, key, **values)
    work.record(facts.entry(EntryType.KEY_MADE, key))
    return key


def person_of(work: Work) -> UUID | None:
    """The member of staff who acts; none for the registry itself and for commands of the machine."""
    return work.actor.id if work.actor.kind == "staff" else None
