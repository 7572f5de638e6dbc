"""The page of a message whose answer comes by another road: honest words, the file, the second sending."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from registry.submissions.models.records import Submission
from registry.trail.entries import SYSTEM, EntryType
from registry.trail.models import trail_event
from registry.workflows.clock import take_batch
from registry.workflows.models.tables import cases
from tests.submissions import test_pages, test_ways, way
from tests.submissions.conftest import Platform
from tests.submissions.lines import OPENING, Line
from tests.submissions.school import School
from tests.submissions.test_pages import Browser, home
from tests.submissions.test_trouble import Scene, of_another_message
from tests.submissions.test_ways import answer_of, over

registry_settings = test_ways.registry_settings
app, employ = test_pages.app, test_pages.employ
clerk, director = test_pages.clerk, test_pages.director


@pytest.fixture(params=["sftp", "mail", "folder"])
def line(request: pytest.FixtureRequest, platform: Platform, tmp_path: Path) -> Iterator[Line]:
    with OPENING[request.param](platform, tmp_path) as opened:
        yield opened


@pytest.fixture
def submission(school: School, line: Line) -> Submission:
    """A submission whose message waits for its answer."""
    way.ready_school(school, 2)
    return way.sent(school)


def page_of(submission: Submission) -> str:
    return f"/submissions/{submission.id}"


def upload(browser: Browser, submission: Submission, body: bytes) -> TestResponse:
    path = f"{page_of(submission)}/acknowledgement"
    file = (io.BytesIO(body), f"{submission.message_id}.ack.json")
    return browser.send(page_of(submission), path, file=file)  # type: ignore[arg-type]  # a file among the fields


WORDS = {
    "sftp": "лежит целиком на сервере обмена получателя",
    "mail": "Дошло ли оно до получателя, спросить нельзя",
    "folder": "его относят получателю вручную",
}


def test_the_page_says_where_the_message_is_and_what_cannot_be_known(
    submission: Submission, line: Line, clerk: Browser
):
    shown = clerk.get(page_of(submission)).text
    assert 'data-state="handed_over"' in shown
    assert "Передана, ждёт подтверждения" in shown
    assert WORDS[line.way] in shown
    assert "передано, подтверждение придёт позже" in shown
    assert "нет дольше срока" not in shown


def test_an_overdue_answer_is_marked_on_every_page(
    submission: Submission, school: School, line: Line, clerk: Browser
):
    with school.registry.work(SYSTEM) as work:
        work.connection.execute(update(cases).values(due_at=work.now - timedelta(days=4000)))
    take_batch(school.registry)
    for page in ("/submissions", home(school), page_of(submission)):
        assert "подтверждения нет дольше срока" in clerk.get(page).text
    assert "Позвоните получателю" in clerk.get(page_of(submission)).text
    assert line.copies() == 1


def test_an_uploaded_answer_is_verified_and_closes_the_submission(
    submission: Submission, school: School, platform: Platform, clerk: Browser
):
    assert upload(clerk, submission, answer_of(platform, submission)).status_code == 303
    assert "проверяется: обновите" in clerk.get(page_of(submission)).text
    way.drain(school.registry)
    shown = clerk.get(page_of(submission)).text
    assert 'data-state="acknowledged"' in shown
    assert platform.intake.key in shown


@over("folder")
def test_a_wrong_file_is_told_at_its_field_and_changes_nothing(
    submission: Submission, line: Line, school: School, platform: Platform, clerk: Browser
):
    foreign = of_another_message(Scene(platform, school, submission))
    for body, words, status in (
        (b"%PDF", "Это не файл подтверждения", 422),
        (foreign, "Это подтверждение другого сообщения", 422),
        (b"x" * 65_537, "не бывает больше 64", 413),
        (answer_of(platform, submission).replace(b"BEGIN PGP", b"BEGIN XXX"), "", 303),
    ):
        answer = upload(clerk, submission, body)
        assert answer.status_code == status
        assert words in answer.text
    way.drain(school.registry)
    shown = clerk.get(page_of(submission)).text
    assert 'data-state="handed_over"' in shown
    assert "не принят: подпись или содержание не те" in shown


@over("folder")
def test_the_director_saves_message_and_note_and_the_trail_knows(
    submission: Submission, line: Line, school: School, director: Browser, clerk: Browser
):
    assert line.folder is not None
    assert "/step-up" in director.get(f"{page_of(submission)}/message.pgp").location
    director.step_up()
    message = director.get(f"{page_of(submission)}/message.pgp")
    assert message.data == (line.folder / f"{submission.message_id}.pgp").read_bytes()
    assert f'filename="{submission.message_id}.pgp"' in message.headers["Content-Disposition"]
    note = director.get(f"{page_of(submission)}/note.txt").text
    assert submission.message_sha256 is not None
    assert submission.message_sha256 in note
    assert clerk.get(f"{page_of(submission)}/message.pgp").status_code == 403
    with school.registry.reading(SYSTEM) as work:
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars()
        assert sum(EntryType.DOCUMENT_FETCHED.encode() in bytes(leaf) for leaf in leaves) == 2


@over("mail", "sftp")
def test_what_does_not_go_by_hand_is_not_given_out(submission: Submission, line: Line, director: Browser):
    assert "message.pgp" not in director.get(page_of(submission)).text
    director.step_up()
    assert director.get(f"{page_of(submission)}/message.pgp").status_code == 409


@over("mail")
def test_sending_again_takes_a_person_who_is_sure(
    submission: Submission, line: Line, school: School, director: Browser, clerk: Browser
):
    path = f"{page_of(submission)}/resend"
    assert 'id="resend"' not in clerk.get(page_of(submission)).text
    assert clerk.send(page_of(submission), path, sure="yes").status_code == 403
    unsure = director.send(page_of(submission), path)
    assert unsure.status_code == 422
    assert "сообщения у него нет" in unsure.text
    assert director.send(page_of(submission), path, sure="yes").status_code == 303
    assert "отправляется ещё раз" in director.get(page_of(submission)).text
    way.drain(school.registry)
    assert line.copies() == 2
    assert "Отправить то же сообщение ещё раз" in director.get(page_of(submission)).text


@over("sftp")
def test_why_nothing_left_is_said_in_words(school: School, line: Line, clerk: Browser):
    way.ready_school(school)
    stranger = test_ways.with_settings(
        school, sftp_host_key="SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    )
    submission = way.sent(stranger)
    assert submission.state == "sealed"
    assert "ключ сервера получателя не тот, что закреплён" in clerk.get(page_of(submission)).text
