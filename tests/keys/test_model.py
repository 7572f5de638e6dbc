"""Keys in any order of events behave as a naive model says: who signs, what counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from registry.errors import RegistryError
from registry.keys import choosing, errands, folder, models, usecases
from registry.keys.rules import OPERATOR, Key, Kind, State, check_usable, counts
from registry.sealing.public_keys import read_public_key, verify_against, without_armor
from registry.sealing.sealer import Expected
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.conftest import PROFILE

WHY = "проба"
FEW = settings(max_examples=200 if PROFILE == "deep" else 8, stateful_step_count=25, deadline=None)


@dataclass
class Modelled:
    """What the naive model knows of one key."""

    state: str = "ordered"
    revoked_at: datetime | None = None


@dataclass
class Signed:
    """Something that was signed: by which key, and when it was under a checkpoint."""

    key: UUID
    data: bytes
    signature: bytes
    proven_at: datetime


@dataclass
class Model:
    """One owner's keys by the order of their making, and what they signed."""

    keys: dict[UUID, Modelled] = field(default_factory=dict)
    signed: list[Signed] = field(default_factory=list)

    def one(self, *states: str) -> UUID | None:
        return next((key for key, said in self.keys.items() if said.state in states), None)


class Life(RuleBasedStateMachine):
    """One school's keys; every example has a school of its own in the same database."""

    registry: Registry

    def __init__(self) -> None:
        super().__init__()
        self.school = uuid4()
        self.model = Model()

    def get(self, key_id: UUID) -> Key:
        with self.registry.reading(SYSTEM) as work:
            return models.get(work.connection, key_id)

    def does(self, run: Callable[..., Key], key_id: UUID, *more: str) -> Key:
        with self.registry.work(SYSTEM) as work:
            return run(work, key_id, *more)

    @rule()
    def create(self) -> None:
        refused = self.model.one("active", "ordered", "made") is not None
        try:
            with self.registry.work(SYSTEM) as work:
                key = usecases.create(work, usecases.Owner(Kind.SCHOOL, str(self.school)), WHY)
        except RegistryError:
            assert refused
            return
        assert not refused
        self.model.keys[key.id] = Modelled()

    @precondition(lambda self: self.model.one("active"))
    @rule()
    def rotate(self) -> None:
        refused = self.model.one("ordered", "made") is not None
        try:
            key = self.does(usecases.rotate, self.model.one("active"), WHY)
        except RegistryError:
            assert refused
            return
        assert not refused
        self.model.keys[key.id] = Modelled()

    @precondition(lambda self: self.model.one("ordered"))
    @rule()
    def make(self) -> None:
        key_id = self.model.one("ordered")
        errands.make(self.registry, key_id=str(key_id))
        self.model.keys[key_id].state = "made"

    @precondition(lambda self: self.model.keys)
    @rule(choice=st.integers(min_value=0))
    def activate(self, choice: int) -> None:
        key_id = list(self.model.keys)[choice % len(self.model.keys)]
        before = self.model.one("active")
        try:
            self.does(usecases.activate, key_id)
        except RegistryError:
            assert self.model.keys[key_id].state != "made"
            return
        assert self.model.keys[key_id].state == "made"
        self.model.keys[key_id].state = "active"
        if before is not None:
            self.model.keys[before].state = "retired"

    @precondition(lambda self: self.model.keys)
    @rule(choice=st.integers(min_value=0))
    def retire(self, choice: int) -> None:
        key_id = list(self.model.keys)[choice % len(self.model.keys)]
        standing = self.model.keys[key_id].state in {"ordered", "made", "active"}
        try:
            self.does(usecases.retire, key_id, WHY)
        except RegistryError:
            assert not standing
            return
        assert standing
        self.model.keys[key_id].state = "retired"

    @precondition(lambda self: self.model.keys)
    @rule(choice=st.integers(min_value=0))
    def revoke(self, choice: int) -> None:
        key_id = list(self.model.keys)[choice % len(self.model.keys)]
        known = self.model.keys[key_id].state != "revoked"
        try:
            key = self.does(usecases.revoke, key_id, WHY)
        except RegistryError:
            assert not known
            return
        assert known
        self.model.keys[key_id] = Modelled("revoked", key.ended_at)
        errands.publish_revocation(self.registry, key_id=str(key_id))

    @rule()
    def seal(self) -> None:
        """Sign as the errand does: with the key that is chosen for the school, if it may be used."""
        wanted = self.model.one("active")
        with self.registry.reading(SYSTEM) as work:
            try:
                chosen = check_usable(choosing.signer_for(work.connection, self.school), work.now)
            except RegistryError:
                chosen = None
        if wanted is None:
            assert chosen is None or chosen.owner == OPERATOR
            return
        assert chosen is not None
        assert chosen.id == wanted
        data = uuid4().bytes
        with folder.opened(self.registry.settings) as sealer:
            signature = sealer.sign_detached(data, str(chosen.fingerprint))
        self.model.signed.append(Signed(wanted, data, signature, self.registry.now()))

    @precondition(lambda self: self.model.signed)
    @rule(choice=st.integers(min_value=0))
    def verify(self, choice: int) -> None:
        """What was signed verifies under its own key alone, and counts by what is proven of its time."""
        one = self.model.signed[choice % len(self.model.signed)]
        key, said = self.get(one.key), self.model.keys[one.key]
        assert counts(key, one.proven_at) is (said.revoked_at is None or one.proven_at < said.revoked_at)
        later = self.registry.now() + timedelta(seconds=1)
        assert counts(key, later) is (said.revoked_at is None)
        for other in self.model.keys:
            candidate = self.get(other)
            if candidate.fingerprint is not None:
                assert self.verifies(one, candidate) is (other == one.key)

    def verifies(self, one: Signed, key: Key) -> bool:
        ring = without_armor(str(key.public_key).encode())
        expected = Expected(str(key.fingerprint), self.registry.now(), timedelta(hours=1))
        try:
            return verify_against(ring, one.data, one.signature, expected).signer == key.fingerprint
        except RegistryError:
            return False

    @invariant()
    def states_are_the_models(self) -> None:
        stands = {"ordered": State.PENDING, "made": State.PENDING}
        for key_id, said in self.model.keys.items():
            key = self.get(key_id)
            assert key.state is (stands.get(said.state) or State(said.state))
            if key.revoked_key is not None:
                assert read_public_key(key.revoked_key.encode()).revoked


def test_keys_live_as_the_naive_model_says(registry: Registry, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Life, "registry", registry, raising=False)
    monkeypatch.setattr("registry.keys.platform.tell_revocation", lambda *_: None)
    (registry.settings.keys / "parties.json").unlink(missing_ok=True)
    run_state_machine_as_test(Life, settings=FEW)
