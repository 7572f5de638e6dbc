"""Seals of files: whose they are, that they hold over every byte, and time stamps that are never made up."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.documents.pades.checking import look
from registry.documents.pades.keys import SealKeys, create_keys, load_keys, renew_keys
from registry.documents.pades.looking import MOST_BYTES, Limits, look_apart
from registry.documents.pades.sealing import Sealer
from registry.documents.pades.seen import NOTHING, Level
from registry.documents.pades.stamps import stamp
from registry.documents.sealed_acts import sealed_act_pdf
from registry.errors import SettingsError, TooLargeError, UnavailableError
from registry.sandbox.tsa import Fault
from tests.conftest import PROFILE
from tests.documents.authorities import Serving, authority
from tests.documents.sealed import ACT

NOW = datetime.now(UTC)
TRIES = 2_000 if PROFILE == "deep" else 200


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return create_keys(tmp_path_factory.mktemp("seal"), "registry.example", NOW)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with authority(tmp_path_factory.mktemp("tsa")) as made:
        yield made


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return sealed_act_pdf(ACT, language="ru")


@pytest.fixture(scope="module")
def sealed(keys: SealKeys, drawn: bytes) -> bytes:
    return Sealer(keys, to_be_stamped=True).seal(drawn, NOW)


def test_a_seal_is_ours_and_leaves_what_was_drawn_byte_by_byte(
    keys: SealKeys, drawn: bytes, sealed: bytes
) -> None:
    """The sealed file begins with the drawn one, whose digest can be made anew."""
    assert sealed.startswith(drawn)
    seen = look(sealed, keys.trusted, ())
    assert (seen.sound, seen.level, seen.fingerprint) == (True, Level.B_B, keys.fingerprint)
    assert seen.sealed_at == NOW.replace(microsecond=0)
    assert look_apart(sealed, keys.trusted, ()) == seen


def test_one_changed_byte_anywhere_is_found_each_time(keys: SealKeys, sealed: bytes) -> None:
    """In what the seal covers, in the seal itself, and in the room beside it."""
    begin = sealed.index(b"/Contents <") + len(b"/Contents <")
    draw = random.Random(7)  # noqa: S311 - which bytes are tried, not a secret
    places = [draw.randrange(len(sealed)) for _ in range(TRIES // 2)]
    places += [draw.randrange(begin, begin + 1_400) for _ in range(TRIES // 2)]
    for at in places:
        changed = bytearray(sealed)
        changed[at] ^= 1 << draw.randrange(8)
        assert not look(bytes(changed), keys.trusted, ()).sound, at


def test_the_room_beside_the_seal_is_no_place_to_hide_anything(keys: SealKeys, sealed: bytes) -> None:
    end = sealed.index(b">", sealed.index(b"/Contents <"))
    assert sealed[end - 1 : end] == b"0"
    for other in (b"1", b" ", b"a"):
        assert not look(sealed[: end - 1] + other + sealed[end:], keys.trusted, ()).sound


def test_nothing_may_be_added_behind_the_seal(keys: SealKeys, sealed: bytes) -> None:
    assert not look(sealed + b"\n%%EOF\n", keys.trusted, ()).sound
    assert not look(sealed + sealed, keys.trusted, ()).sound


def test_another_ones_seal_is_not_ours(keys: SealKeys, drawn: bytes, tmp_path: Path) -> None:
    other = create_keys(tmp_path, "registry.example", NOW)
    foreign = Sealer(other, to_be_stamped=False).seal(drawn, NOW)
    assert look(foreign, keys.trusted, ()) == NOTHING
    assert look(foreign, other.trusted, ()).sound


def test_what_an_older_key_sealed_goes_on_verifying_after_another_took_its_place(
    drawn: bytes, tmp_path: Path
) -> None:
    old = create_keys(tmp_path, "registry.example", NOW - timedelta(days=30))
    before = Sealer(old, to_be_stamped=False).seal(drawn, NOW)
    new = renew_keys(tmp_path, "registry.example", NOW)
    after = Sealer(new, to_be_stamped=False).seal(drawn, NOW)
    assert old.fingerprint != new.fingerprint
    assert [look(one, new.trusted, ()).fingerprint for one in (before, after)] == [
        old.fingerprint,
        new.fingerprint,
    ]
    assert look(before, new.trusted, ()).sound
    assert load_keys(tmp_path).fingerprint == new.fingerprint


def test_a_key_without_its_certificate_seals_nothing(tmp_path: Path) -> None:
    create_keys(tmp_path / "one", "registry.example", NOW)
    create_keys(tmp_path / "two", "registry.example", NOW)
    (tmp_path / "one" / "seal.key").replace(tmp_path / "two" / "seal.key")
    with pytest.raises(SettingsError, match="сертификата"):
        load_keys(tmp_path / "two")
    with pytest.raises(SettingsError):
        load_keys(tmp_path / "one")
    (tmp_path / "two" / "seal.key").write_text("rubbish")
    with pytest.raises(SettingsError, match="повреждён"):
        load_keys(tmp_path / "two")


def test_a_stamp_raises_the_level_and_leaves_all_that_the_seal_covers(
    keys: SealKeys, serving: Serving, sealed: bytes
) -> None:
    stamped = stamp(sealed, serving.authority, datetime.now(UTC))
    assert len(stamped.data) == len(sealed)
    begin, end = sealed.index(b"/Contents <"), sealed.index(b">", sealed.index(b"/Contents <"))
    assert (stamped.data[:begin], stamped.data[end:]) == (sealed[:begin], sealed[end:])
    seen = look(stamped.data, keys.trusted, serving.authority.roots)
    assert (seen.sound, seen.level, seen.stamped_at) == (True, Level.B_T, stamped.at)
    assert not look(stamped.data, keys.trusted, ()).sound


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.NONE])
def test_whatever_is_wrong_with_a_stamp_there_is_none(serving: Serving, sealed: bytes, fault: Fault) -> None:
    serving.stand.fault = fault
    try:
        with pytest.raises(UnavailableError) as refused:
            stamp(sealed, serving.authority, datetime.now(UTC))
        assert refused.value.slug == "stamp-failed"
    finally:
        serving.stand.fault = Fault.NONE


def test_a_strange_file_is_looked_at_by_a_child_that_may_die(keys: SealKeys, sealed: bytes) -> None:
    for strange in (b"", b"%PDF-1.7", b"\x89PNG", sealed[:900]):
        assert look(strange, keys.trusted, ()) == NOTHING
    assert look_apart(sealed[:900], keys.trusted, ()) == NOTHING
    assert look_apart(sealed, keys.trusted, (), Limits(memory=64 << 20)) == NOTHING
    with pytest.raises(TooLargeError):
        look_apart(bytes(MOST_BYTES + 1), keys.trusted, ())
