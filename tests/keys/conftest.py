"""A school, a real sandbox platform, real keys on both sides, and what people do with keys."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest

from registry.keys import errands, models, usecases
from registry.keys.rules import OPERATOR, Key, Kind, State
from registry.sealing.public_keys import read_public_key
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from registry.workflows import versions
from tests.submissions.conftest import Platform, exchanged, platform, registry_settings, school
from tests.submissions.school import School

__all__ = ["exchanged", "platform", "registry_settings", "school"]
WHY = "плановая замена"


def staff() -> Actor:
    return Actor("staff", uuid4(), "operator", "password")


@dataclass(frozen=True)
class Desk:
    """The keys of one registry: what can be done with them, each in a transaction of its own."""

    registry: Registry
    platform: Platform

    def every(self) -> list[Key]:
        with self.registry.reading(SYSTEM) as work:
            return models.every(work.connection)

    def get(self, key_id: UUID) -> Key:
        with self.registry.reading(SYSTEM) as work:
            return models.get(work.connection, key_id)

    def active(self, kind: Kind = Kind.OPERATOR) -> Key:
        return next(one for one in self.every() if (one.kind, one.state) == (kind, State.ACTIVE))

    def rotate(self, by: Actor = SYSTEM) -> Key:
        with self.registry.work(by) as work:
            return usecases.rotate(work, self.active().id, WHY)

    def create(self, school_id: UUID, by: Actor = SYSTEM) -> Key:
        with self.registry.work(by) as work:
            return usecases.create(work, usecases.Owner(Kind.SCHOOL, str(school_id)), WHY)

    def make(self, key: Key) -> Key:
        errands.make(self.registry, key_id=str(key.id))
        return self.get(key.id)

    def introduce(self, key: Key) -> Key:
        errands.introduce(self.registry, key_id=str(key.id))
        return self.get(key.id)

    def activate(self, key: Key) -> Key:
        with self.registry.work(SYSTEM) as work:
            return usecases.activate(work, key.id)

    def retire(self, key: Key) -> Key:
        with self.registry.work(SYSTEM) as work:
            return usecases.retire(work, key.id, WHY)

    def revoke(self, key: Key, by: Actor = SYSTEM) -> Key:
        with self.registry.work(by) as work:
            return usecases.revoke(work, key.id, "ключ украден")

    def publish(self, key: Key) -> Key:
        errands.publish_revocation(self.registry, key_id=str(key.id))
        return self.get(key.id)

    def pin_shown(self, by: Actor = SYSTEM) -> Key:
        """Pin what the platform shows, as if its fingerprint had been read from paper."""
        said = httpx.get(f"http://127.0.0.1:{self.platform.port}/keys").json()
        given = (read_public_key(said["public_key"].encode()), said["public_key"])
        with self.registry.work(by) as work:
            key = usecases.pin(work, said["receiver"], given, said["fingerprint"], WHY)
        return self.make(key) if by is SYSTEM else key


@pytest.fixture
def desk(registry: Registry, school: School, platform: Platform) -> Desk:
    """An installation whose keys are exchanged with the platform."""
    with registry.work(SYSTEM) as work:
        versions.publish(work, versions.shipped())
    assert OPERATOR
    return Desk(registry, platform)
