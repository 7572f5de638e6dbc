"""A bundle of a consent: whoever has it and the public keys checks the consent without the registry."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from registry.consents.gate import Claim, clear
from registry.consents.models.acts import acts_of_consents
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.errors import TamperedError
from registry.programmes.usecases import programme_of
from registry.proofs import check_bundle
from registry.proofs.check_bundle import Act, Key, Report, archive, check, sealed, unpack
from registry.proofs.usecases.attaching import attach, candidates_of, examine
from registry.proofs.usecases.exporting import SIGNATURE, record_of_consent
from registry.rights.models.shredding import paper_of, shred
from registry.trail.merkle import leaf_hash
from registry.trail.receipt import open_receipt
from tests.consents.conftest import AGREEMENT, MESH, OWN, C, S, Town, confirm_everything
from tests.documents.signatures import detached
from tests.proofs.conftest import bundle, consent_of, keys_of, published

TRIES = 200


def held(data: bytes, keys: list[str]) -> bool:
    report = Report()
    try:
        check(data, keys, report)
    except Exception:  # noqa: BLE001 - as the program itself takes it
        return False
    return report.holds


@pytest.fixture
def whole(consented: Town) -> bytes:
    return bundle(consented, consent_of(consented, "mother", "child"))


def run(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a stranger does: a copy of it alone, in a folder without the registry."""
    program = file.parent / "check_bundle.py"
    program.write_bytes(Path(check_bundle.__file__).read_bytes())
    return subprocess.run(
        [sys.executable, "-I", str(program), str(file), *arguments],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_stranger_checks_a_consent_with_one_file_and_two_keys(
    consented: Town, whole: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "consent.zip"
    file.write_bytes(whole)
    checkpoint, receipt = keys_of(consented)
    done = run(file, "--checkpoint-key", checkpoint, "--receipt-key", receipt, "--language", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("the entry stands in the log under a signed checkpoint") == 3
    assert done.stdout.count("digest of the text that was read") == 3
    assert "not in the bundle, not checked: seal of the PDF" in done.stdout
    assert done.stdout.endswith("All that can be checked holds.\n")
    alone = run(file)
    assert alone.returncode == 0
    assert "ключи взяты из самого пакета" in alone.stdout
    file.write_bytes(whole[:-1])
    assert run(file).returncode == 1


def test_keys_of_another_registry_do_not_fit(consented: Town, whole: bytes) -> None:
    checkpoint, receipt = keys_of(consented)
    assert held(whole, [checkpoint, receipt])
    assert not held(whole, [checkpoint])
    assert not held(whole, [receipt])
    other = "other.test/log/1+00000000+AQ=="
    assert not held(whole, [checkpoint, receipt, other])


def test_the_same_acts_under_the_same_checkpoint_give_the_same_bytes(consented: Town, whole: bytes) -> None:
    assert bundle(consented, consent_of(consented, "mother", "child")) == whole
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        assert packed.testzip() is None
        assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def flips(data: bytes, tries: int) -> list[bytes]:
    """Change one byte at places all over, the same each time."""
    dice = random.Random(7)  # noqa: S311 - places in a file, the same each time
    found = []
    for at in (dice.randrange(len(data)) for _ in range(tries)):
        changed = bytearray(data)
        changed[at] ^= dice.randrange(1, 256)
        found.append(bytes(changed))
    return found


def test_one_changed_byte_anywhere_in_a_bundle_is_found(consented: Town, whole: bytes) -> None:
    keys = keys_of(consented)
    assert [one for one in flips(whole, TRIES) if held(one, keys)] == []


@pytest.mark.deep
def test_two_thousand_changed_bytes_are_found(consented: Town, whole: bytes) -> None:
    keys = keys_of(consented)
    assert [one for one in flips(whole, 2000) if held(one, keys)] == []
    assert receipt_flips(consented, whole, 2000) == []


def receipt_flips(town: Town, whole: bytes, tries: int) -> list[bytes]:
    """Change a receipt that fits its entry; give the changed ones that fit still."""
    files, receipts = unpack(whole), town.registry.trail.receipt.verifier
    folder = min(name.rpartition("/")[0] for name in files if name.endswith("leaf.json"))
    leaf, receipt = files[f"{folder}/leaf.json"], files[f"{folder}/receipt.txt"]

    def fits(text: bytes) -> bool:
        try:
            return open_receipt(text.decode(), [receipts]).leaf_hash == leaf_hash(leaf)
        except (TamperedError, UnicodeDecodeError):
            return False

    assert fits(receipt)
    return [one for one in flips(receipt, tries) if fits(one)]


def test_one_changed_byte_in_a_receipt_is_found(consented: Town, whole: bytes) -> None:
    assert receipt_flips(consented, whole, TRIES) == []


def changed(whole: bytes, name: str, data: bytes) -> bytes:
    """Put another file into a bundle and list it as whoever has no key can."""
    files = {**unpack(whole), name: data}
    listed = {
        one: hashlib.sha256(content).hexdigest()
        for one, content in files.items()
        if one not in {"manifest.json", "manifest.sig"}
    }
    said = json.loads(files["manifest.json"]) | {"files": listed}
    files["manifest.json"] = json.dumps(
        said, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    return archive(files)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("leaf.json", b"consent.given", b"consent.taken"),
        ("state.json", b"given", b"taken"),
        ("opening.json", "Мария".encode(), "Марфа".encode()),
        ("text.txt", "согласие".encode(), "отказ".encode()),
        ("record.jsonld", b"ConsentRevoked", b"ConsentGiven"),
    ],
)
def test_who_has_no_key_forges_no_part_even_if_he_lists_it_anew(
    consented: Town, whole: bytes, part: str, old: bytes, new: bytes
) -> None:
    names = [one for one in unpack(whole) if one.endswith(part) and ("given" in one or "/" not in one)]
    name = max(names)
    data = unpack(whole)[name]
    assert old in data, name
    assert not held(changed(whole, name, data.replace(old, new)), keys_of(consented))


def test_nothing_of_the_child_but_what_the_text_says_is_opened(consented: Town, whole: bytes) -> None:
    files = unpack(whole)
    child = str(consented.people["child"])
    for name, data in files.items():
        if name.endswith("opening.json"):
            assert child not in data.decode()
    assert b"00000000002" not in files["record.jsonld"]


@pytest.mark.proves("S1-14")
def test_a_paper_is_in_its_bundle_with_the_form_that_was_signed(town: Town) -> None:
    """S1-14: the words on the form are those of the version that was printed, by their digest."""
    with town.work(town.tutor()) as work:
        paper = Paper(
            town.school,
            MESH,
            town.people["child"],
            town.people["mother"],
            C,
            ActKind.GIVEN,
            work.today,
            "дело 1, лист 2",
        )
        record_paper_act(work, paper)
    published(town)
    data = bundle(town, consent_of(town, "mother", "child"))
    assert held(data, keys_of(town))
    files = unpack(data)
    state = json.loads(json.loads(files["acts/00-given/state.json"])["payload"])
    assert hashlib.sha256(files["acts/00-given/text.txt"]).hexdigest() == state["text_sha256"]
    assert "собственноручная подпись на бумаге" in files["acts/00-given/evidence.txt"].decode()
    assert state["place"] == "дело 1, лист 2"


def test_the_messages_that_carried_a_consent_are_named_from_the_ledger(town: Town) -> None:
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    for notice in (C, OWN):
        town.give("mother", notice, "child")
    town.say("mother", town.where("mother", C, "teen"), ActKind.REFUSED)
    town.say("adult", town.where("adult", S), ActKind.REFUSED)
    with town.work() as work:
        receiver = programme_of(work, town.school, MESH).receiver.name
        students = frozenset({town.people["child"]})
        claim = Claim(work.new_id(), town.school, MESH, "file", "0" * 64, receiver, students)
        clear(work, claim)
    published(town)
    consent = consent_of(town, "mother", "child")
    (carried,) = json.loads(unpack(bundle(town, consent))["messages.json"])["messages"]
    assert (carried["message"], carried["receiver"]) == (str(claim.message_id), receiver)
    assert carried["fields"] == "mesh-2020/1.1/student"
    refused = bundle(town, consent_of(town, "mother", "teen"))
    assert json.loads(unpack(refused)["messages.json"]) == {"messages": []}


def test_what_was_destroyed_is_missing_and_the_rest_holds(consented: Town) -> None:
    consent = consent_of(consented, "mother", "child")
    with consented.work() as work:
        shred(work.connection, paper_of(work.connection, consented.school, consent.id))
    data = bundle(consented, consent)
    report = Report()
    check(data, keys_of(consented), report)
    assert report.holds
    assert [en for sign, _, en in report.found if sign == "?"].count(
        "not in the bundle, not checked: the signer's evidence is what the log committed to"
    ) == 2


def test_attached_files_of_signatures_go_along_and_a_changed_one_is_found(consented: Town) -> None:
    consent = consent_of(consented, "mother", "child")
    with consented.work() as work:
        act = acts_of_consents(work.connection, [consent.id])[consent.id][0]
        file = examine(consented.registry.settings, detached(b"x"), candidates_of(work, act))
        attach(work, act, file)
    published(consented)
    data, keys = bundle(consented, consent), keys_of(consented)
    files = unpack(data)
    (name,) = [one for one in files if one.endswith(".p7s")]
    assert (hashlib.sha256(files[name]).hexdigest(), name[-17:]) == (file.file.sha256, "/signature-01.p7s")
    report = Report()
    check(data, keys, report)
    assert report.holds
    told = [en for sign, _, en in report.found if sign == "+" and "attached files of signatures" in en]
    assert len(told) == 1
    beside = Report()
    Act(name.rpartition("/")[0], files | {name: files[name] + b"x"}).check(
        {one.name: one for one in map(Key, keys)}, beside
    )
    assert [en for sign, _, en in beside.found if sign == "!"] == [f"BROKEN: {told[0]}"]
    with consented.work() as work:
        record = record_of_consent(work, consent)
    evidence = [one for event in record["events"] for one in event.get("cr:evidence", [])]
    assert {"media_type": SIGNATURE, "sha256": file.file.sha256} in evidence


def test_before_a_checkpoint_covers_it_the_proof_is_said_to_be_missing(consented: Town) -> None:
    consented.say("mother", consented.read("mother", C, "child"), ActKind.GIVEN)
    data = bundle(consented, consent_of(consented, "mother", "child"))
    report = Report()
    check(data, keys_of(consented), report)
    assert report.holds
    assert "not checked: the entry stands in the log" in str(report.found)


def signed_pdf(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Seal bytes as a PDF does: a signature over all of them but its own place."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Registry")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = made.sign(key, hashes.SHA256())
    room = 4096
    head = b"%%PDF-1.7\n/ByteRange [0 %010d %010d %010d] /Contents "
    size = len(head % (0, 0, 0))
    tail = b"\n%%EOF\n" + b"x" * 500
    head %= (size, size + room, len(tail))
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(head + tail)
    cms = builder.add_signer(certificate, key, hashes.SHA256()).sign(serialization.Encoding.DER, options)
    return head + b"<" + cms.hex().encode().ljust(room - 2, b"0") + b">" + tail


def test_the_seal_of_a_pdf_is_checked_by_the_standard_library_and_cryptography() -> None:
    pdf = signed_pdf(ec.generate_private_key(ec.SECP256R1()))
    assert sealed(pdf) is True

    def holds(data: bytes) -> bool | None:
        try:
            return sealed(data)
        except Exception:  # noqa: BLE001 - as the program itself takes it
            return False

    begin = pdf.index(b"<")
    signature = range(begin, pdf.index(b">"))
    for one in flips(pdf, 60):
        at = next(place for place in range(len(pdf)) if pdf[place] != one[place])
        # A letter of the hexadecimal signature in the other case, and what lies beside the signer's part of
        # it, say the same; the digest of the file, which the bundle has besides, does not.
        assert at in signature or holds(one) is not True
