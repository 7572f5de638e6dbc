"""Leaves, version 1: the exact bytes of an event that stand in the tree for ever. No personal data.

Reading is as strict as writing: a leaf that is not in the one form is refused.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from registry.trail.canonical import encode, read_canonical
from registry.trail.commitment import read_shown, show
from registry.trail.entries import Actor, ObjectRef
from registry.trail.merkle import HASH_SIZE

MOST_BYTES = 4096
PSEUDONYM_BYTES = 16

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
_KEYS = {"actor", "cause", "id", "log", "obj", "post", "pre", "slots", "tenant", "ts", "type", "v"}


@dataclass(frozen=True, slots=True)
class LeafSlot:
    """One person in a leaf: the pseudonym, and the commitment to what the entry says about him."""

    subject: bytes
    commitment: bytes | None


@dataclass(frozen=True, slots=True)
class LeafActor:
    """Who acted, as a leaf shows it: the id is a pseudonym."""

    kind: str
    ref: bytes | None
    role: str
    auth: str

    @classmethod
    def of(cls, actor: Actor, ref: bytes | None) -> "LeafActor":
        """Show an actor under a pseudonym."""
        return cls(actor.kind, ref, actor.role, actor.auth)


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a leaf says; `pre` and `post` are the commitments to the object's state before and after."""

    id: UUID
    type: str
    log: str
    tenant: UUID | None
    at: datetime
    actor: LeafActor
    cause: str | None
    object: ObjectRef
    pre: bytes | None
    post: bytes | None
    slots: tuple[LeafSlot, ...]


def write_leaf(leaf: Leaf) -> bytes:
    """Write a leaf.

    Raises:
        ValueError: a code in it is not a short ASCII word, or it is longer than 4,096 bytes.
    """
    for code in (leaf.actor.role, leaf.actor.auth, leaf.object.kind, leaf.cause or "none"):
        if not _CODE.fullmatch(code):
            message = "a code in a trail entry is not a short ASCII word"
            raise ValueError(message)
    data = encode(_said(leaf))
    if len(data) > MOST_BYTES:
        message = f"a trail entry of {len(data)} bytes; {MOST_BYTES} are allowed"
        raise ValueError(message)
    return data


def _said(leaf: Leaf) -> dict[str, object]:
    return {
        "actor": {
            "auth": leaf.actor.auth,
            "kind": leaf.actor.kind,
            "ref": _shown(leaf.actor.ref),
            "role": leaf.actor.role,
        },
        "cause": leaf.cause,
        "id": str(leaf.id),
        "log": leaf.log,
        "obj": {"id": str(leaf.object.id), "kind": leaf.object.kind, "ver": leaf.object.version},
        "post": _shown(leaf.post),
        "pre": _shown(leaf.pre),
        "slots": [{"c": _shown(slot.commitment), "s": show(slot.subject)} for slot in leaf.slots],
        "tenant": None if leaf.tenant is None else str(leaf.tenant),
        "ts": _time(leaf.at),
        "type": leaf.type,
        "v": 1,
    }


def _shown(data: bytes | None) -> str | None:
    return None if data is None else show(data)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_leaf(data: bytes) -> Leaf:
    """Read a leaf that `write_leaf` wrote.

    Raises:
        ValueError: the bytes are anything else.
    """
    if len(data) > MOST_BYTES:
        message = "a leaf is too long"
        raise ValueError(message)
    try:
        leaf = _understood(read_canonical(data))
        again = write_leaf(leaf)
    except (TypeError, AttributeError, KeyError, OverflowError) as error:
        message = "a leaf of a wrong shape"
        raise ValueError(message) from error
    if again != data:
        message = "a leaf of a wrong form"
        raise ValueError(message)
    return leaf


def _understood(said: Any) -> Leaf:  # noqa: ANN401 - parsed bytes may be of any shape
    if set(said) != _KEYS or said["v"] != 1:
        message = "a leaf with other parts, or of another version"
        raise ValueError(message)
    actor, what = said["actor"], said["obj"]
    return Leaf(
        id=UUID(said["id"]),
        type=_text(said["type"]),
        log=_text(said["log"]),
        tenant=None if said["tenant"] is None else UUID(said["tenant"]),
        at=datetime.strptime(said["ts"], "%Y-%m-%dT%H:%M:%S.%f%z"),
        actor=LeafActor(
            kind=_text(actor["kind"]),
            ref=_bytes(actor["ref"], PSEUDONYM_BYTES),
            role=_text(actor["role"]),
            auth=_text(actor["auth"]),
        ),
        cause=None if said["cause"] is None else _text(said["cause"]),
        object=ObjectRef(_text(what["kind"]), UUID(what["id"]), _version(what["ver"])),
        pre=_bytes(said["pre"], HASH_SIZE),
        post=_bytes(said["post"], HASH_SIZE),
        slots=tuple(
            LeafSlot(read_shown(slot["s"], PSEUDONYM_BYTES), _bytes(slot["c"], HASH_SIZE))
            for slot in said["slots"]
        ),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = "a text was expected"
        raise TypeError(message)
    return value


def _version(value: object) -> int:
    if type(value) is not int or value < 0:
        message = "a version was expected"
        raise ValueError(message)
    return value


def _bytes(value: object, size: int) -> bytes | None:
    return None if value is None else read_shown(_text(value), size)
