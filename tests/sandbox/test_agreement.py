"""The room that writes messages and the platform that reads them share no code, and agree all the same."""

from datetime import UTC, date, datetime

from registry.sandbox.platform.inspect import (
    Addressee,
    Kind,
    read_entries,
    read_manifest,
    read_withdrawn,
    unpack,
)
from registry.submissions import message
from registry.submissions.entries import Basis, Guardian, Included
from registry.submissions.message import Counts, Heading
from tests.sandbox.conftest import RECEIVER, SCHOOL, new_id, person

NOW = datetime.now(UTC)


def heading(kind: message.Kind) -> Heading:
    return Heading(
        message_id=new_id(),
        kind=kind,
        sequence=1,
        corrects=None,
        previous_sha256=None,
        created_at=NOW,
        receiver=RECEIVER,
        programme={"id": "mesh-2020", "version": 1, "digest": "ab" * 32},
        school={"id": str(SCHOOL), "name": "Школа № 17", "inn": "2700000016"},
        checkpoint="localhost/consents/1\n5\n" + "A" * 43 + "=\n\n— localhost/consents/1 AAAA\n",
    )


def addressee(of: Heading) -> Addressee:
    return Addressee(RECEIVER, frozenset({"mesh-2020"}), of.message_id, SCHOOL, NOW)


def included(number: int) -> Included:
    means = {1: "paper", 2: "code", 3: "qualified"}[number]
    basis = Basis(
        act_id=new_id(),
        notice="student_by_guardian",
        notice_version="1.0",
        text_sha256="cd" * 32,
        means=means,
        on=date(2020, 11, 1),
        agreement_act_id=new_id() if means == "code" else None,
    )
    guardian = Guardian("mother", person(5_000_000 + number, "Ольга"))
    return Included(new_id(), "9-Б", person(number), [guardian], [basis])


def test_a_registry_that_we_write_is_one_that_the_platform_reads():
    students = sorted((included(number) for number in (1, 2, 3)), key=lambda one: one.entry_id)
    head = heading(message.Kind.FULL)
    parts = [
        message.lines("registry.jsonl", (one.as_json() for one in students)),
        message.lines("consents.jsonl", (one.acts_as_json() for one in students)),
        message.Part("registry.xlsx", b"PK\x03\x04", 3),
    ]
    counts = Counts(roster=4, included=3, refused=1, conflict=0, withdrawn=0, not_required=0)
    opened = unpack(message.pack(message.manifest(head, counts, parts), parts))
    assert read_manifest(opened, addressee(head)).kind is Kind.FULL
    assert [one.entry_id for one in read_entries(opened, NOW.date())] == [one.entry_id for one in students]


def test_a_withdrawal_that_we_write_is_one_that_the_platform_reads():
    head = heading(message.Kind.WITHDRAWAL)
    gone, of_message = new_id(), new_id()
    part = message.lines("withdrawn.jsonl", [{"entry_id": str(gone), "of_message": str(of_message)}])
    opened = unpack(message.pack(message.manifest(head, None, [part]), [part]))
    assert read_manifest(opened, addressee(head)).kind is Kind.WITHDRAWAL
    assert [(one.entry_id, one.of_message) for one in read_withdrawn(opened["withdrawn.jsonl"])] == [
        (gone, of_message)
    ]
