"""The doorbell in front of the outbox: tells workers of other processes at once that a promise waits.

It may break, ring twice, or ring for nothing: the outbox alone says what is to be done, and what nobody
heard is rung again. Without it a worker looks into the outbox by itself.
"""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from registry.storage.outbox import Lane


class Doorbell(Protocol):
    """What rings for promises."""

    def ring(self, lane: Lane, promises: Sequence[UUID]) -> bool:
        """Ring for committed promises, in a moment and without raising; false when nobody can hear."""

    def hanging(self, lane: Lane) -> Collection[UUID] | None:
        """Name the promises that were rung for and not heard yet; none when that cannot be told."""


class NoDoorbell:
    """An installation whose workers look into the outbox by themselves."""

    def ring(self, lane: Lane, promises: Sequence[UUID]) -> bool:  # noqa: ARG002 - there is nobody to tell
        """Ring nothing."""
        return False

    def hanging(self, lane: Lane) -> Collection[UUID] | None:  # noqa: ARG002 - nothing hangs anywhere
        """Name nothing."""
        return None


def open_doorbell(url: str | None, installation: str) -> Doorbell:
    """Give the doorbell of an installation.

    Args:
        url: of Redis or Valkey; none without.
        installation: sets its queues apart from those of others on the same server.
    """
    if url is None:
        return NoDoorbell()
    from registry.storage.redis_doorbell import RedisDoorbell  # noqa: PLC0415 - costs start and memory, and the embedded default does without

    return RedisDoorbell(url, installation)
