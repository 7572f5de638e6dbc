"""Reading files of detached signatures: what they say, whoever made them, and what is refused in words."""

import hashlib
import random
from pathlib import Path

import pytest

from registry.documents.cms.child import answer
from registry.documents.cms.looking import MOST_BYTES, Limits, look_at
from registry.documents.cms.said import read_said
from registry.documents.cms.verifying import NOT_CHECKED, Judged, ProgramVerifier, Verdict, verifier_of
from registry.errors import InvalidError, TooLargeError
from tests.conftest import PROFILE
from tests.documents import signatures
from tests.documents.signatures import HOSTILE, detached

DOCUMENT = b"what was signed"
TRIES = 2_000 if PROFILE == "deep" else 150


def test_a_file_says_who_signed_what_and_when_as_its_certificate_names_him() -> None:
    file = look_at(detached(DOCUMENT))
    said, told = file.said, file.said.certificate
    assert said.algorithm == "2.16.840.1.101.3.4.2.1"
    assert said.digest == hashlib.sha256(DOCUMENT).hexdigest()
    assert said.signed_at == signatures.SIGNED_AT
    assert (told.name, told.person) == (signatures.NAME, signatures.NAME)
    assert (told.snils, told.inn) == (signatures.SNILS, signatures.INN)
    assert (told.issuer, told.serial) == (signatures.ISSUER, "abcdef")
    assert told.begins
    assert told.ends
    assert told.begins < signatures.SIGNED_AT < told.ends


@pytest.mark.parametrize(
    "form",
    [signatures.as_pem, signatures.as_base64, lambda der: b"\xef\xbb\xbf" + signatures.as_pem(der, "CMS")],
)
def test_every_way_of_saving_a_signature_says_the_same(form) -> None:  # type: ignore[no-untyped-def]
    der = detached(DOCUMENT)
    assert read_said(answer(form(der))) == read_said(answer(der))
    assert look_at(form(der)).data == form(der)


def test_what_a_file_does_not_say_stays_empty() -> None:
    bare = look_at(detached(DOCUMENT, change=signatures.without_certificate)).said
    assert (bare.certificate.name, bare.certificate.snils) == ("", "")
    assert (bare.certificate.issuer, bare.certificate.serial) == (signatures.ISSUER, "abcdef")
    assert bare.certificate.begins is None
    plain = read_said(answer(detached(DOCUMENT, change=signatures.without_attributes)))
    assert (plain.digest, plain.signed_at) == ("", None)
    assert (
        read_said(answer(detached(DOCUMENT, change=signatures.by_streebog))).algorithm == signatures.STREEBOG
    )


def test_names_that_would_turn_the_line_round_lose_what_turns_it() -> None:
    said = read_said(
        answer(detached(DOCUMENT, "<b>Иванов</b>\u202e\u0007 Пётр\u200b" + "я" * 10))
    ).certificate
    assert said.name == "<b>Иванов</b> Пётр" + "я" * 10
    assert all(one.isprintable() for one in said.person)


@pytest.mark.parametrize("code", HOSTILE)
def test_a_file_that_is_no_detached_signature_is_refused_and_told_what_to_do(code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        look_at(HOSTILE[code]())
    assert refused.value.slug == code
    assert set(refused.value.fields) == {"signature"}


def test_a_file_that_is_larger_than_signatures_are_is_not_even_read() -> None:
    with pytest.raises(TooLargeError):
        look_at(b"0" * (MOST_BYTES + 1))


def test_what_eats_memory_or_time_ends_in_the_child_and_is_told_as_damaged() -> None:
    with pytest.raises(InvalidError, match="повреждён"):
        look_at(detached(DOCUMENT), Limits(memory=16 << 20))
    with pytest.raises(InvalidError):
        look_at(b"\x30\x80" * 100_000)


def test_changed_and_cut_files_are_read_or_refused_and_nothing_else() -> None:
    dice, whole = random.Random(11), detached(DOCUMENT)  # noqa: S311 - places in a file, the same each time
    for _ in range(TRIES):
        changed = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        said = answer(bytes(changed[: dice.choice([len(changed), dice.randrange(len(changed))])]))
        assert "refused" in said or read_said(said)


def test_without_a_program_nobody_judges_and_one_judges_what_it_is_given(tmp_path: Path) -> None:
    assert verifier_of(" ") is None
    program = tmp_path / "verify.py"
    program.write_text(
        "import json, sys\n"
        "head = json.loads(sys.stdin.buffer.readline())\n"
        "signature = sys.stdin.buffer.read(head['signature'])\n"
        "document = sys.stdin.buffer.read()\n"
        "assert len(document) == head['document']\n"
        "by = 'учебная проверка\\n' + 'я' * 300\n"
        "print(json.dumps({'holds': document == b'what was signed', 'by': by}))\n"
    )
    found = ProgramVerifier(f"python3 {program}")
    holds = found.verify(b"signature", DOCUMENT)
    assert (holds.verdict, holds.by[:17], len(holds.by)) == (Verdict.HOLDS, "учебная проверкая", 200)
    assert found.verify(b"signature", b"another").verdict is Verdict.FAILS


@pytest.mark.parametrize(
    "command", ["false", "no-such-program", "echo", "echo {}", "echo [1]", "echo '{\"holds\": 1}'"]
)
def test_a_program_that_fails_or_does_not_say_leaves_it_not_checked(command: str) -> None:
    assert (
        ProgramVerifier(command).verify(b"signature", DOCUMENT) == NOT_CHECKED == Judged(Verdict.NOT_CHECKED)
    )
