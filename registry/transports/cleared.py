"""What may leave: a value that only the gate in the consents room can make."""

from dataclasses import InitVar, dataclass
from uuid import UUID

_PASS = object()
_taken: list[object] = []


def take_gate_pass() -> object:
    """Hand out the one pass that makes `Cleared` values; the gate takes it once, when it is imported.

    Raises:
        RuntimeError: somebody took it before, so a second place tries to clear messages.
    """
    if _taken:
        raise RuntimeError("the pass for clearing messages was taken before")
    _taken.append(_PASS)
    return _PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """A sealed message that the gate has cleared for its receiver.

    Attributes:
        message_id: idempotency key of every attempt.
        school_id: the school whose message it is.
        file_id: where the sealed bytes lie in the file store.
        sha256: digest of the sealed bytes, lower-case hexadecimal; held again before sending.
        receiver: name of the receiver as the manifest states it.
        gate_pass: proof that the gate makes this value.
    """

    message_id: UUID
    school_id: UUID
    file_id: str
    sha256: str
    receiver: str
    gate_pass: InitVar[object]

    def __post_init__(self, gate_pass: object) -> None:
        if gate_pass is not _PASS:
            raise TypeError("only the gate in registry.consents may clear a message")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedDocuments:
    """Documents of decisions that the gate has cleared for whom an export was ordered.

    Attributes:
        export_id: the export that they go into.
        school_id: the school whose documents they are.
        receiver: to whom they are given, as the order states it.
        students: of whom documents may go along; those of others stay.
        gate_pass: proof that the gate makes this value.
    """

    export_id: UUID
    school_id: UUID
    receiver: str
    students: frozenset[UUID]
    gate_pass: InitVar[object]

    def __post_init__(self, gate_pass: object) -> None:
        if gate_pass is not _PASS:
            raise TypeError("only the gate in registry.consents may clear documents")
