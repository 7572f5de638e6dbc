import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import SettingsError, TamperedError
from registry.trail.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from registry.trail.keys import TrailKeys
from registry.trail.note import Signer, Verifier, open_note, sign_note
from registry.trail.receipt import issue_receipt, open_receipt

PUBLISHED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
PUBLISHED_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SIGNER = Signer("test.example/log/1", bytes(range(32)))
NOTE = sign_note("первая строка\n\nтретья\n", SIGNER)
NOW = datetime(2020, 11, 2, 6, tzinfo=UTC)


def test_the_published_example_opens_with_its_key():
    verifier = Verifier.parse(PUBLISHED_KEY)
    assert open_note(PUBLISHED_NOTE, [verifier]) == "This is an example message.\n"
    assert str(verifier) == PUBLISHED_KEY


def test_a_signer_that_others_published_makes_the_published_bytes():
    # The test key of the original note package.
    secret = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
    signer = Signer("PeterNeumann", secret[1:])
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    line = (
        "— PeterNeumann "
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert sign_note(text, signer) == f"{text}\n{line}"


def test_a_note_with_two_signatures_opens_with_either_key():
    other = Signer("witness.example", bytes(32))
    note = sign_note("text\n", SIGNER, other)
    assert open_note(note, [SIGNER.verifier]) == open_note(note, [other.verifier]) == "text\n"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        NOTE.replace("—", "-"),
        NOTE.replace("— test", "—  test"),
        NOTE.replace("первая", "пер\tвая"),
        NOTE.replace("первая", "первaя"),
        NOTE.replace("=\n", "\n"),
        NOTE + "— x AAAA\n",
        NOTE.replace("test.example/log/1", "test.example/log/2"),
        NOTE.replace("первая", "пер\ud800вая"),
        "x" * 1_000_001 + NOTE,
    ],
)
def test_a_note_of_another_form_is_refused(note: str):
    with pytest.raises(TamperedError):
        open_note(note, [SIGNER.verifier])


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(0, 7))
def test_no_flipped_bit_of_a_note_passes(place: int, bit: int):
    data = bytearray(NOTE.encode())
    data[place] ^= 1 << bit
    with pytest.raises(TamperedError):
        open_note(data.decode(errors="replace"), [SIGNER.verifier])


@given(st.text())
def test_no_text_brings_the_reader_down(text: str):
    with pytest.raises(TamperedError):
        open_note(text, [SIGNER.verifier])
    with pytest.raises(TamperedError):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+AAAA", PUBLISHED_KEY.replace("530d", "530e"), "a b+1+x"]
)
def test_a_wrong_verifier_key_is_refused(text: str):
    with pytest.raises(ValueError, match="verifier key"):
        Verifier.parse(text)


def test_a_checkpoint_comes_back_as_it_was_signed():
    made = Checkpoint("test.example/log/1", 12, bytes(32))
    assert open_checkpoint(made.sign(SIGNER), [SIGNER.verifier]) == made


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"a\n01\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n1\n{ROOT}\nmore\n",
        f"\n1\n{ROOT}\n",
        f"a\n1\n{ROOT}",
        f"a\n1\n{ROOT[:-4]}\n",
        f"a\n١\n{ROOT}\n",
    ],
)
def test_a_checkpoint_of_another_form_is_refused(text: str):
    with pytest.raises(TamperedError):
        parse_checkpoint(text)


def test_a_receipt_names_the_leaf_and_the_time_by_which_it_stands():
    receipt = open_receipt(issue_receipt(SIGNER, "a/1", bytes(32), NOW), [SIGNER.verifier])
    assert (receipt.origin, receipt.leaf_hash) == ("a/1", bytes(32))
    assert receipt.merge_by == NOW + timedelta(hours=24)


def test_a_checkpoint_is_no_receipt():
    note = Checkpoint("test.example/log/1", 12, bytes(32)).sign(SIGNER)
    with pytest.raises(TamperedError):
        open_receipt(note, [SIGNER.verifier])


def test_keys_come_back_from_their_file_and_nobody_else_can_read_it(tmp_path: Path):
    made = TrailKeys.create(tmp_path, "test.example/log")
    assert TrailKeys.load(tmp_path, "test.example/log").verifiers == made.verifiers
    assert (tmp_path / "trail.json").stat().st_mode & 0o777 == 0o600
    assert str(made.verifiers[0]).startswith("test.example/log/1+")
    with pytest.raises(FileExistsError):
        TrailKeys.create(tmp_path, "test.example/log")


@pytest.mark.parametrize("damage", ["", "{}", '{"origin": 1, "epoch": "x"}', "[]", "null"])
def test_damaged_or_missing_keys_are_said_plainly(tmp_path: Path, damage: str):
    with pytest.raises(SettingsError, match="не найдены"):
        TrailKeys.load(tmp_path, "test.example/log")
    (tmp_path / "trail.json").write_text(damage)
    with pytest.raises(SettingsError, match="повреждены"):
        TrailKeys.load(tmp_path, "test.example/log")


def test_keys_of_another_log_are_refused(tmp_path: Path):
    TrailKeys.create(tmp_path, "test.example/log")
    with pytest.raises(SettingsError, match="REGISTRY_TRAIL_ORIGIN"):
        TrailKeys.load(tmp_path, "other.example/log")
