"""Sealed messages: only the expected signer's one whole message opens."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pysequoia
import pytest

from registry.errors import SettingsError, TamperedError, UnavailableError
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.sealer import Expected, Parties, open_bytes, seal_bytes

if TYPE_CHECKING:
    from tests.sealing.conftest import NewSide, Side

DATA = b"PK\x03\x04" + bytes(range(256)) * 40


def refusal(platform: Side, sealed: bytes, expected: Expected) -> str:
    with pytest.raises(TamperedError) as caught:
        open_bytes(platform.sealer, sealed, expected)
    return caught.value.slug


def raw_seal(side: Side, recipient: str, *options: str, data: bytes = DATA) -> bytes:
    ring = str(side.home / "pinned" / f"{recipient}.gpg")
    return side.gpg("--keyring", ring, "-r", recipient, *options, "--encrypt", data=data)


@pytest.mark.proves("S1-11")
def test_what_was_sealed_for_the_platform_opens_there_with_the_signers_fingerprint(
    school: Side, platform: Side, parties: Parties, from_school: Expected
):
    sealed = seal_bytes(school.sealer, DATA, parties)
    assert DATA not in sealed
    opened, signed = open_bytes(platform.sealer, sealed, from_school)
    assert opened == DATA
    assert signed.signer == school.key
    assert abs(signed.signed_at - from_school.now) < timedelta(minutes=1)


def test_a_second_implementation_decrypts_and_verifies_our_message(
    school: Side, platform: Side, parties: Parties
):
    sealed = seal_bytes(school.sealer, DATA, parties)
    secret = pysequoia.Tsk.from_bytes(platform.gpg("--export-secret-keys", platform.key))
    decryptor = secret.decryptor(platform.passphrase_file.read_text().strip())
    certificate = pysequoia.Cert.from_bytes(school.sealer.export_public(school.key))
    opened = pysequoia.decrypt(sealed, decryptor, lambda _: [certificate])
    assert opened.bytes == DATA
    assert [one.certificate.upper() for one in opened.valid_sigs] == [school.key]


def test_a_message_signed_by_another_key_of_the_ring_is_refused(platform: Side, from_school: Expected):
    sealed = seal_bytes(platform.sealer, DATA, Parties(platform.key, platform.key))
    assert refusal(platform, sealed, from_school) == "signature-foreign"


def test_a_message_signed_by_an_unknown_key_is_refused(
    new_side: NewSide, platform: Side, from_school: Expected
):
    stranger = new_side("stranger")
    stranger.sealer.pin(platform.sealer.export_public(platform.key), platform.key)
    sealed = seal_bytes(stranger.sealer, DATA, Parties(stranger.key, platform.key))
    assert refusal(platform, sealed, from_school) == "signature-foreign"


def test_an_unsigned_message_is_refused(school: Side, platform: Side, from_school: Expected):
    assert refusal(platform, raw_seal(school, platform.key), from_school) == "signature-count"


def test_a_message_signed_twice_is_refused(school: Side, platform: Side, from_school: Expected):
    twice = raw_seal(school, platform.key, "-u", school.key, "--sign", "-u", school.key, "--sign")
    both = school.gpg("-u", school.key, "--sign", data=DATA)
    nested = raw_seal(school, platform.key, "-u", school.key, "--sign", data=both)
    other = school.gpg("--quick-gen-key", "second-key-of-the-school", "ed25519", "sign", "never")
    assert other == b""
    keys = [
        line.split(b":")[9].decode()
        for line in school.gpg("--list-secret-keys", "--with-colons").splitlines()
        if line.startswith(b"fpr")
    ]
    second = raw_seal(school, platform.key, "-u", school.key, "-u", keys[-1], "--sign")
    assert refusal(platform, second, from_school) in {"signature-count", "signature-foreign"}
    # One signer named twice is one signature, and a signed thing inside stays the sender's data.
    assert open_bytes(platform.sealer, twice, from_school)[0] == DATA
    assert open_bytes(platform.sealer, nested, from_school)[0] == both


def test_two_messages_in_a_row_are_refused(
    school: Side, platform: Side, parties: Parties, from_school: Expected
):
    sealed = seal_bytes(school.sealer, DATA, parties)
    assert refusal(platform, sealed + sealed, from_school) == "message-shape"


@pytest.mark.parametrize("extra", [b"x", b"\n", b"text after", b"\x00" * 20, b"\xac\x05b\x00\x00\x00\x00"])
def test_bytes_after_or_before_the_message_are_refused(
    school: Side, platform: Side, parties: Parties, from_school: Expected, extra: bytes
):
    sealed = seal_bytes(school.sealer, DATA, parties)
    assert refusal(platform, sealed + extra, from_school) == "message-shape"
    assert refusal(platform, extra + sealed, from_school) == "message-shape"


def seal_later(school: Side, platform: Side, moment: datetime) -> bytes:
    stamp = moment.strftime("%Y%m%dT%H%M%S")
    return raw_seal(school, platform.key, "--faked-system-time", stamp, "-u", school.key, "--sign")


@pytest.mark.parametrize("minutes", [7, 30 * 24 * 60])
def test_a_signature_from_the_future_is_refused(
    school: Side, platform: Side, from_school: Expected, minutes: int
):
    sealed = seal_later(school, platform, from_school.now + timedelta(minutes=minutes))
    assert refusal(platform, sealed, from_school) == "signature-time"


def test_clocks_may_differ_by_a_few_minutes(school: Side, platform: Side, from_school: Expected):
    sealed = seal_later(school, platform, from_school.now + timedelta(minutes=4))
    assert open_bytes(platform.sealer, sealed, from_school)[0] == DATA


def test_a_signature_older_than_the_window_is_refused(
    school: Side, platform: Side, parties: Parties, from_school: Expected
):
    sealed = seal_bytes(school.sealer, DATA, parties)
    later = Expected(school.key, from_school.now + timedelta(hours=73), timedelta(hours=72))
    assert refusal(platform, sealed, later) == "signature-time"


def test_a_message_for_another_recipient_is_refused(
    school: Side, platform: Side, new_side: NewSide, from_school: Expected
):
    other = new_side("other-platform")
    school.sealer.pin(other.sealer.export_public(other.key), other.key)
    sealed = seal_bytes(school.sealer, DATA, Parties(school.key, other.key))
    assert refusal(platform, sealed, from_school) == "message-foreign"


def test_a_message_for_two_recipients_is_refused(school: Side, platform: Side, from_school: Expected):
    ring = str(school.home / "pinned" / f"{platform.key}.gpg")
    sealed = school.gpg(
        "--keyring",
        ring,
        "-r",
        platform.key,
        "-r",
        school.key,
        "-u",
        school.key,
        "--sign",
        "--encrypt",
        data=DATA,
    )
    assert refusal(platform, sealed, from_school) == "message-shape"


def test_a_clear_or_merely_signed_text_is_no_message(school: Side, platform: Side, from_school: Expected):
    clear = school.gpg("-u", school.key, "--clear-sign", data=b"text")
    signed = school.gpg("-u", school.key, "--sign", data=DATA)
    for sealed in (clear, b"before\n" + clear + b"after\n", signed, DATA, b"", b"\x00", b"\xff" * 100):
        assert refusal(platform, sealed, from_school) == "message-shape"


def test_a_truncated_message_is_refused_wherever_it_is_cut(
    school: Side, platform: Side, parties: Parties, from_school: Expected
):
    sealed = seal_bytes(school.sealer, DATA, parties)
    chance = random.Random(5)  # noqa: S311 - repeatable damage, no secret
    for cut in [0, 1, 95, 96, 97, 98, len(sealed) - 1, *chance.sample(range(len(sealed)), 20)]:
        assert refusal(platform, sealed[:cut], from_school)


def test_a_message_with_any_byte_flipped_never_opens_to_anything_else(
    school: Side, platform: Side, parties: Parties, from_school: Expected
):
    sealed = seal_bytes(school.sealer, DATA[:200], parties)
    chance = random.Random(7)  # noqa: S311 - repeatable damage, no secret
    for place in [0, 1, 2, 96, 97, 98, 99, len(sealed) - 1, *chance.sample(range(len(sealed)), 60)]:
        flipped = bytearray(sealed)
        flipped[place] ^= 1 << chance.randrange(8)
        try:
            opened, signed = open_bytes(platform.sealer, bytes(flipped), from_school)
        except TamperedError:
            continue
        # Only the count of bits of a wrapped key may read the same; what was signed did not change.
        assert (opened, signed.signer, place < 97) == (DATA[:200], school.key, True)


def test_nothing_of_a_refused_message_is_left_in_the_target(
    platform: Side, tmp_path: Path, from_school: Expected
):
    sealed = seal_bytes(platform.sealer, DATA, Parties(platform.key, platform.key))
    source = tmp_path / "sealed"
    source.write_bytes(sealed)
    target = io.BytesIO()
    with pytest.raises(TamperedError):
        platform.sealer.open_sealed(source, target, from_school)
    assert target.getvalue() == b""


def test_an_expired_or_revoked_signer_is_refused(new_side: NewSide, platform: Side, from_school: Expected):
    side = new_side("short-lived")
    side.sealer.pin(platform.sealer.export_public(platform.key), platform.key)
    platform.sealer.pin(side.sealer.export_public(side.key), side.key)
    sealed = seal_bytes(side.sealer, DATA, Parties(side.key, platform.key))
    expected = Expected(side.key, from_school.now, timedelta(hours=1))
    assert open_bytes(platform.sealer, sealed, expected)[0] == DATA
    _revoke(side)
    platform.sealer.pin(side.sealer.export_public(side.key), side.key)
    assert refusal(platform, sealed, expected) == "key-revoked"


def _revoke(side: Side) -> None:
    """Import the revocation certificate that gpg keeps beside a new key, without its safety colon."""
    certificate = side.home / "openpgp-revocs.d" / f"{side.key}.rev"
    side.gpg("--import", data=certificate.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))


def test_a_revocation_stays_when_an_older_copy_of_the_key_is_pinned_again(
    new_side: NewSide, platform: Side, from_school: Expected
):
    side = new_side("comes-back")
    side.sealer.pin(platform.sealer.export_public(platform.key), platform.key)
    old = side.sealer.export_public(side.key)
    sealed = seal_bytes(side.sealer, DATA, Parties(side.key, platform.key))
    _revoke(side)
    platform.sealer.pin(side.sealer.export_public(side.key), side.key)
    platform.sealer.pin(old, side.key)
    assert refusal(platform, sealed, Expected(side.key, from_school.now, timedelta(hours=1))) == "key-revoked"


def test_an_expired_key_neither_signs_nor_counts(new_side: NewSide, platform: Side, from_school: Expected):
    side = new_side("expiring")
    side.sealer.pin(platform.sealer.export_public(platform.key), platform.key)
    sealed = seal_bytes(side.sealer, DATA, Parties(side.key, platform.key))
    side.gpg("--quick-set-expire", side.key, "seconds=1")
    _wait_until_expired(side)
    platform.sealer.pin(side.sealer.export_public(side.key), side.key)
    assert refusal(platform, sealed, Expected(side.key, from_school.now, timedelta(hours=1))) == "key-expired"
    with pytest.raises(UnavailableError):
        seal_bytes(side.sealer, DATA, Parties(side.key, platform.key))


def _wait_until_expired(side: Side) -> None:
    """Ask gpg itself until the key's one second has passed."""
    for _ in range(10_000):
        if b"\npub:e:" in b"\n" + side.gpg("--list-keys", "--with-colons", side.key):
            return
    pytest.fail("the key did not expire")


def test_a_wrong_passphrase_fails_although_the_agent_had_the_right_one(
    school: Side, platform: Side, parties: Parties, from_school: Expected, tmp_path: Path
):
    sealed = seal_bytes(school.sealer, DATA, parties)
    open_bytes(platform.sealer, sealed, from_school)
    create_passphrase(tmp_path / "wrong")
    with OpenPgpSealer(school.home, tmp_path / "wrong") as wrong_school:
        with pytest.raises(UnavailableError):
            seal_bytes(wrong_school, DATA, parties)
        with pytest.raises(UnavailableError):
            wrong_school.sign_detached(DATA, school.key)
    with OpenPgpSealer(platform.home, tmp_path / "wrong") as wrong, pytest.raises(UnavailableError):
        open_bytes(wrong, sealed, from_school)


def test_sealing_to_a_key_that_was_not_pinned_is_refused(school: Side):
    with pytest.raises(SettingsError):
        seal_bytes(school.sealer, DATA, Parties(school.key, "0" * 40))
    with pytest.raises(SettingsError):
        seal_bytes(school.sealer, DATA, Parties(school.key, school.key[-16:]))


def test_a_key_is_pinned_only_under_its_own_fingerprint(school: Side, platform: Side):
    public = platform.sealer.export_public(platform.key)
    secret = platform.gpg("--export-secret-keys", platform.key)
    both = public + school.sealer.export_public(school.key)
    for data, fingerprint in [
        (public, school.key),
        (secret, platform.key),
        (both, platform.key),
        (b"", platform.key),
    ]:
        with pytest.raises(TamperedError):
            school.sealer.pin(data, fingerprint)


def test_homes_and_passphrases_are_private_and_the_agent_keeps_nothing(school: Side):
    assert school.home.stat().st_mode & 0o777 == 0o700
    assert school.passphrase_file.stat().st_mode & 0o777 == 0o600
    text = (school.home / "gpg-agent.conf").read_text()
    for line in ("s2k-count 65536", "default-cache-ttl 0", "max-cache-ttl 0", "ignore-cache-for-signing"):
        assert line in text.splitlines()


def test_a_passphrase_file_that_others_can_read_is_refused(school: Side, parties: Parties, tmp_path: Path):
    loose = tmp_path / "loose"
    shutil.copy(school.passphrase_file, loose)
    loose.chmod(0o644)
    with OpenPgpSealer(school.home, loose) as sealer, pytest.raises(SettingsError):
        seal_bytes(sealer, DATA, parties)


def test_closing_a_sealer_ends_its_agent(new_side: NewSide):
    side = new_side("closing")
    side.sealer.sign_detached(b"x", side.key)
    side.sealer.close()
    assert not agent_runs(side)


def test_an_agent_that_others_work_with_outlives_a_sealer_and_ends_with_the_last(new_side: NewSide):
    side = new_side("sharing")
    for _ in range(3):
        with OpenPgpSealer(side.home, side.passphrase_file) as other:
            other.sign_detached(b"x", side.key)
        assert agent_runs(side)
    side.sealer.close()
    assert not agent_runs(side)


def test_an_own_key_is_found_although_the_agent_ends_again_and_again(new_side: NewSide):
    side = new_side("found-always")
    ended = threading.Event()

    def end_agents() -> None:
        while not ended.is_set():
            subprocess.run(["gpgconf", "--homedir", str(side.home), "--kill", "all"], check=True, timeout=30)

    ending = threading.Thread(target=end_agents)
    ending.start()
    try:
        assert {side.sealer.find_own("found-always") for _ in range(20)} == {side.key}
    finally:
        ended.set()
        ending.join()


def agent_runs(side: Side) -> bool:
    probe = ["gpg-connect-agent", "--no-autostart", "--homedir", str(side.home), "/bye"]
    said = subprocess.run(probe, capture_output=True, check=False, timeout=30).stderr
    return b"no gpg-agent running" not in said


def test_thirty_megabytes_pass_through_as_a_stream(
    school: Side, platform: Side, parties: Parties, from_school: Expected, tmp_path: Path
):
    source = tmp_path / "source"
    source.write_bytes(random.Random(1).randbytes(30_000_000))  # noqa: S311 - filler
    sealed = tmp_path / "sealed"
    with source.open("rb") as opened:
        school.sealer.seal(opened, sealed, parties)
    with (tmp_path / "back").open("w+b") as back:
        platform.sealer.open_sealed(sealed, back, from_school)
    assert (tmp_path / "back").read_bytes() == source.read_bytes()


def test_keys_are_made_reliably_although_the_agent_forgets_at_once(new_side: NewSide):
    assert len({new_side(f"school-{number}").key for number in range(20)}) == 20
