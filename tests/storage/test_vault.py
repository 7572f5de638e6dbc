"""Sealed values: each under a nonce of its own, bound to its place, closed once anything of it changed."""

from uuid import UUID, uuid4

import pytest

from registry.errors import TamperedError
from registry.storage.keyring import KEY_BYTES, KeyRing
from registry.trail.entries import SYSTEM
from registry.trail.keys import TrailKeys
from registry.work import Registry

ROW = UUID(int=7)
PLACE = "persons.snils"


def test_no_two_values_are_sealed_alike(registry: Registry) -> None:
    sealed = [registry.vault.seal_shared(PLACE, ROW, "112-233-445 95") for _ in range(1000)]
    assert len({one[3:15] for one in sealed}) == 1000
    assert len(set(sealed)) == 1000


def test_a_value_that_was_changed_or_moved_does_not_open(registry: Registry) -> None:
    """Every byte, each of its places, another person's key: one refusal for all, and no part of the value."""
    vault, person, other = registry.vault, uuid4(), uuid4()
    with registry.work(SYSTEM) as work:
        keys = vault.create_keys(work.connection, [person, other])
    sealed = vault.seal(keys[person], PLACE, ROW, "112-233-445 95")
    assert vault.open_text(keys[person], PLACE, ROW, sealed) == "112-233-445 95"
    for number in range(len(sealed)):
        changed = sealed[:number] + bytes([sealed[number] ^ 1]) + sealed[number + 1 :]
        with pytest.raises(TamperedError):
            vault.open(keys[person], PLACE, ROW, changed)
    for key, place, row in (
        (keys[other], PLACE, ROW),
        (keys[person], "persons.phone", ROW),
        (keys[person], PLACE, UUID(int=8)),
    ):
        with pytest.raises(TamperedError):
            vault.open(key, place, row, sealed)
    for length in range(len(sealed)):
        with pytest.raises(TamperedError):
            vault.open(keys[person], PLACE, ROW, sealed[:length])


def test_keys_are_as_long_as_the_measures_say(registry: Registry) -> None:
    """256 bits for data and look-up, Ed25519 for the trail."""
    ring = KeyRing.load(registry.settings.keys)
    assert {len(key) for key in (*ring.masters.values(), ring.index)} == {KEY_BYTES} == {32}
    assert len({*ring.masters.values(), ring.index}) == len(ring.masters) + 1
    keys = TrailKeys.load(registry.settings.keys, registry.settings.origin)
    assert [len(seed) for seed in keys.seeds] == [32, 32]
    assert keys.seeds[0] != keys.seeds[1]
