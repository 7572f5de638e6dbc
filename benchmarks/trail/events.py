"""The event that is measured: a consent that a guardian gave online, with the evidence of an online act."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from registry.storage.schema import Json
from registry.trail.entries import Actor, Entry, EntryType, ObjectRef, Slot
from registry.trail.recorded import Recorded
from registry.work import Registry, Work

SCHOOL = UUID(int=17)
EVIDENCE: dict[str, Json] = {
    "sitting": str(UUID(int=1)),
    "code": str(UUID(int=2)),
    "auth": "sms-code",
    "typed_name": "Образцова Вера Петровна",
    "address": "203.0.113.17",
    "agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "languages": "ru-RU,ru;q=0.8,en-US;q=0.5,en;q=0.3",
    "presentation": str(UUID(int=3)),
    "served_at": "2020-11-02T04:03:05+00:00",
    "text_sha256": "ab" * 32,
}


@dataclass(slots=True)
class Writer:
    """A guardian whose consents are written into the trail, each an object of its own."""

    registry: Registry
    signer: UUID
    student: UUID
    written: dict[UUID, Mapping[str, Json]] = field(default_factory=dict)

    @classmethod
    def begin(cls, registry: Registry) -> "Writer":
        """Make the keys of two persons."""
        signer, student = uuid4(), uuid4()
        with registry.engine.begin() as connection:
            registry.vault.create_keys(connection, [signer, student])
        return cls(registry, signer, student)

    @property
    def actor(self) -> Actor:
        """Who gives the consents."""
        return Actor("guardian", self.signer, "guardian", "sms-code", SCHOOL)

    def append(self) -> Recorded:
        """Write one event in a transaction of its own, durable when this returns."""
        with self.registry.work(self.actor) as work:
            return self._write(work)

    def fill(self, count: int) -> None:
        """Write many events in one transaction."""
        with self.registry.work(self.actor) as work:
            for _ in range(count):
                self._write(work)

    def standing(self) -> Iterator[tuple[UUID, int, Mapping[str, Json]]]:
        """Give the objects as the room of consents would hold them."""
        for of, state in self.written.items():
            yield of, 1, state

    def _write(self, work: Work) -> Recorded:
        of = uuid4()
        state: dict[str, Json] = {"kind": "given", "text_sha256": "ab" * 32, "consent": str(of)}
        slots = (Slot(self.signer, EVIDENCE), Slot(self.student, None))
        self.written[of] = state
        return work.record(Entry(EntryType.CONSENT_GIVEN, ObjectRef("consent", of, 1), state, SCHOOL, slots))
