"""Detached signatures: exactly one, of exactly the expected key, and nothing beside it."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pysequoia
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import TamperedError
from registry.sealing.packets import signature_packet, tags
from registry.sealing.public_keys import read_public_key, verify_kept, without_armor
from registry.sealing.sealer import Earlier, Expected
from registry.sealing.status import StatusLine, judge_detached, judge_opened

if TYPE_CHECKING:
    from tests.sealing.conftest import NewSide, Side

DATA = b'{"message_id":"x","verdict":"accepted"}'


def refusal(platform: Side, signature: bytes, expected: Expected, data: bytes = DATA) -> str:
    with pytest.raises(TamperedError) as caught:
        platform.sealer.verify_detached(data, signature, expected)
    return caught.value.slug


def test_a_detached_signature_of_the_expected_key_counts(school: Side, platform: Side, from_school: Expected):
    signature = school.sealer.sign_detached(DATA, school.key)
    assert signature.startswith(b"-----BEGIN PGP SIGNATURE-----")
    assert platform.sealer.verify_detached(DATA, signature, from_school).signer == school.key


def test_a_second_implementation_verifies_our_signature_and_we_verify_its(
    school: Side, platform: Side, from_school: Expected
):
    signature = school.sealer.sign_detached(DATA, school.key)
    certificate = pysequoia.Cert.from_bytes(school.sealer.export_public(school.key))
    checked = pysequoia.verify(DATA, lambda _: [certificate], signature=pysequoia.Sig.from_bytes(signature))
    assert [one.certificate.upper() for one in checked.valid_sigs] == [school.key]
    other = pysequoia.Tsk.generate("another implementation")
    theirs = pysequoia.sign(other.signer(), DATA, mode=pysequoia.SignatureMode.DETACHED)
    fingerprint = other.extract_certificate().fingerprint.upper()
    platform.sealer.pin(bytes(other.extract_certificate()), fingerprint)
    expected = Expected(fingerprint, from_school.now, timedelta(hours=1))
    assert platform.sealer.verify_detached(DATA, theirs, expected).signer == fingerprint


def test_another_key_in_the_ring_does_not_count(platform: Side, from_school: Expected):
    signature = platform.sealer.sign_detached(DATA, platform.key)
    assert refusal(platform, signature, from_school) == "signature-foreign"


def test_changed_data_do_not_count(school: Side, platform: Side, from_school: Expected):
    signature = school.sealer.sign_detached(DATA, school.key)
    assert refusal(platform, signature, from_school, DATA + b" ") == "signature-bad"


def test_two_concatenated_signatures_do_not_count(school: Side, platform: Side, from_school: Expected):
    one = school.sealer.sign_detached(DATA, school.key)
    two = platform.sealer.sign_detached(DATA, platform.key)
    packets = signature_packet(one) + signature_packet(two)
    for both in (one + two, two + one, one + one, packets, signature_packet(one) * 2):
        assert refusal(platform, both, from_school) == "signature-shape"


def test_text_around_a_signature_does_not_count(school: Side, platform: Side, from_school: Expected):
    one = school.sealer.sign_detached(DATA, school.key)
    clear = school.gpg("-u", school.key, "--clear-sign", data=DATA)
    for foreign in (b"accepted\n" + one, one + b"accepted\n", clear, b"before\n" + clear, clear + b"after"):
        assert refusal(platform, foreign, from_school) == "signature-shape"
    assert platform.sealer.verify_detached(DATA, b"\n" + one + b"\n\n", from_school)


@pytest.mark.parametrize("days", [30, -30])
def test_a_signature_far_from_now_does_not_count(
    school: Side, platform: Side, from_school: Expected, days: int
):
    moment = (from_school.now + timedelta(days=days)).strftime("%Y%m%dT%H%M%S")
    options = ["--ignore-time-conflict"] if days < 0 else []
    signature = school.gpg(
        "--faked-system-time", moment, *options, "-u", school.key, "--armor", "--detach-sign", data=DATA
    )
    assert refusal(platform, signature, from_school) in {"signature-time", "signature-count", "signature-bad"}


def test_a_text_mode_signature_does_not_count(school: Side, platform: Side, from_school: Expected):
    signature = school.gpg("-u", school.key, "--textmode", "--armor", "--detach-sign", data=DATA)
    assert refusal(platform, signature, from_school) == "signature-weak"


def test_a_weak_digest_does_not_count(school: Side, platform: Side, from_school: Expected):
    signature = school.gpg("-u", school.key, "--digest-algo", "SHA1", "--armor", "--detach-sign", data=DATA)
    assert refusal(platform, signature, from_school) == "signature-weak"


def test_a_signature_with_any_byte_flipped_or_cut_does_not_count(
    school: Side, platform: Side, from_school: Expected
):
    signature = school.sealer.sign_detached(DATA, school.key)
    chance = random.Random(3)  # noqa: S311 - repeatable damage, no secret
    body = range(signature.index(b"\n\n") + 2, signature.rindex(b"\n-----END"))
    for place in chance.sample(body, 60):
        flipped = bytearray(signature)
        flipped[place] ^= 1 << chance.randrange(7)
        assert refusal(platform, bytes(flipped), from_school), place
    for cut in chance.sample(range(len(signature) - 1), 20):
        assert refusal(platform, signature[:cut], from_school)


@given(st.binary(max_size=300))
def test_any_bytes_are_either_one_signature_packet_or_refused(data: bytes):
    with pytest.raises(TamperedError):
        signature_packet(b"-" + data)


@given(st.binary(max_size=300))
def test_the_packet_walk_ends_on_any_bytes(data: bytes):
    try:
        found = list(tags(io.BytesIO(data)))
    except TamperedError:
        return
    assert len(found) <= 64


GOOD = (
    "NEWSIG",
    "KEY_CONSIDERED F 0",
    "SIG_ID abc 2026-11-23 1795464763",
    "GOODSIG F2F8617511550A7C somebody",
    "VALIDSIG F 2026-11-23 1795464763 0 4 0 22 10 00 F",
    "TRUST_UNDEFINED 0 pgp",
)


def lines(*texts: str) -> list[StatusLine]:
    return [StatusLine(text.split()[0], tuple(text.split()[1:])) for text in texts]


@given(
    st.lists(st.sampled_from([*GOOD, "BADSIG x", "ERRSIG x", "EXPKEYSIG x", "PLAINTEXT 62 0 m", "NODATA 3"]))
)
def test_only_the_exact_set_of_lines_is_a_decision(texts: list[str]):
    """Whatever order and number of lines a tool prints, each decisive one must stand there exactly once."""
    expected = Expected("F", datetime.fromtimestamp(1795464763, UTC), timedelta(hours=1))
    decisive = ("NEWSIG", "SIG_ID", "GOODSIG", "VALIDSIG")
    named = [text.split()[0] for text in texts]
    good = all(named.count(word) == 1 for word in decisive) and not {
        "BADSIG",
        "ERRSIG",
        "EXPKEYSIG",
        "PLAINTEXT",
        "NODATA",
    } & set(named)
    if good:
        assert judge_detached(lines(*texts), expected).signer == "F"
    else:
        with pytest.raises(TamperedError):
            judge_detached(lines(*texts), expected)
    with pytest.raises(TamperedError):
        judge_opened(lines(*texts), expected)


def test_an_earlier_key_counts_only_for_what_it_signed_in_its_time(
    new_side: NewSide, school: Side, platform: Side
):
    before = new_side("earlier-platform")
    school.sealer.pin(before.sealer.export_public(before.key), before.key)
    signature = before.sealer.sign_detached(DATA, before.key)
    now = datetime.now(UTC)

    def expected(until: datetime) -> Expected:
        return Expected(platform.key, now, timedelta(hours=1), (Earlier(before.key, until),))

    signed = school.sealer.verify_detached(DATA, signature, expected(now + timedelta(seconds=1)))
    assert signed.signer == before.key
    with pytest.raises(TamperedError) as late:
        school.sealer.verify_detached(DATA, signature, expected(now - timedelta(minutes=1)))
    assert late.value.slug == "key-retired"
    only = Expected(platform.key, now, timedelta(hours=1))
    with pytest.raises(TamperedError) as foreign:
        school.sealer.verify_detached(DATA, signature, only)
    assert foreign.value.slug == "signature-foreign"


def test_a_barred_key_is_refused_by_name_although_its_signature_is_good(school: Side, platform: Side):
    signature = platform.sealer.sign_detached(DATA, platform.key)
    now = datetime.now(UTC)
    expected = Expected(school.key, now, timedelta(hours=1), (), (platform.key,))
    with pytest.raises(TamperedError) as barred:
        school.sealer.verify_detached(DATA, signature, expected)
    assert barred.value.slug == "key-revoked"


def test_what_was_accepted_once_verifies_as_of_then_although_its_key_has_ended_since(new_side: NewSide):
    side = new_side("ends-later")
    signature = side.sealer.sign_detached(DATA, side.key)
    now = datetime.now(UTC)
    side.gpg("--quick-set-expire", side.key, "seconds=86400")
    ring = without_armor(side.sealer.export_public(side.key))
    far = Expected(side.key, now + timedelta(days=10), timedelta(days=30))
    with pytest.raises(TamperedError) as ended:
        verify_kept(ring, DATA, signature, far)
    assert ended.value.slug == "key-expired"
    assert verify_kept(ring, DATA, signature, Expected(side.key, now, timedelta(days=30))).signer == side.key


def test_a_public_key_is_read_and_nothing_beside_it(school: Side, platform: Side):
    own, other = (side.sealer.export_public(side.key) for side in (school, platform))
    said = read_public_key(own)
    assert (said.fingerprint, said.revoked, said.complete) == (school.key, False, True)
    assert said.expires_at is not None
    assert said.expires_at - said.created_at == timedelta(days=1095)
    secret = school.gpg("--armor", "--export-secret-keys", school.key)
    for data in (own + other, secret, b"", b"nonsense", own[:200], b"x" * 70_000):
        with pytest.raises(TamperedError) as refused:
            read_public_key(data)
        assert refused.value.slug == "key-unreadable"
