"""What a message is: its bytes depend on nothing but their content, and hold nobody who did not say yes."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pysequoia
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.consents.rules.acts import ActKind
from registry.errors import ConflictError
from registry.submissions.entries import FIELDS, Basis, Guardian, Included
from registry.submissions.freezing import Decided, content_of, freeze, freeze_withdrawal
from registry.submissions.message import Heading, Kind
from registry.submissions.rules import INCLUDED, LEFT_OUT, Line, What, changes_between, counts_of, digest_of
from registry.submissions.spreadsheet import spreadsheet
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School

HEADING = Heading(
    message_id=UUID("01942f7e-2222-7000-8000-000000000002"),
    kind=Kind.FULL,
    sequence=1,
    corrects=None,
    previous_sha256=None,
    created_at=datetime(2020, 11, 2, tzinfo=UTC),
    receiver="Получатель",
    programme={"id": "mesh-2020", "version": "1.0", "digest": "ab" * 32},
    school={"id": str(UUID(int=17)), "name": "Школа № 17", "inn": "1234567894"},
    checkpoint=None,
)
OPEN = ("not_asked", "asked", "unreachable", "partly_given", "incomplete")


def included(number: int) -> Included:
    fields: dict[str, str | None] = {name: f"{name}-{number}" for name in FIELDS}
    act = Basis(UUID(int=number), "student_by_guardian", "1.0", "cd" * 32, "paper", date(2020, 11, 1), None)
    return Included(UUID(int=1000 - number), "5А", fields, [Guardian("mother", fields)], [act])


def students(how_many: int) -> list[Decided]:
    yes = [Decided(UUID(int=n), "5А", INCLUDED, included(n)) for n in range(1, how_many + 1)]
    return [*yes, Decided(UUID(int=900), "5А", "refused", None)]


def key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def opened(payload: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_two_freezes_of_the_same_content_under_one_heading_are_the_same_bytes():
    first, again = (freeze(content_of(students(5), key), HEADING) for _ in range(2))
    assert first.payload == again.payload
    assert first.manifest_sha256 == again.manifest_sha256


def test_the_order_of_the_roster_does_not_show_in_the_bytes():
    backwards = list(reversed(students(5)))
    assert (
        freeze(content_of(backwards, key), HEADING).payload
        == freeze(content_of(students(5), key), HEADING).payload
    )


def test_the_manifest_holds_the_digest_size_and_lines_of_every_part():
    parts = opened(freeze(content_of(students(3), key), HEADING).payload)
    said = json.loads(parts.pop("manifest.json"))
    assert set(said["parts"]) == set(parts) == {"registry.jsonl", "consents.jsonl", "registry.xlsx"}
    for name, data in parts.items():
        assert said["parts"][name]["sha256"] == hashlib.sha256(data).hexdigest()
        assert said["parts"][name]["bytes"] == len(data)
    assert said["counts"]["included"] == said["parts"]["registry.jsonl"]["lines"] == 3


@pytest.mark.proves("S1-01")
def test_every_included_entry_stands_on_acts():
    parts = opened(freeze(content_of(students(4), key), HEADING).payload)
    entries = [json.loads(line) for line in parts["registry.jsonl"].splitlines()]
    consents = [json.loads(line) for line in parts["consents.jsonl"].splitlines()]
    assert [one["entry_id"] for one in entries] == [one["entry_id"] for one in consents]
    assert all(act["kind"] == "given" for one in consents for act in one["acts"])
    assert all(one["acts"] for one in consents)


def test_a_withdrawal_holds_ids_and_nothing_else():
    told = {UUID(int=2): UUID(int=7), UUID(int=1): UUID(int=7)}
    parts = opened(freeze_withdrawal(HEADING.for_withdrawal(2, UUID(int=7)), told).payload)
    assert set(parts) == {"manifest.json", "withdrawn.jsonl"}
    rows = [json.loads(line) for line in parts["withdrawn.jsonl"].splitlines()]
    assert rows == [{"entry_id": str(UUID(int=n)), "of_message": str(UUID(int=7))} for n in (1, 2)]
    assert json.loads(parts["manifest.json"])["counts"] is None


def test_the_spreadsheet_is_made_in_memory_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Its writer keeps rows in a file while it works: that file lies in memory, not on a disk."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no such folder"))
    assert spreadsheet(("a",), [("Иванов",)]).data.startswith(b"PK")


def test_hostile_names_stay_text_in_the_spreadsheet():
    one = included(1)
    hostile = Included(
        one.entry_id, "5А", {**one.student, "last_name": '=HYPERLINK("http://x")'}, [], one.basis
    )
    parts = opened(freeze(content_of([Decided(UUID(int=1), "5А", INCLUDED, hostile)], key), HEADING).payload)
    sheet = opened(parts["registry.xlsx"])
    assert b"<f>" not in b"".join(sheet.values())
    assert not any("hyperlink" in name or "vba" in name for name in sheet)


@pytest.mark.proves("S1-01")
def test_nothing_about_a_student_who_refused_is_anywhere_in_the_bytes(school: School):
    yes, no, later = school.enrol(2), school.enrol(1, "6Б"), school.enrol(1, "7В")
    school.decide([*yes, *later])
    school.decide(no, ActKind.REFUSED)
    school.decide(later, ActKind.WITHDRAWN)
    submission = way.prepare(school)
    parts = opened(school.registry.files.get(submission.payload_file))
    sheet = opened(parts.pop("registry.xlsx"))
    everything = b"".join(parts.values()) + b"".join(sheet.values())
    for one in yes:
        assert one.snils.encode() in everything
    for one in [*no, *later]:
        for trace in (one.snils, str(one.id), str(one.guardian), one.class_name, one.snils[:9]):
            assert trace.encode() not in everything
    assert json.loads(submission.manifest)["counts"] == {
        "roster": 4,
        "included": 2,
        "refused": 1,
        "conflict": 0,
        "withdrawn": 1,
        "not_required": 0,
    }


@pytest.mark.proves("S1-22")
def test_the_manifest_names_receiver_school_and_the_version_of_the_programme(school: School):
    way.ready_school(school)
    said = json.loads(way.prepare(school).manifest)
    assert "города Москвы" in said["receiver"]
    assert (said["programme"]["id"], said["programme"]["version"]) == ("mesh-2020", "1.1")
    assert (said["school"]["id"], said["school"]["inn"]) == (str(school.id), "1234567894")


def test_a_second_implementation_of_openpgp_opens_our_message_and_verifies_its_signature(
    school: School, platform: Platform
):
    way.ready_school(school)
    submission = way.sent(school)
    home = platform.home / "openpgp"
    passphrase = (platform.home / "passphrase").read_text().strip()
    secret = pysequoia.Tsk.from_bytes(exported(home, platform.intake.key, passphrase))
    operator = str(submission.signing_key)
    ring = (home / "pinned" / f"{operator}.gpg").read_bytes()
    certificate = pysequoia.Cert.from_bytes(ring)
    sealed = school.registry.files.get(submission.message_file)
    found = pysequoia.decrypt(sealed, secret.decryptor(passphrase), lambda _: [certificate])
    assert [one.certificate.upper() for one in found.valid_sigs] == [operator]
    assert opened(found.bytes)["manifest.json"].decode() == submission.manifest


def exported(home: Path, key_of: str, passphrase: str) -> bytes:
    """The platform's secret key, which only the platform (and this test) can export."""
    gpg = shutil.which("gpg")
    words = ["--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--export-secret-keys", key_of]
    short = Path(os.path.realpath(home))
    return subprocess.run(
        [str(gpg), "--homedir", short, *words], input=passphrase.encode(), capture_output=True, check=True
    ).stdout


ids = st.integers(1, 12).map(lambda n: UUID(int=n))
lines = st.builds(
    Line,
    ids,
    st.sampled_from(["5А", "6Б"]),
    st.sampled_from([INCLUDED, *LEFT_OUT, *OPEN]),
    st.none(),
    st.sampled_from([b"a" * 32, b"b" * 32]),
)
by_student: Any = st.lists(lines, max_size=12, unique_by=lambda line: line.student_id).map(
    lambda found: {line.student_id: line for line in found}
)


@given(by_student)
def test_counts_add_up_to_the_roster_or_the_open_classes_are_named(frozen: dict[UUID, Line]):
    waiting = [line for line in frozen.values() if line.state in OPEN]
    if waiting:
        with pytest.raises(ConflictError) as caught:
            counts_of(list(frozen.values()))
        assert caught.value.values["students"] == len(waiting)
        assert all(line.class_name in str(caught.value) for line in waiting)
        return
    told = counts_of(list(frozen.values()))
    assert told.roster == len(frozen)
    assert told.roster == sum((told.included, told.refused, told.conflict, told.withdrawn, told.not_required))


@given(by_student, by_student)
def test_changes_name_exactly_the_students_whose_lines_differ(
    frozen: dict[UUID, Line], present: dict[UUID, Line]
):
    told = changes_between(frozen, present)
    seen = {one.student_id: one for one in told}
    assert len(seen) == len(told)
    for student in frozen.keys() | present.keys():
        was, now = frozen.get(student), present.get(student)
        same = was is not None and now is not None and (was.state, was.print) == (now.state, now.print)
        assert (student in seen) != same
        if student in seen and (was is None or now is None):
            assert seen[student].what is (What.ADDED if was is None else What.LEFT)


@given(by_student)
def test_nothing_changed_when_nothing_changed(frozen: dict[UUID, Line]):
    assert changes_between(frozen, dict(reversed(frozen.items()))) == []
    assert digest_of(frozen.values()) == digest_of(reversed(frozen.values()))
