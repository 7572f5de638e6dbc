"""Accounts at ESIA: who has none, what differs, and the steps by which a person settles it."""

import io
from datetime import date
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from registry.esia.rules import Child, Profile, SaidContact
from registry.people.esia_match import AccountState, Match, Said, compare, is_same_person, values_of
from registry.people.models.accounts import school_account, sources_of
from registry.people.models.families import Family
from registry.people.models.persons import Confirmed, Person, Source, get_person
from registry.people.usecases.accounts import find_person, keep_said, lacks_account
from registry.people.usecases.corrections import correct_field
from registry.trail.entries import SYSTEM
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office
from tests.web.browsers import PASSWORD, Browser


@pytest.fixture
def family(office: Office) -> Family:
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    return office.families()[0]


def profile_of(person: Person, **changed: object) -> Profile:
    """What ESIA would say of a person if it said what the card says, but for changes."""
    said = {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": person.birth_date,
        "snils": person.snils,
        "phone": SaidContact(person.phone.value, verified=True) if person.phone else None,
        "email": SaidContact(person.email.value, verified=True) if person.email else None,
    }
    return Profile(**(said | changed))  # type: ignore[arg-type]


def sent(browser: Browser, address: str, **fields: str):
    """Send a form with a key of its own, as pages do."""
    return browser.post(address, idempotency_key=uuid4().hex, **fields)


def now_of(office: Office, person_id: UUID) -> Person:
    with office.registry.reading(SYSTEM) as work:
        return get_person(work.connection, work.vault, person_id)


def log_in(office: Office, person: Person, **changed: object) -> None:
    with office.registry.work(SYSTEM) as work:
        keep_said(work, get_person(work.connection, work.vault, person.id), profile_of(person, **changed))


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"last_name": "Новая-Фамилия"}, True),
        ({"middle_name": None}, True),
        ({"first_name": "Другое"}, False),
        ({"birth_date": date(2001, 1, 1)}, False),
        ({"snils": "11223344595"}, False),
        ({"snils": None}, False),
        ({"birth_date": None}, False),
    ],
)
def test_a_surname_may_have_changed_and_nothing_else(
    office: Office, family: Family, changed: dict[str, object], same
):
    assert is_same_person(family.student, profile_of(family.student, **changed)) is same


def test_names_differ_neither_by_yo_nor_by_case_and_hyphen(office: Office, family: Family):
    person = family.student
    said = Said({"last_name": person.last_name.upper(), "first_name": person.first_name.replace("ё", "е")})
    matches = {one.field: one.match for one in compare(person, said)}
    assert matches["last_name"] is matches["first_name"] is Match.MATCHES
    assert matches["snils"] is Match.NOT_GIVEN


def test_a_phone_is_read_as_esia_writes_it():
    assert values_of(Profile(phone=SaidContact("+7(906)3152723", verified=True))) == {"phone": "+79063152723"}


def test_namesakes_are_told_apart_by_snils_alone(office: Office, family: Family):
    with office.registry.reading(SYSTEM) as work:
        found = find_person(work, profile_of(family.student))
        assert found
        assert found.id == family.student.id
        assert find_person(work, profile_of(family.student, snils="00000060006")) is None


@pytest.mark.proves("S1-04", "S1-08")
def test_a_verified_contact_that_fits_is_confirmed_by_it(office: Office, family: Family):
    """S1-04, S1-08: ESIA vouches for what stands on the card."""
    person = family.student
    log_in(office, person)
    after = now_of(office, person.id)
    assert after.phone
    assert after.phone.confirmed_how is Confirmed.ESIA
    assert after.phone.source is Source.ROSTER


@pytest.mark.proves("S1-07")
def test_a_contact_of_somebody_else_is_not_taken_over(office: Office, family: Family):
    student, guardian = family.student, family.guardians[0].person
    assert guardian.phone
    with office.registry.work(office.clerk) as work:
        correct_field(work, office.school, student.id, "phone", "")
    log_in(office, student, phone=SaidContact(guardian.phone.value, verified=True))
    assert now_of(office, student.id).phone is None


@pytest.mark.proves("S1-08")
def test_a_contact_that_was_lacking_comes_from_esia_when_it_is_verified(office: Office, family: Family):
    """S1-08: and for what the card lacked."""
    person = family.student
    with office.registry.work(office.clerk) as work:
        correct_field(work, office.school, person.id, "email", "")
    log_in(office, person, email=SaidContact("new@example.org", verified=False))
    assert now_of(office, person.id).email is None
    log_in(office, person, email=SaidContact("new@example.org", verified=True))
    email = now_of(office, person.id).email
    assert email
    assert (email.value, email.source, email.confirmed_how) == (
        "new@example.org",
        Source.ESIA,
        Confirmed.ESIA,
    )


@pytest.mark.proves("S1-04")
def test_the_card_shows_both_sides_and_the_tutor_settles_each(clerk: Browser, office: Office, family: Family):
    """S1-04: a mismatch is shown to the tutor."""
    person = family.student
    card = f"/schools/{office.school}/people/{person.id}"
    log_in(office, person, last_name="Новая", email=SaidContact("other@example.org", verified=True))
    shown = clerk.get(card).text
    assert "other@example.org" in shown
    assert "расходится" in shown
    assert "из списка" in shown
    assert now_of(office, person.id).last_name == person.last_name
    class_page = clerk.get(f"/schools/{office.school}/classes/{family.class_id}").text
    assert "Данные расходятся с Госуслугами" in class_page
    assert sent(clerk, f"{card}/esia/last_name", side="esia").status_code == 303
    assert sent(clerk, f"{card}/esia/email", side="card").status_code == 303
    after = now_of(office, person.id)
    assert after.last_name == "Новая"
    assert after.email == person.email
    with office.registry.reading(SYSTEM) as work:
        assert sources_of(work.connection, person.id) == {"last_name": Source.ESIA}
    assert "оставлено как в школе" in clerk.get(card).text
    assert "Данные расходятся" not in clerk.get(f"/schools/{office.school}/classes/{family.class_id}").text
    assert sent(clerk, f"{card}/esia/email", side="card").status_code == 409


@pytest.mark.proves("S1-15", "S1-16")
def test_who_has_no_account_is_listed_and_leaves_the_list_when_he_has_one(
    clerk: Browser, office: Office, family: Family
):
    """S1-15, S1-16: the list, on a page and as a file, with the three ways to an account."""
    address = f"/schools/{office.school}/accounts"
    shown = clerk.get(address).text
    assert family.student.full_name in shown
    for way in ("esia.gosuslugi.ru/registration", "МФЦ", "Сбербанк онлайн"):
        assert way in shown
    assert clerk.get(f"{address}.xlsx").location.startswith("/step-up?next=")
    clerk.post("/step-up", password=PASSWORD, next="/")
    book_of = CalamineWorkbook.from_filelike(io.BytesIO(clerk.get(f"{address}.xlsx").data))
    rows = book_of.get_sheet_by_index(0).to_python()
    assert family.student.full_name in [row[1] for row in rows]
    assert "esia.gosuslugi.ru/registration" in str(book_of.get_sheet_by_index(1).to_python())
    log_in(office, family.student)
    guardian = family.guardians[0].person
    card = f"/schools/{office.school}/people/{guardian.id}"
    assert sent(clerk, f"{card}/account", state="standard").status_code == 303
    after = clerk.get(address).text
    assert f">{family.student.full_name}</a>" not in after
    assert "стандартная" in after
    assert sent(clerk, f"{card}/account", state="confirmed").status_code == 303
    assert guardian.full_name not in clerk.get(f"{address}?class=9Б").text
    assert sent(clerk, f"{card}/account", state="made-up").status_code == 422


@pytest.mark.proves("S1-18")
def test_who_asks_for_a_contact_says_where_it_is_looked_up(clerk: Browser, office: Office, family: Family):
    """S1-18: beside the field stands where ESIA shows it."""
    page = clerk.get(f"/schools/{office.school}/people/{family.student.id}/email").text
    assert "«Контактная информация»" in page


@pytest.mark.proves("S2-04")
def test_the_school_itself_has_a_state(clerk: Browser, office: Office):
    """S2-04: a legal person at ESIA, or not yet."""
    address = f"/schools/{office.school}/accounts"
    assert "неизвестно" in clerk.get(address).text
    with office.registry.reading(SYSTEM) as work:
        assert lacks_account(work, office.school)
    assert sent(clerk, f"{address}/school", state="confirmed").status_code == 303
    with office.registry.reading(SYSTEM) as work:
        found = school_account(work.connection, office.school)
        assert found
        assert found.state is AccountState.CONFIRMED
        assert not lacks_account(work, office.school)


def test_children_of_esia_are_held_against_the_list(office: Office, family: Family):
    guardian, student = family.guardians[0].person, family.student
    mine = Child(student.last_name, student.first_name, None, student.birth_date, student.snils)
    other = Child("Чужой", "Ребёнок", None, date(2015, 1, 1), "11223344595")
    with office.registry.work(SYSTEM) as work:
        said = keep_said(work, guardian, profile_of(guardian, children=(mine, other))).said
        assert said
        assert (said.children, said.missing, said.others) == ((str(student.id),), (), 1)
        said = keep_said(work, guardian, profile_of(guardian, children=(other,))).said
        assert said
        assert said.missing == (str(student.id),)
