"""Whoever holds a value: the school that claims it reads the same, and nobody claims without end."""

import re
from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.errors import TooManyError
from registry.people.models import tables
from registry.people.models.places import get_school
from registry.people.rosters.reader import read_workbook
from registry.people.usecases import rosters
from registry.people.usecases.corrections import correct_field
from registry.people.usecases.families import leave_school
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.people.usecases.reviewing import Collision, ReadRoster, RosterFile, read_roster
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from tests.people.books import HEADER, book
from tests.people.conftest import Employ, Office, send
from tests.people.test_collisions import OTHER
from tests.web.browsers import Browser

MOST = 20
MOST_OF_LISTS = 1_000


def family(number: int) -> list[object]:
    """A row of a student and a guardian, each with a phone and an address that nobody else has."""
    born, names = date(2005, 5, number), ["Пробник", "Иван", "Ильич"]
    child = [number, *names, born, None, f"+7916000{number:02}11", f"child{number:02}@example.org"]
    parent = ["Пробник", "Анна", "Львовна", "мать", date(1980, 5, number), None]
    return [*child, *parent, f"+7916000{number:02}22", f"adult{number:02}@example.org"]


def let_days_pass(registry: Registry, student: UUID) -> None:
    """Bring it about that a student left his school the day before."""
    with registry.work(SYSTEM) as work:
        his = tables.enrolments.update().where(tables.enrolments.c.person_id == student)
        work.connection.execute(his.values(valid_until=work.today - timedelta(days=1)))


@pytest.fixture
def others(registry: Registry, offices: list[Office]) -> dict[str, str]:
    """Phones of all kinds of holders, by what the holder is to the second school."""
    near = offices[0]
    with registry.work(SYSTEM) as work:
        town = get_school(work.connection, near.school)
        far_town = add_municipality(work, add_region(work, "25", "Приморский край").id, "Находка")
        next_town = add_municipality(work, town.region_id, "Амурск")
        made = [
            add_school(work, SchoolSaid(one.id, f"99{n}", f"Школа 99{n}", f"СОШ № 99{n}", "Мира, 1")).id
            for n, one in enumerate((next_town, far_town))
        ]
    for number, office in enumerate((near, *(Office(registry, one) for one in made)), 1):
        office.approve(book(**{"9Б": [HEADER, family(number)]}))
    near.approve(book(**{"9В": [HEADER, family(4)]}))
    with registry.work(SYSTEM) as work:
        gone = next(one for one in near.families() if str(one.class_name) == "9В")
        leave_school(work, near.school, gone.student.id)
    let_days_pass(registry, gone.student.id)
    offices[1].approve(book(**{"9А": [HEADER, OTHER, family(5)]}))
    return {
        "student of the own town": "+79160000111",
        "guardian of the own town": "+79160000122",
        "student of another town": "+79160000211",
        "student of another region": "+79160000311",
        "guardian in another region": "+79160000322",
        "somebody in no school": "+79160000411",
        "student of the own school": "+79160000511",
    }


@pytest.fixture
def claiming(browser: Browser, offices: list[Office], employ: Employ) -> Browser:
    employ("claiming", Role.CLERK, offices[1].school)
    browser.sign_in("claiming")
    return browser


def plain(answer: TestResponse, value: str) -> tuple[int, list[tuple[str, str]], str]:
    """Give an answer without what the asker typed, and without what is random in every page."""
    words = re.sub(r'(name="(?:csrf_token|idempotency_key)" value=)"[^"]+', "", answer.text)
    words = re.sub(r'nonce="[^"]+"', "", words)
    words = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", words)
    headers = [(name, re.sub(r"nonce-[^']+", "", said)) for name, said in answer.headers]
    return answer.status_code, headers, words.replace(value, "VALUE")


@pytest.mark.proves("S1-07")
def test_a_correction_answers_the_same_bytes_whoever_holds_the_value(
    registry: Registry, offices: list[Office], others: dict[str, str], claiming: Browser
) -> None:
    """S1-07, T6: own town, other town or region, student, guardian, or somebody in no school."""
    student = next(one.student for one in offices[1].families() if one.student.last_name == "Орлов")
    address = f"/schools/{offices[1].school}/people/{student.id}/phone"
    heard = {kind: plain(claiming.post(address, value=one), one) for kind, one in others.items()}
    assert {status for status, _, _ in heard.values()} == {409}
    assert {kind for kind, one in heard.items() if one != heard["student of the own school"]} == set()
    assert count(registry) == len(others)


@pytest.mark.proves("S1-07")
def test_a_review_answers_the_same_bytes_whoever_holds_the_value(
    offices: list[Office], others: dict[str, str], claiming: Browser
) -> None:
    """S1-07, T6: the review of a list says no more than the correction of a field."""
    heard = {}
    for kind, value in others.items():
        row = [1, "Новиков", "Олег", "Ильич", date(2006, 1, 2), None, value, *[None] * 8]
        sent = send(claiming, offices[1].school, book(**{"8А": [HEADER, row]}))
        assert sent.status_code == 303
        heard[kind] = plain(claiming.get(sent.location), value)
    assert "Этот телефон уже записан за другим человеком" in heard["somebody in no school"][2]
    assert {kind for kind, one in heard.items() if one != heard["student of the own school"]} == set()


def count(registry: Registry) -> int:
    with registry.reading(SYSTEM) as work:
        return work.connection.execute(select(func.count()).select_from(tables.collisions)).scalar_one()


def claim_as(office: Office, number: int, value: str) -> None:
    """Claim a value for a student, as one of the school's staff."""
    with office.registry.reading(SYSTEM) as work:
        student = work.connection.execute(
            select(tables.enrolments.c.person_id).where(tables.enrolments.c.school_id == office.school)
        ).scalars()
        person = next(iter(student))
    clerk = Actor("staff", UUID(int=number), "clerk", "password", office.school)
    with office.registry.work(clerk) as work:
        assert correct_field(work, office.school, person, "phone", value).collision is not None


@pytest.fixture
def held(offices: list[Office]) -> str:
    offices[0].approve(book(**{"9Б": [HEADER, family(1)]}))
    offices[1].approve(book(**{"9А": [HEADER, OTHER]}))
    return "+79160000111"


def test_each_member_of_staff_may_claim_twenty_values_a_day(
    registry: Registry, offices: list[Office], held: str
) -> None:
    """T6: the twentieth is taken down, the twenty-first is refused; a colleague has a count of his own."""
    for _ in range(MOST):
        claim_as(offices[1], 7, held)
    with pytest.raises(TooManyError):
        claim_as(offices[1], 7, held)
    assert count(registry) == MOST
    claim_as(offices[1], 8, held)
    with registry.work(SYSTEM) as work:  # as if a day had gone by
        yesterday = work.now - timedelta(days=1, seconds=1)
        work.connection.execute(tables.collisions.update().values(claimed_at=yesterday))
    claim_as(offices[1], 7, held)


def test_twenty_stay_twenty_however_many_are_claimed_at_once(
    registry: Registry, offices: list[Office], held: str
) -> None:
    """T6: tries side by side are counted one after the other."""
    for _ in range(MOST - 2):
        claim_as(offices[1], 7, held)
    begin, refused = Barrier(6), []

    def try_one() -> None:
        begin.wait()
        try:
            claim_as(offices[1], 7, held)
        except TooManyError:
            refused.append(1)

    threads = [Thread(target=try_one) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (count(registry), len(refused)) == (MOST, 4)


def test_lists_may_claim_a_thousand_values_a_day(
    registry: Registry, offices: list[Office], held: str
) -> None:
    """T6: the list that would go past the thousandth is refused whole."""
    data = book(**{"8А": [HEADER, OTHER]})
    holder = offices[0].families()[0].student.id
    with registry.reading(offices[1].clerk) as reading:
        read = read_roster(reading, offices[1].school, RosterFile(data, read_workbook(data), None))
    upload(offices[1], read, (Collision("phone", holder, None),) * (MOST_OF_LISTS - 1))
    one = Collision("phone", holder, None)
    with pytest.raises(TooManyError):
        upload(offices[1], read, (one, one))
    upload(offices[1], read, (one,))
    assert count(registry) == MOST_OF_LISTS
    upload(offices[1], read, ())
    with pytest.raises(TooManyError):
        upload(offices[1], read, (one,))


def upload(office: Office, read: ReadRoster, found: tuple[Collision, ...]) -> None:
    with office.registry.work(office.clerk) as work:
        rosters.upload(work, office.school, ReadRoster(read.data, read.drafts, read.counts, found))
