"""From sign-off to acknowledgement over each way out, and what each way does when something breaks.

SFTP is spoken with OpenSSH's sshd in a process of its own, SMTP with aiosmtpd; the platform is the sandbox's.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from registry.access.rules import Role
from registry.config import Settings, load_settings
from registry.errors import ConflictError, ForbiddenError, InvalidError, SettingsError
from registry.jobs.worker import keep_due_promises
from registry.sandbox.mailbox import deliver
from registry.storage.outbox import promises
from registry.submissions import by_hand, sending
from registry.submissions.models import brought, exchange
from registry.submissions.models.records import Submission
from registry.trail.entries import SYSTEM, Actor
from registry.transports.mail import MailTransport
from registry.transports.sftp import SftpTransport
from registry.workflows import usecases as workflows
from registry.workflows.clock import take_batch
from registry.workflows.models.tables import cases
from tests.submissions import way
from tests.submissions.conftest import Keys, Platform, _copy
from tests.submissions.lines import OPENING, SENDER, WAYS, Line
from tests.submissions.school import School
from tests.submissions.test_trouble import (
    Killed,
    Scene,
    _answer,
    killed,
    of_another_message,
    under_our_own_key,
)
from tests.transports.sshd import make_key

LATER = [one for one in WAYS if one != "https"]


@pytest.fixture(params=WAYS)
def line(request: pytest.FixtureRequest, platform: Platform, tmp_path: Path) -> Iterator[Line]:
    with OPENING[request.param](platform, tmp_path) as opened:
        yield opened


@pytest.fixture
def registry_settings(database_url: str, tmp_path: Path, line: Line, exchanged: Keys) -> Settings:
    home = tmp_path / "home"
    _copy(exchanged.registry, home / "keys")
    said = {
        "REGISTRY_HOME": str(home),
        "REGISTRY_DATABASE_URL": database_url,
        "REGISTRY_TODAY": "2020-11-02",
        "REGISTRY_ARGON2_MEMORY_KIB": "64",
        "REGISTRY_ARGON2_PASSES": "1",
    }
    return load_settings({**said, **line.settings})


def over(*ways: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("line", ways, indirect=True)


def handed_over(school: School, students: int = 2) -> Submission:
    """Take a ready school to where its message waits for an answer."""
    way.ready_school(school, students)
    submission = way.sent(school)
    assert submission.state == "handed_over"
    return submission


def outcomes(school: School, submission: Submission) -> list[tuple[str | None, str | None]]:
    with school.registry.reading(SYSTEM) as work:
        rows = exchange.attempts_of(work.connection, submission.id)
        return [(row.outcome, row.detail) for row in rows]


def with_settings(school: School, **changes: Any) -> School:
    """The same school under an installation whose settings are otherwise."""
    settings = replace(school.registry.settings, **changes)
    return replace(school, registry=replace(school.registry, settings=settings))


@pytest.mark.proves("S1-11", "S1-12")
def test_a_school_goes_from_sign_off_to_acknowledgement_over_every_way(
    school: School, line: Line, platform: Platform
):
    way.ready_school(school, 3)
    submission = way.sent(school)
    if line.way != "https":
        assert submission.state == "handed_over"
        assert way.attempts_of(school, submission) == ["handed_over"]
        line.answer()
        way.hurry(school.registry)
    done = way.now(school, submission)
    assert (done.state, done.verdict) == ("acknowledged", "accepted")
    assert len(platform.held()) == 3
    assert platform.messages()[0]["sha256"] == done.message_sha256
    way.hurry(school.registry)
    assert way.open_promises(school.registry) == []


@over(*LATER)
def test_a_withdrawal_goes_the_same_way_and_waits_in_the_same_manner(
    school: School, line: Line, platform: Platform
):
    pupils = school.enrol(2)
    school.decide(pupils)
    way.sent(school)
    line.answer()
    way.hurry(school.registry)
    school.withdraw(pupils[0])
    way.drain(school.registry)
    told = way.all_of(school)[0]
    assert (told.kind, told.state) == ("withdrawal", "handed_over")
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, told).state == "acknowledged"
    assert len(platform.held()) == 1


@over(*LATER)
def test_a_rejection_that_comes_later_gives_the_tasks(school: School, line: Line, platform: Platform):
    known = platform.intake.settings
    submission = handed_over(school)
    platform.intake.settings = replace(known, programmes=frozenset({"another"}))
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "rejected"
    with school.registry.reading(SYSTEM) as work:
        assert [one.code for one in exchange.tasks_of(work.connection, submission.id)] == ["programme"]


@over(*LATER)
def test_nothing_is_sent_again_by_itself_however_long_the_answer_takes(
    school: School, line: Line, platform: Platform
):
    submission = handed_over(school)
    for _ in range(3):
        way.hurry(school.registry)
    assert way.now(school, submission).state == "handed_over"
    assert way.attempts_of(school, submission) == ["handed_over"]
    assert line.copies() == 1
    assert way.open_promises(school.registry) == ["submissions.look_for_answer"]
    assert platform.messages() == []


@over("sftp")
def test_looks_become_rarer_the_longer_a_message_waits(school: School, line: Line):
    submission = handed_over(school)
    assert next_look(school) <= timedelta(seconds=6)
    way.age_attempts(school.registry)
    way.hurry(school.registry)
    assert timedelta(minutes=5) < next_look(school) < timedelta(minutes=7)
    assert way.now(school, submission).state == "handed_over"


def next_look(school: School) -> timedelta:
    with school.registry.reading(SYSTEM) as work:
        query = select(promises.c.due_at).where(promises.c.due_at.is_not(None))
        return work.connection.execute(query).scalar_one() - work.now


@over(*LATER)
def test_a_missing_acknowledgement_is_overdue_after_three_days_and_the_operators_matter(
    school: School, line: Line
):
    submission = handed_over(school)
    with school.registry.work(SYSTEM) as work:
        due = work.connection.execute(select(cases.c.due_at).where(cases.c.id == submission.case_id))
        assert due.scalar_one() is not None
        work.connection.execute(update(cases).values(due_at=work.now - timedelta(days=4000)))
    take_batch(school.registry)
    with school.registry.reading(SYSTEM) as work:
        opened = workflows.look(work, submission.case_id)
    assert (opened.case.state, opened.case.assignee_role) == ("handed_over", "operator")
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"


def put_answer(line: Line, submission: Submission, body: bytes) -> None:
    """Lay an answer where the registry looks for it."""
    name = f"{submission.message_id}.ack.json"
    if line.folder is not None:
        (line.folder / name).write_bytes(body)
        return
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "somebody@elsewhere.example", SENDER, "ack"
    letter.set_content("words")
    letter.add_attachment(body, maintype="application", subtype="json", filename=name)
    assert line.box is not None
    deliver(line.box, letter)


@pytest.mark.parametrize("make", [of_another_message, under_our_own_key])
@over(*LATER)
def test_an_answer_to_another_message_or_under_another_key_changes_nothing(
    school: School, line: Line, platform: Platform, make: Any
):
    submission = handed_over(school)
    put_answer(line, submission, make(Scene(platform, school, submission)))
    way.hurry(school.registry)
    held = way.now(school, submission)
    assert (held.state, held.verdict) == ("handed_over", None)
    if line.folder is not None:
        (line.folder / f"{submission.message_id}.ack.json").unlink()
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"


@over("sftp")
def test_a_line_that_is_cut_in_the_middle_is_unknown_until_the_folder_is_asked(
    school: School, line: Line, platform: Platform
):
    way.ready_school(school)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    keep_due_promises(school.registry)  # seals it
    assert line.cut is not None
    line.cut.after = 5_000
    way.drain(school.registry)
    assert way.now(school, submission).state == "unknown"
    assert line.copies() == 0
    # A line that breaks every time is not tried without a pause.
    assert len(way.attempts_of(school, submission)) < 5
    assert set(way.attempts_of(school, submission)) == {"unknown"}
    line.cut.after = None
    way.age_attempts(school.registry)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "handed_over"
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert way.attempts_of(school, submission)[-1] == "handed_over"
    assert len(platform.messages()) == 1


@over("sftp")
def test_a_message_whose_rename_was_not_confirmed_is_found_by_asking(
    school: School, line: Line, platform: Platform
):
    way.ready_school(school)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sending, "_note", killed)
        with pytest.raises(Killed):
            way.drain(school.registry)
    way.age_attempts(school.registry)
    for _ in range(2):
        way.hurry(school.registry)
    assert way.now(school, submission).state == "handed_over"
    assert line.copies() == 1
    assert way.attempts_of(school, submission) == ["unknown"]


@over("sftp")
@pytest.mark.parametrize("fault", ["host key", "login", "disk"])
def test_a_refusal_at_the_servers_door_is_told_and_tried_again_when_it_is_mended(
    school: School, line: Line, tmp_path: Path, fault: str
):
    way.ready_school(school)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    keep_due_promises(school.registry)
    sealed = way.now(school, submission)
    faulty, expected = _break(school, line, fault, f"{sealed.message_id}.pgp.part", tmp_path)
    way.drain(faulty.registry)
    assert way.now(school, submission).state == "sealed"
    assert outcomes(school, submission) == [expected]
    assert line.copies() == 0
    way.hurry(school.registry)
    assert way.now(school, submission).state == "handed_over"


def _break(school: School, line: Line, fault: str, part: str, folder: Path) -> tuple[School, tuple[str, str]]:
    if fault == "host key":
        changed = with_settings(school, sftp_host_key="SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        return changed, ("not_sent", "host-key-not-verifiable")
    if fault == "login":
        make_key(folder / "stranger")
        return with_settings(school, sftp_key=folder / "stranger"), ("not_sent", "permission-denied")
    assert line.folder is not None
    (line.folder / part).symlink_to("/dev/full")
    return school, ("refused", "sftp-failure")


@over("folder")
def test_a_folder_that_is_away_holds_the_message_back_until_it_is_there(school: School, line: Line):
    way.ready_school(school)
    assert line.folder is not None
    line.folder.rename(line.folder.with_name("away"))
    submission = way.sent(school)
    assert submission.state == "sealed"
    assert outcomes(school, submission) == [("not_sent", "enoent")]
    line.folder.with_name("away").rename(line.folder)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "handed_over"


@over("mail")
def test_a_mail_whose_fate_is_unknown_stays_so_until_its_answer_or_a_person(school: School, line: Line):
    way.ready_school(school)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sending, "_note", killed)
        with pytest.raises(Killed):
            way.drain(school.registry)
    way.age_attempts(school.registry)
    for _ in range(3):
        way.hurry(school.registry)
    assert way.now(school, submission).state == "unknown"
    assert line.copies() == 1
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"


@over("mail")
def test_the_mail_says_nothing_of_the_school_or_its_students(school: School, line: Line):
    pupils = school.enrol(2)
    school.decide(pupils)
    submission = way.sent(school)
    mail = message_from_bytes(line.mails[0], policy=default)
    assert mail["Message-ID"] == f"<{submission.message_id}@region.example>"
    for said in (str(school.id), "1234567894", "Проверкина", *(one.snils for one in pupils)):
        assert said.encode() not in line.mails[0]


def resend(school: School, submission: Submission, by: Actor | None = None) -> None:
    with school.registry.work(by or school.director) as work:
        by_hand.resend(work, submission.id, str(submission.message_sha256))


@over(*LATER)
def test_a_person_may_have_the_same_bytes_sent_again_and_the_step_is_recorded(
    school: School, line: Line, platform: Platform
):
    submission = handed_over(school)
    if line.folder is not None:
        (line.folder / f"{submission.message_id}.pgp").unlink()
    resend(school, submission)
    assert way.now(school, submission).state == "resending"
    way.drain(school.registry)
    again = way.now(school, submission)
    assert again.state == "handed_over"
    assert (again.message_id, again.message_sha256) == (submission.message_id, submission.message_sha256)
    with school.registry.reading(SYSTEM) as work:
        history = workflows.look(work, submission.case_id).history
    step = next(one for one in history if one.transition == "resend")
    assert (step.actor_id, step.actor_role) == (school.director.id, "director")
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1
    way.hurry(school.registry)
    assert way.open_promises(school.registry) == []


@over("mail")
def test_only_one_row_of_looks_goes_on_after_a_second_sending(school: School, line: Line):
    submission = handed_over(school)
    resend(school, submission)
    for _ in range(3):
        way.hurry(school.registry)
    assert way.open_promises(school.registry) == ["submissions.look_for_answer"]
    assert line.copies() == 2
    assert len({message_from_bytes(one, policy=default)["Message-ID"] for one in line.mails}) == 1


@over("sftp")
def test_sending_again_where_the_message_lies_writes_no_second_one(school: School, line: Line):
    submission = handed_over(school)
    assert line.folder is not None
    before = (line.folder / f"{submission.message_id}.pgp").stat()
    resend(school, submission)
    way.drain(school.registry)
    assert way.now(school, submission).state == "handed_over"
    assert (line.folder / f"{submission.message_id}.pgp").stat().st_mtime_ns == before.st_mtime_ns


@over(*LATER)
def test_nobody_but_director_and_operator_has_a_message_sent_again(school: School, line: Line):
    submission = handed_over(school)
    with pytest.raises(ForbiddenError):
        resend(school, submission, school.clerk)
    with pytest.raises(ConflictError, match="собрали заново"), school.registry.work(school.director) as work:
        by_hand.resend(work, submission.id, "00" * 32)
    resend(school, submission, Actor("staff", uuid4(), Role.OPERATOR, "password", None))
    assert way.now(school, submission).state == "resending"


@over("mail")
def test_a_message_with_a_consent_taken_back_is_not_sent_again(school: School, line: Line):
    pupils = school.enrol(2)
    school.decide(pupils)
    submission = way.sent(school)
    school.withdraw(pupils[0])
    with pytest.raises(ConflictError, match="изменились данные или решения"):
        resend(school, submission)
    assert way.now(school, submission).state == "handed_over"


@over("mail")
def test_a_consent_taken_back_between_step_and_sending_puts_the_message_back_and_never_voids_it(
    school: School, line: Line
):
    pupils = school.enrol(2)
    school.decide(pupils)
    submission = way.sent(school)
    resend(school, submission)
    school.withdraw(pupils[0])
    way.drain(school.registry)
    back = way.now(school, submission)
    assert (back.state, back.message_id) == ("handed_over", submission.message_id)
    assert line.copies() == 1


@over("mail")
def test_a_second_sending_that_fails_leaves_the_message_waiting_as_before(school: School, line: Line):
    submission = handed_over(school)
    resend(school, submission)
    way.drain(with_settings(school, smtp_port=1).registry)
    assert way.now(school, submission).state == "handed_over"
    assert way.attempts_of(school, submission) == ["handed_over", "not_sent"]
    for _ in range(3):
        way.hurry(school.registry)
    assert line.copies() == 1
    line.answer()
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"


@over("mail", "sftp")
def test_a_process_that_dies_in_a_second_sending_leaves_the_message_waiting(school: School, line: Line):
    transport = {"mail": MailTransport, "sftp": SftpTransport}[line.way]
    submission = handed_over(school)
    resend(school, submission)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transport, "send", killed)
        with pytest.raises(Killed):
            way.drain(school.registry)
    assert way.now(school, submission).state == "resending"
    way.hurry(school.registry)
    assert way.now(school, submission).state == "resending"  # the attempt may be under way elsewhere
    way.age_attempts(school.registry)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "handed_over"
    line.answer()
    way.hurry(school.registry)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"


@over("https", "sftp")
def test_where_the_receiver_can_be_asked_an_unknown_outcome_is_no_reason_to_send_again(
    school: School, line: Line, platform: Platform
):
    way.ready_school(school)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sending, "_note", killed)
        with pytest.raises(Killed):
            way.drain(school.registry)
    way.age_attempts(school.registry)
    with school.registry.work(SYSTEM) as work:
        work.connection.execute(update(promises).values(due_at=None))
    sending.resolve_lost(school.registry, submission.id)
    with pytest.raises(ConflictError, match="можно спросить"):
        resend(school, way.now(school, submission))


def bring(school: School, submission: Submission, body: bytes, by: Actor | None = None) -> None:
    with school.registry.work(by or school.clerk) as work:
        by_hand.bring_answer(work, submission.id, body)


def answer_of(platform: Platform, submission: Submission) -> bytes:
    return _answer(platform, submission, {"at": "2020-11-02T00:00:00.000Z"})


@over(*LATER)
def test_an_answer_that_a_person_brings_is_verified_as_every_other(
    school: School, line: Line, platform: Platform
):
    submission = handed_over(school)
    forged = json.loads(answer_of(platform, submission))
    forged["signature"] = json.loads(under_our_own_key(Scene(platform, school, submission)))["signature"]
    bring(school, submission, json.dumps(forged).encode())
    keep_due_promises(school.registry)
    assert way.now(school, submission).state == "handed_over"
    bring(school, submission, answer_of(platform, submission))
    keep_due_promises(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    with school.registry.reading(SYSTEM) as work:
        newest, first = brought.brought_to(work.connection, submission.id)
        assert len(exchange.acknowledgements_of(work.connection, submission.id)) == 1
    assert newest.outcome == "accepted"
    assert first.outcome not in {None, "accepted"}
    assert {newest.brought_by, first.brought_by} == {school.clerk.id}


@over("folder")
def test_what_needs_no_key_is_told_at_once_when_an_answer_is_brought(
    school: School, line: Line, platform: Platform
):
    submission = handed_over(school)
    with pytest.raises(InvalidError, match="не файл подтверждения"):
        bring(school, submission, b"%PDF-1.7")
    with pytest.raises(InvalidError, match="другого сообщения"):
        bring(school, submission, of_another_message(Scene(platform, school, submission)))
    bring(school, submission, answer_of(platform, submission))
    way.drain(school.registry)
    with pytest.raises(ConflictError, match="не ждёт"):
        bring(school, submission, answer_of(platform, submission))


@over("folder")
def test_who_carries_gets_the_very_bytes_and_only_while_the_decisions_stand(school: School, line: Line):
    pupils = school.enrol(2)
    school.decide(pupils)
    submission = way.sent(school)
    with school.registry.work(school.director) as work:
        carried = by_hand.carry(work, submission.id)
    assert line.folder is not None
    assert carried.message == (line.folder / f"{submission.message_id}.pgp").read_bytes()
    assert str(submission.message_sha256) in carried.note
    school.withdraw(pupils[0])
    with (
        pytest.raises(ConflictError, match="решения не совпадают"),
        school.registry.work(school.director) as work,
    ):
        by_hand.carry(work, submission.id)


@over("mail")
def test_only_what_goes_by_hand_is_given_out(school: School, line: Line):
    submission = handed_over(school)
    with pytest.raises(ConflictError), school.registry.work(school.director) as work:
        by_hand.carry(work, submission.id)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"REGISTRY_PLATFORM_URL": "ftp://platform.example"}, "REGISTRY_PLATFORM_URL"),
        ({"REGISTRY_PLATFORM_URL": "sftp://a@platform.example/in"}, "REGISTRY_SFTP_HOST_KEY"),
        (
            {"REGISTRY_PLATFORM_URL": "sftp://a@platform.example/in", "REGISTRY_SFTP_HOST_KEY": "any"},
            "REGISTRY_SFTP_HOST_KEY",
        ),
    ],
)
def test_an_address_or_a_pin_that_does_not_fit_stops_the_start(said: dict[str, str], words: str):
    with pytest.raises(SettingsError, match=words):
        load_settings(said)
