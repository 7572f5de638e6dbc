import re
from datetime import date

import pytest
from sqlalchemy import func, select

from registry.access.rules import Role
from registry.people.class_names import ClassName
from registry.people.models.families import families_of
from registry.people.usecases.places import open_classes
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.work import Registry
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Employ, Office, send
from tests.web.browsers import Browser

WRONG = [
    "2",
    "<img src=x onerror=alert(1)>",
    "Олег",
    "Ильич",
    "01.02.2005",
    "112-233-445 95",
    "+79160000001",
    "e@example.org",
]


def mark_of(page: str):
    return re.search(r'name="mark" value="([0-9a-f]+)"', page)[1]


@pytest.mark.proves("S1-03")
def test_a_clerk_uploads_reads_the_review_and_approves(clerk: Browser, office: Office):
    answer = send(clerk, office.school, book(**{"9Б": [HEADER, CLEAN, WRONG]}))
    assert answer.status_code == 303
    shown = clerk.get(answer.location).text
    assert "9Б: 3" in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "<img src=x" not in shown
    done = clerk.post(f"{answer.location}/approve", mark=mark_of(shown))
    assert done.status_code == 303
    assert "утверждён" in clerk.get(done.location).text
    classes = clerk.get(clerk.get("/schools/").location).text
    assert "9Б" in classes
    assert "не приняты строки: 1" in classes


def test_a_cancelled_upload_stores_nothing(clerk: Browser, office: Office):
    answer = send(clerk, office.school, book(**{"9Б": [HEADER, CLEAN]}))
    assert clerk.post(f"{answer.location}/cancel").status_code == 303
    assert office.families() == ()
    assert clerk.post(f"{answer.location}/approve", mark="x").status_code == 409


@pytest.mark.parametrize(
    ("data", "status"), [(b"", 422), (b"not a book", 422), (b"PK" + b"\0" * (10 << 20), 413)]
)
def test_a_bad_file_is_answered_on_the_form_in_words(
    clerk: Browser, office: Office, data: bytes, status: int
):
    answer = send(clerk, office.school, data)
    assert answer.status_code == status
    assert 'id="file"' in answer.text


def test_the_list_of_a_class_and_a_card_are_shown_and_a_field_is_corrected(clerk: Browser, office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    listed = clerk.get(f"/schools/{office.school}/classes/{family.class_id}").text
    assert "Грачёв Ярослав Анатольевич" in listed
    path = f"/schools/{office.school}/people/{family.student.id}"
    assert "137-776-863 20" in clerk.get(path).text
    assert clerk.get(f"{path}/snils").status_code == 200
    refused = clerk.post(f"{path}/snils", value="112-233-445 96")
    assert refused.status_code == 422
    assert "Контрольное число" in refused.text
    assert clerk.post(f"{path}/snils", value="112-233-445 95").status_code == 303
    assert office.families()[0].student.snils == "11223344595"
    taken = clerk.post(f"{path}/snils", value=CLEAN[13])
    assert taken.status_code == 409
    assert clerk.get(f"{path}/version").status_code == 404


def test_every_look_at_a_card_is_written_down(clerk: Browser, office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()

    def entries() -> int:
        with office.registry.reading(SYSTEM) as work:
            return work.connection.execute(select(func.count()).select_from(trail_event)).scalar_one()

    before = entries()
    clerk.get(f"/schools/{office.school}/people/{family.student.id}")
    assert entries() == before + 1


@pytest.mark.proves("S1-09")
def test_a_tutor_sees_and_uploads_his_own_class_only(browser: Browser, office: Office, employ: Employ):
    with office.registry.work(SYSTEM) as work:
        wanted = frozenset({ClassName(9, "А"), ClassName(9, "Б")})
        rooms = {str(name): one.id for name, one in open_classes(work, office.school, wanted).items()}
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    employ("tutor", Role.TUTOR, office.school, rooms["9А"])
    browser.sign_in("tutor")
    home = f"/schools/{office.school}"
    assert "9Б" not in browser.get(f"{home}/classes").text
    assert browser.get(f"{home}/classes/{rooms['9А']}").status_code == 200
    for path in (
        f"classes/{rooms['9Б']}",
        f"people/{family.student.id}",
        f"people/{family.guardians[0].person.id}",
    ):
        assert browser.get(f"{home}/{path}").status_code == 404
    assert browser.post(f"{home}/people/{family.student.id}/last_name", value="Иванов").status_code == 404
    other = browser.another()
    employ("clerk", Role.CLERK, office.school)
    other.sign_in("clerk")
    foreign = send(other, office.school, book(**{"9Б": [HEADER, CLEAN]})).location
    assert browser.get(foreign).status_code == 404
    own = send(browser, office.school, book(**{"9Б": [HEADER, CLEAN]})).location
    assert "Это не ваш класс" in browser.get(own).text


def test_another_school_reads_like_none(
    offices: list[Office], office: Office, browser: Browser, employ: Employ
):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    employ("stranger", Role.CLERK, offices[1].school)
    browser.sign_in("stranger")
    for school in (office.school, offices[1].school):
        for path in (
            f"classes/{family.class_id}",
            f"people/{family.student.id}",
            f"rosters/{family.class_id}",
        ):
            assert browser.get(f"/schools/{school}/{path}").status_code == 404
    assert browser.get(f"/schools/{office.school}/classes").status_code == 404


@pytest.fixture
def student(office: Office):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    return f"/schools/{office.school}/people/{family.student.id}"


def test_a_guardian_is_added_once_however_often_the_form_is_sent(
    clerk: Browser, office: Office, student: str
):
    assert "Кем приходится" in clerk.get(f"{student}/guardians/new").text
    said = {"last_name": "Грачёв", "first_name": "Анатолий", "birth_date": "01.02.1964", "relation": "father"}
    refused = clerk.post(f"{student}/guardians", idempotency_key="k" * 20, **{**said, "snils": "1"})
    assert refused.status_code == 422
    assert 'href="#snils"' in refused.text
    for _ in range(2):
        done = clerk.post(f"{student}/guardians", idempotency_key="k" * 20, **said, snils="112-233-445 95")
        assert done.status_code == 303
    (family,) = office.families()
    assert {one.person.first_name for one in family.guardians} == {"Ирина", "Анатолий"}
    taken = clerk.post(f"{student}/guardians", idempotency_key="m" * 20, **said, snils=CLEAN[13])
    assert taken.status_code == 409


def test_a_guardians_authority_ends_and_is_barred(clerk: Browser, office: Office, student: str):
    (family,) = office.families()
    path = f"{student}/guardians/{family.guardians[0].person.id}"
    assert path in clerk.get(student).text
    assert "Записать запрет" in clerk.get(path).text
    assert clerk.post(f"{path}/end", idempotency_key="e" * 20).status_code == 303
    assert clerk.post(f"{path}/bar", idempotency_key="b" * 20).status_code == 303
    (family,) = office.families()
    assert (family.guardians[0].barred, family.guardians[0].valid_until) == (True, date(2020, 11, 2))
    assert "не представляет" in clerk.get(student).text
    assert clerk.get(f"{student}/guardians/{family.student.id}").status_code == 404


def test_a_student_who_leaves_is_on_the_roster_no_more_from_the_next_day(
    registry: Registry, clerk: Browser, office: Office, student: str
):
    assert "последний день" in clerk.get(f"{student}/leave").text
    assert clerk.post(f"{student}/leave", idempotency_key="l" * 20).status_code == 303
    assert len(office.families()) == 1
    with registry.reading(SYSTEM) as work:
        assert families_of(work.connection, work.vault, office.school, date(2020, 11, 3)) == ()


def test_a_tutor_of_another_class_changes_no_family(browser: Browser, office: Office, employ: Employ):
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    (family,) = office.families()
    with office.registry.work(SYSTEM) as work:
        other = open_classes(work, office.school, frozenset({ClassName(9, "А")}))[ClassName(9, "А")].id
    employ("tutor", Role.TUTOR, office.school, other)
    browser.sign_in("tutor")
    path = f"/schools/{office.school}/people/{family.student.id}"
    for place in ("guardians/new", f"guardians/{family.guardians[0].person.id}", "leave"):
        assert browser.get(f"{path}/{place}").status_code == 404
    assert browser.post(f"{path}/leave", idempotency_key="l" * 20).status_code == 404
