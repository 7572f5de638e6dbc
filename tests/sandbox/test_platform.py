"""The platform's stand-in takes whole, fresh, authentic messages in order, and nothing else."""

import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from registry.sandbox.platform import PlatformSettings, create_platform
from registry.sealing.openpgp import OpenPgpSealer
from registry.sealing.sealer import Parties, seal_bytes
from tests.sandbox.conftest import SCHOOL, Draft, Sender, act, canonical, new_id, person, register, stamp

Spoil = Callable[[Draft], None]


def full(students: int = 3) -> Draft:
    return Draft().with_students(students)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def accepted(school: Sender, draft: Draft) -> str:
    """Send a message that must be accepted; give the digest of its sealed bytes."""
    sealed = school.seal(draft.pack())
    read = school.post(draft.message_id, sealed)
    assert (read.verdict, read.reasons) == ("accepted", ())
    return digest(sealed)


@pytest.mark.proves("S1-11")
def test_a_whole_message_is_accepted_under_the_platforms_signature(school: Sender):
    draft = full()
    accepted(school, draft)
    answer = school.client.get(f"/messages/{draft.message_id}")
    assert answer.status_code == 200
    assert school.verified(answer.data).verdict == "accepted"


def test_a_message_that_never_came_is_not_received(school: Sender):
    assert school.client.get(f"/messages/{new_id()}").status_code == 404


def test_the_same_message_again_gets_the_same_acknowledgement_again(school: Sender):
    draft = full()
    sealed = school.seal(draft.pack())
    headers = {"Idempotency-Key": str(draft.message_id), "Registry-School": str(SCHOOL)}
    answers = [school.client.post("/messages", data=sealed, headers=headers).data for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert school.client.get(f"/messages/{draft.message_id}").data == answers[0]


def test_a_rejected_message_keeps_its_answer_too(school: Sender):
    draft = full()
    draft.changes["receiver"] = "somebody else"
    sealed = school.seal(draft.pack())
    first = school.post(draft.message_id, sealed)
    assert [reason.code for reason in first.reasons] == ["receiver"]
    assert school.post(draft.message_id, sealed) == first
    assert school.verified(school.client.get(f"/messages/{draft.message_id}").data) == first


def test_other_bytes_under_a_used_id_are_rejected_and_the_first_answer_stays(school: Sender):
    draft = full()
    sealed = school.seal(draft.pack())
    school.post(draft.message_id, sealed)
    again = school.post(draft.message_id, school.seal(draft.pack()))
    assert [reason.code for reason in again.reasons] == ["id-reused"]
    assert school.post(draft.message_id, sealed).verdict == "accepted"


def change(**values: object) -> Spoil:
    return lambda draft: draft.changes.update(values)


def hours(number: float) -> str:
    return stamp(datetime.now(UTC) + timedelta(hours=number))


COUNTS = {"roster": 6, "included": 3, "refused": 1, "conflict": 1, "withdrawn": 0, "not_required": 1}


def drop_line(draft: Draft) -> None:
    draft.parts["registry.jsonl"] = draft.lined()["registry.jsonl"].split(b"\n", 1)[1]


def drop_student(draft: Draft) -> None:
    draft.changes["counts"] = dict(COUNTS)
    draft.entries.pop()
    draft.consents.pop()


def lose_student(draft: Draft) -> None:
    drop_student(draft)
    draft.changes["counts"] = COUNTS | {"included": 2}


def entry(draft: Draft, **values: object) -> None:
    draft.entries[1]["student"].update(values)


SPOILT: dict[str, tuple[str, Spoil]] = {
    "another message id": ("message-id", change(message_id=str(new_id()))),
    "an unknown schema": ("schema-version", change(schema_version="2")),
    "a foreign receiver": ("receiver", change(receiver="another platform")),
    "an old message": ("stale", change(created_at=hours(-73))),
    "a message from the future": ("future", change(created_at=hours(24))),
    "a time without zone": ("created-at", change(created_at="2026-11-23T10:00:00")),
    "another school": ("school", change(school={"id": str(uuid4()), "name": "Ш", "inn": "2700000016"})),
    "an unknown programme": ("programme", change(programme={"id": "x", "version": "1", "digest": "ab" * 32})),
    "an unknown kind": ("kind", change(kind="partial")),
    "a kind of another type": ("kind", change(kind=["full"])),
    "a first message that corrects": ("corrects", change(corrects=str(new_id()))),
    "a correction of nothing": ("corrects", change(kind="correction")),
    "a sequence of zero": ("sequence", change(sequence=0)),
    "a sequence of true": ("sequence", change(sequence=True)),
    "an unread previous digest": ("previous", change(previous_message_sha256="x")),
    "counts that do not add up": ("partial", change(counts=COUNTS | {"roster": 7})),
    "counts without a name": ("counts", change(counts={"roster": 6})),
    "negative counts": ("counts", change(counts=COUNTS | {"refused": -1, "conflict": 3})),
    "no counts": ("counts", change(counts=None)),
    "a student left out of the lines": ("partial", drop_student),
    "a student left out of lines and counts": ("partial", lose_student),
    "a line cut after the manifest": ("partial", drop_line),
    "an altered part": ("digest", lambda draft: draft.parts.update({"registry.xlsx": b"PK\x03\x04 other"})),
    "a part too few in the manifest": ("parts", change(parts={})),
    "a checkpoint of another form": ("checkpoint", change(checkpoint="trust me")),
    "an unknown key": ("manifest-shape", change(extra=1)),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_manifest_that_does_not_hold_is_rejected(school: Sender, name: str):
    code, spoil = SPOILT[name]
    draft = full()
    spoil(draft)
    assert code in school.codes(draft)
    assert school.client.get("/").get_data(as_text=True).count("Школа № 17") == 0


LINES: dict[str, tuple[str, Spoil]] = {
    "entries out of order": ("order", lambda draft: draft.entries.reverse()),
    "an entry twice": (
        "duplicate-entry",
        lambda draft: draft.entries[1].update(entry_id=draft.entries[0]["entry_id"]),
    ),
    "consents in another order": ("consent-order", lambda draft: draft.consents.reverse()),
    "an entry without acts": ("consent-line", lambda draft: draft.consents[1].update(acts=[])),
    "a refusal among the acts": (
        "consent",
        lambda draft: draft.consents[1].update(acts=[act() | {"kind": "refused"}]),
    ),
    "a code without agreement": (
        "consent",
        lambda draft: draft.consents[1].update(acts=[act() | {"agreement_act_id": None}]),
    ),
    "means of another type": (
        "consent",
        lambda draft: draft.consents[1].update(acts=[act() | {"means": []}]),
    ),
    "a wrong check number": ("entry-line", lambda draft: entry(draft, snils="10000000200")),
    "no phone": ("entry-line", lambda draft: entry(draft, phone=None)),
    "a birth date to come": ("entry-line", lambda draft: entry(draft, birth_date="2999-01-01")),
    "an unknown field": ("entry-line", lambda draft: entry(draft, address="x")),
    "a control character in a name": ("entry-line", lambda draft: entry(draft, last_name="a\x00b")),
    "a student twice": (
        "duplicate-snils",
        lambda draft: draft.entries[1].update(student=draft.entries[0]["student"]),
    ),
    "an e-mail of two people": (
        "duplicate-email",
        lambda draft: entry(draft, email=draft.entries[0]["student"]["email"].upper()),
    ),
    "a phone of two people": (
        "duplicate-phone",
        lambda draft: entry(draft, phone=draft.entries[0]["student"]["phone"]),
    ),
    "two faces of a guardian": (
        "duplicate-snils",
        lambda draft: draft.entries[0]["guardians"][0].update(first_name="Другая"),
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_that_do_not_hold_are_rejected(school: Sender, name: str):
    code, spoil = LINES[name]
    draft = full()
    spoil(draft)
    assert code in school.codes(draft)


def test_a_rejection_names_the_entry_and_no_persons_data(school: Sender):
    draft = full()
    entry(draft, email=draft.entries[0]["student"]["email"])
    read = school.send(draft)
    assert [str(reason.entry_id) for reason in read.reasons] == [draft.entries[1]["entry_id"]]
    assert draft.entries[0]["student"]["email"] not in repr(read)


def test_a_thousand_errors_still_fit_into_one_acknowledgement(school: Sender):
    draft = full(300)
    for line in draft.entries:
        line["class"] = 9
    sealed = school.seal(draft.pack())
    headers = {"Idempotency-Key": str(draft.message_id), "Registry-School": str(SCHOOL)}
    answer = school.client.post("/messages", data=sealed, headers=headers)
    assert answer.status_code == 422
    assert len(answer.data) < 65_536
    assert len(school.verified(answer.data).reasons) == 100


def test_an_unregistered_key_is_rejected_and_its_id_stays_free(
    school: Sender, platform: Flask, tmp_path: Path, homes: list[OpenPgpSealer]
):
    stranger = register(platform, tmp_path / "stranger", homes, owner=str(new_id()))
    draft = full()
    assert stranger.codes(draft) == ["signature-foreign"]
    stranger.school = new_id()
    assert stranger.codes(draft) == ["unknown-key"]
    accepted(school, draft)


def test_the_operators_key_signs_for_schools_without_one(
    platform: Flask, tmp_path: Path, homes: list[OpenPgpSealer]
):
    operator = register(platform, tmp_path / "operator", homes, owner="operator")
    accepted(operator, full())


def test_an_altered_or_foreign_envelope_is_rejected(school: Sender, platform: Flask):
    draft = full()
    sealed = bytearray(school.seal(draft.pack()))
    sealed[len(sealed) // 2] ^= 1
    assert school.post(draft.message_id, bytes(sealed)).verdict == "rejected"
    own = platform.extensions["intake"]
    foreign = seal_bytes(own.sealer, draft.pack(), Parties(own.key, own.key))
    assert [reason.code for reason in school.post(draft.message_id, foreign).reasons] == ["signature-foreign"]
    for nothing in (b"", b"x", b"\x00" * 1000):
        assert school.post(draft.message_id, nothing).verdict == "rejected"


def _zip(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "opened",
    [
        b"",
        b"not a zip",
        _zip([]),
        _zip([("manifest.json", b"{}")]),
        _zip([("../manifest.json", b"{}"), ("withdrawn.jsonl", b"")]),
        _zip([("withdrawn.jsonl", b""), ("manifest.json", b"{}")]),
        _zip([("manifest.json", b"{}"), ("withdrawn.jsonl", b"")]),
        _zip([("manifest.json", b"{}"), ("withdrawn.jsonl", b"")], zipfile.ZIP_LZMA),
        _zip([("manifest.json", b" " * 70_000), ("withdrawn.jsonl", b"")]),
        _zip([("manifest.json", b"{}"), ("withdrawn.jsonl", b"\x00" * 100_000_000)]),
        b"MZ" + _zip([("manifest.json", b"{}"), ("withdrawn.jsonl", b"")]),
        _zip([("manifest.json", b"{}"), ("withdrawn.jsonl", b"")]) + b"tail",
        _zip([("manifest.json", b"{}"), ("withdrawn.jsonl", b"")])[:-30],
        _zip([("manifest.json", b'{"a":1.5}'), ("withdrawn.jsonl", b"")]),
        _zip([("manifest.json", b'{"a":"\\ud800"}'), ("withdrawn.jsonl", b"")]),
        _zip([("manifest.json", b"[" * 60_000), ("withdrawn.jsonl", b"")]),
    ],
)
def test_an_archive_of_another_shape_is_rejected(school: Sender, opened: bytes):
    message_id = new_id()
    read = school.post(message_id, school.seal(opened))
    assert read.reasons[0].code in {"archive", "archive-parts", "archive-too-large", "manifest-shape"}


def test_a_repeated_or_spaced_key_in_a_line_is_rejected(school: Sender):
    for spoil in (
        lambda line: b" " + line,
        lambda line: line.replace(b'{"class"', b'{"class":"9","class"', 1),
    ):
        draft = full()
        data = spoil(draft.lined()["registry.jsonl"])
        stated = draft.manifest()["parts"]
        stated["registry.jsonl"] = {"sha256": digest(data), "bytes": len(data), "lines": 3}
        draft.changes["parts"] = stated
        draft.parts["registry.jsonl"] = data
        assert "entry-line" in school.codes(draft)


def test_a_second_full_message_is_refused_and_a_correction_replaces_the_first(school: Sender):
    first = full(3)
    sha256 = accepted(school, first)
    second = full(4)
    second.changes.update(sequence=2, previous_message_sha256=sha256)
    assert school.codes(second) == ["already-full"]
    correction = Draft(kind="correction").with_students(2)
    correction.changes.update(sequence=2, corrects=str(first.message_id), previous_message_sha256=sha256)
    accepted(school, correction)
    page = school.client.get(f"/held/{first.message_id}").get_data(as_text=True)
    assert page.count("уничтожена") == 3
    assert school.client.get(f"/held/{correction.message_id}").get_data(as_text=True).count("хранится") == 2


def test_a_correction_out_of_order_is_refused(school: Sender):
    first = full(2)
    sha256 = accepted(school, first)
    for code, changes in {
        "sequence": {"sequence": 1, "corrects": str(first.message_id), "previous_message_sha256": sha256},
        "previous": {"sequence": 2, "corrects": str(first.message_id), "previous_message_sha256": "00" * 32},
        "corrects": {"sequence": 2, "corrects": str(new_id()), "previous_message_sha256": sha256},
        "programme": {
            "sequence": 2,
            "corrects": str(first.message_id),
            "previous_message_sha256": sha256,
            "programme": {"id": "mesh-2020", "version": "1.0", "digest": "ef" * 32},
        },
    }.items():
        correction = Draft(kind="correction").with_students(2)
        correction.changes.update(changes)
        assert school.codes(correction) == [code]


def withdrawal(of_message: Draft, entries: list[str], sequence: int = 2) -> Draft:
    draft = Draft(kind="withdrawal")
    draft.withdrawn = [
        {"entry_id": entry_id, "of_message": str(of_message.message_id)} for entry_id in sorted(entries)
    ]
    draft.changes["sequence"] = sequence
    return draft


def test_a_withdrawal_destroys_its_entries_at_once(school: Sender, tmp_path: Path):
    first = full(3)
    gone = first.entries[1]
    gone["student"]["last_name"] = "Исчезающая"
    sha256 = accepted(school, first)
    accepted(school, withdrawal(first, [gone["entry_id"]]))
    page = school.client.get(f"/held/{first.message_id}").get_data(as_text=True)
    assert (page.count("уничтожена"), page.count("хранится")) == (1, 2)
    stored = b"".join(file.read_bytes() for file in (tmp_path / "platform").glob("platform.sqlite3*"))
    assert "Исчезающая".encode() not in stored
    assert "Проверкина".encode() in stored
    assert sha256 in school.client.get(f"/held/{first.message_id}").get_data(as_text=True)


def test_after_a_withdrawal_the_next_correction_follows_it(school: Sender):
    first = full(3)
    accepted(school, first)
    taken_back = withdrawal(first, [first.entries[0]["entry_id"]], sequence=5)
    sha256 = accepted(school, taken_back)
    correction = Draft(kind="correction").with_students(2)
    correction.changes.update(sequence=6, corrects=str(first.message_id), previous_message_sha256=sha256)
    accepted(school, correction)


def test_an_entry_may_be_withdrawn_twice_and_an_unknown_one_not(school: Sender):
    first = full(3)
    accepted(school, first)
    accepted(school, withdrawal(first, [first.entries[0]["entry_id"]]))
    accepted(school, withdrawal(first, [first.entries[0]["entry_id"]], sequence=3))
    assert school.codes(withdrawal(first, [str(new_id())], sequence=4)) == ["unknown-entry"]
    assert school.codes(withdrawal(first, [], sequence=4)) == ["withdrawn-empty"]


def test_a_withdrawal_carries_no_other_data(school: Sender):
    first = full(2)
    accepted(school, first)
    draft = withdrawal(first, [first.entries[0]["entry_id"]])
    draft.withdrawn[0]["name"] = "x"
    assert "withdrawn-line" in school.codes(draft)
    counted = withdrawal(first, [first.entries[0]["entry_id"]])
    counted.changes["counts"] = COUNTS
    assert "counts" in school.codes(counted)


def test_pages_show_no_persons(school: Sender):
    draft = full()
    accepted(school, draft)
    for address in ("/", f"/held/{draft.message_id}"):
        page = school.client.get(address).get_data(as_text=True)
        assert "Школа № 17" in page
        for word in ("Проверкина", "example.org", "+7900", draft.entries[0]["student"]["snils"]):
            assert word not in page


def test_hostile_names_do_no_harm_on_the_page(school: Sender):
    draft = full()
    draft.changes["school"] = {"id": str(SCHOOL), "name": "<img src=x onerror=alert(1)>", "inn": "2700000016"}
    draft.entries[0]["student"]["last_name"] = "=1+1"
    accepted(school, draft)
    assert "<img" not in school.client.get("/").get_data(as_text=True)


def test_the_store_and_the_key_outlive_a_restart(
    school: Sender, platform: Flask, tmp_path: Path, homes: list[OpenPgpSealer]
):
    draft = full()
    accepted(school, draft)
    again = create_platform(tmp_path / "platform", PlatformSettings(receiver="platform"))
    homes.append(again.extensions["intake"].sealer)
    assert again.extensions["intake"].key == platform.extensions["intake"].key
    answer = again.test_client().get(f"/messages/{draft.message_id}")
    assert school.verified(answer.data).verdict == "accepted"


def test_requests_without_ids_or_with_wrong_keys_are_refused(school: Sender):
    assert school.client.post("/messages", data=b"x").status_code == 400
    headers = {"Idempotency-Key": "1", "Registry-School": str(SCHOOL)}
    assert school.client.post("/messages", data=b"x", headers=headers).status_code == 400
    for said in ([], {}, {"owner": "x", "fingerprint": "y", "public_key": "z"}):
        assert school.client.post("/keys", json=said).status_code == 400
    public = school.sealer.export_public(school.key).decode()
    wrong = {"owner": "operator", "fingerprint": "0" * 40, "public_key": public}
    assert school.client.post("/keys", json=wrong).status_code == 400


def test_trouble_with_the_platforms_own_key_is_not_the_senders_fault(school: Sender, tmp_path: Path):
    (tmp_path / "platform" / "passphrase").chmod(0o644)
    draft = full()
    headers = {"Idempotency-Key": str(draft.message_id), "Registry-School": str(SCHOOL)}
    sealed = school.seal(draft.pack())
    assert school.client.post("/messages", data=sealed, headers=headers).status_code == 503
    (tmp_path / "platform" / "passphrase").chmod(0o600)
    assert school.post(draft.message_id, sealed).verdict == "accepted"


def test_the_answer_and_the_entries_stand_or_fall_together(school: Sender, tmp_path: Path):
    with sqlite3.connect(tmp_path / "platform" / "platform.sqlite3") as connection:
        connection.execute(
            "CREATE TRIGGER fail BEFORE INSERT ON entries BEGIN SELECT raise(ABORT, 'full disk'); END"
        )
    connection.close()
    draft = full()
    headers = {"Idempotency-Key": str(draft.message_id), "Registry-School": str(SCHOOL)}
    answer = school.client.post("/messages", data=school.seal(draft.pack()), headers=headers)
    assert answer.status_code == 500
    assert school.client.get(f"/messages/{draft.message_id}").status_code == 404


def test_the_format_is_canonical_json(school: Sender):
    draft = full()
    spaced = json.dumps(draft.manifest()).encode()
    draft.parts["manifest.json"] = spaced
    assert school.codes(draft) == ["manifest-shape"]
    assert canonical(draft.manifest()) != spaced
    assert person(1)["email"] == "p1@example.org"


def test_a_message_sent_eight_times_at_once_is_taken_once(school: Sender, platform: Flask):
    draft = full()
    sealed = school.seal(draft.pack())
    headers = {"Idempotency-Key": str(draft.message_id), "Registry-School": str(SCHOOL)}

    def send(_: int) -> bytes:
        return platform.test_client().post("/messages", data=sealed, headers=headers).data

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))
    assert len(answers) == 1
    assert school.verified(answers.pop()).verdict == "accepted"
