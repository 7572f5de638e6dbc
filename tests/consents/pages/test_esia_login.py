"""A signer logs in by ESIA over real HTTP: who he is, what differs, and that a code still signs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from registry.config import Settings
from registry.consents.models.tables import acts, esia_logins, identifications
from registry.consents.rules.evidence import Identified, identified
from registry.consents.usecases.asking import ask
from registry.consents.usecases.evidence import evidence_of_act
from registry.people.esia_match import AccountState, differing
from registry.people.models.accounts import accounts_of
from registry.people.models.persons import Confirmed, Person, Source, get_person
from registry.people.models.places import get_school
from registry.people.models.tables import guardianships
from registry.people.models.writing import change_person
from registry.people.usecases.accounts import keep_card, take_from_esia
from registry.people.usecases.places import SchoolSaid, add_school
from registry.programmes import usecases as programmes
from registry.sandbox.esia.persons import NOT_VERIFIED, VERIFIED, Kid
from registry.sandbox.esia.persons import Person as Account
from registry.trail.entries import SYSTEM
from tests.consents.conftest import AGREEMENT, MESH, Town, add_family, last_code
from tests.consents.pages.conftest import Reader
from tests.esia_stand import Running, running_esia

MOTHER, TEEN = 1, 2


@pytest.fixture(scope="session")
def shared_esia(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_esia(tmp_path_factory.mktemp("esia"), "http://127.0.0.1:8080/esia/back") as found:
        yield found


@pytest.fixture
def running(shared_esia: Running) -> Iterator[Running]:
    """The stand; whom it knows is said by each test, and nothing of it stays."""
    yield shared_esia
    shared_esia.stand.faults.reset()


@pytest.fixture
def registry_settings(registry_settings: Settings, running: Running) -> Settings:
    folder = running.stand.folder
    return replace(
        registry_settings,
        esia_url=running.url,
        esia_key=folder / "esia-client.key",
        esia_cert=folder / "esia-client.crt",
        esia_token_cert=folder / "esia-token.crt",
    )


@pytest.fixture
def account(town: Town, running: Running) -> Callable[..., Account]:
    """Give a person of the town an account at the stand that says what the card says, but for changes."""

    def made(name: str, **changed: object) -> Account:
        person = card(town, name)
        assert person.birth_date
        assert person.snils
        digits = person.snils
        same = Account(
            oid=1000000500 + len(town.people),
            login=name,
            about="",
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            birth_date=f"{person.birth_date:%d.%m.%Y}",
            snils=f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}",
            phone=(person.phone.value, VERIFIED) if person.phone else None,
            email=(person.email.value, VERIFIED) if person.email else None,
        )
        found = replace(same, **changed)  # type: ignore[arg-type]
        running.stand.persons = (found,)
        return found

    return made


def card(town: Town, name: str) -> Person:
    with town.registry.reading(SYSTEM) as work:
        return get_person(work.connection, work.vault, town.people[name])


def change(town: Town, name: str, **values: object) -> None:
    with town.work() as work:
        before = get_person(work.connection, work.vault, town.people[name])
        change_person(work.connection, work.vault, before, values)


def state_of(town: Town, name: str):
    with town.registry.reading(SYSTEM) as work:
        return accounts_of(work.connection, work.vault, [town.people[name]]).get(town.people[name])


def enter(reader: Reader, running: Running, login: str, start: str = "/", decision: str = "allow") -> Reader:
    """Go the whole way of a browser: our page, ESIA's pages, and back."""
    reader.open(start)
    way_back(reader, running, login, decision)
    return reader


def way_back(reader: Reader, running: Running, login: str, decision: str = "allow") -> str:
    action, values = reader.form("esia")
    answer = reader.client.post(action, data=values)
    assert answer.status_code == 303, answer.text
    back = urlsplit(running.way_back(answer.headers["Location"], login, decision))
    path = f"{back.path}?{back.query}"
    reader.open(path)
    return path


@pytest.mark.proves("S1-17", "S1-08", "S4-11")
def test_a_parent_of_two_children_logs_in_and_signs_by_a_code(
    reader: Reader, town: Town, running: Running, account
):
    """S1-17, S1-08, S4-11: the login says who it is; the act is signed by a code of the sitting."""
    account(
        "mother",
        kids=(
            Kid("Иванова", "Child", "", "20.05.2008", "000-000-000 01"),
            Kid("Иванова", "Teen", "", "01.01.2005", "000-000-000 04"),
        ),
    )
    enter(reader, running, "mother")
    assert reader.path == "/decide", reader.text
    assert "Child" in reader.text
    assert "Teen" in reader.text
    held = state_of(town, "mother")
    assert held.state is AccountState.CONFIRMED
    assert set(held.said.children) == {str(town.people["child"]), str(town.people["teen"])}
    assert held.said.missing == ()
    confirmed = card(town, "mother")
    assert confirmed.phone
    assert confirmed.phone.confirmed_how is Confirmed.ESIA
    reader.follow("Соглашение")
    reader.choose("given")
    assert reader.path == "/decide/code", reader.text
    assert "не заменяет подпись" in reader.text or "Подпись – это код" in reader.text
    reader.send("/decide/code/start", channel="phone")
    reader.send("/decide/code", code=last_code(town.registry, town.people["mother"]))
    assert reader.path.endswith("/check"), reader.text
    reader.send("/sign", full_name=confirmed.full_name)
    assert "/decide/acts/" in reader.path, reader.text
    assert "подтверждённая учётная запись Госуслуг" in reader.text
    with town.registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(acts.c.means)).scalars().all() == ["code"]
        assert work.connection.execute(select(identifications.c.level)).scalars().all() == ["confirmed"]
        made = work.connection.execute(select(acts.c.id)).scalar_one()
        evidence = evidence_of_act(work, town.school, made)
    assert identified(evidence.grounds) is Identified.STATE_AND_CODE
    assert {one["method"] for one in evidence.checks} >= {"esia", "sms_code"}


def test_an_act_without_a_code_is_refused_even_past_the_pages(
    reader: Reader, town: Town, running: Running, account
):
    account("mother")
    enter(reader, running, "mother")
    consent = town.consent("mother", AGREEMENT)
    page = reader.open(f"/decide/documents/{consent.id}")
    presentation = page.text.split(f"/decide/documents/{consent.id}/")[1].split("/")[0]
    _, values = reader.form("/check")
    token = reader.form("/check") and reader.client.get("/decide").text.split('name="csrf_token" value="')[1]
    said = {
        "csrf_token": token.split('"')[0],
        "decision": "given",
        "idempotency_key": "0123456789abcdef",
        "full_name": card(town, "mother").full_name,
    }
    answer = reader.client.post(f"/decide/documents/{consent.id}/{presentation}/sign", data=values | said)
    assert answer.status_code == 409
    assert "введите код" in answer.text
    with town.registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(acts.c.id)).first() is None


@pytest.mark.proves("S1-17")
def test_by_a_link_only_its_holder_comes_in(reader: Reader, town: Town, running: Running, account):
    """S1-17: a personal link and a login name the same person."""
    account("father")
    enter(reader, running, "father", f"/i/{town.link('mother')}")
    assert reader.page.status_code == 403
    assert "не как тот, кому школа прислала эту ссылку" in reader.text
    assert "Mother" not in reader.text
    account("mother")
    enter(reader, running, "mother", f"/i/{town.link('mother')}")
    assert reader.path == "/decide"


@pytest.mark.proves("S1-17", "S4-11")
def test_a_student_logs_in_for_himself(reader: Reader, town: Town, running: Running, account):
    """S1-17, S4-11: the student is identified, and the trail says how."""
    account("teen")
    enter(reader, running, "teen", f"/i/{town.link('teen')}")
    assert reader.path == "/decide", reader.text


@pytest.mark.parametrize(
    "changed",
    [{"snils": "112-233-445 95"}, {"first_name": "Другая"}, {"birth_date": "02.05.1980"}, {"snils": None}],
)
def test_whom_the_schools_do_not_have_is_told_nothing_about_others(
    reader: Reader, town: Town, running: Running, account, changed
):
    account("mother", **changed)
    enter(reader, running, "mother")
    assert reader.page.status_code == 403
    assert "нет человека с такими" in reader.text
    assert "Что можно сделать" in reader.text
    assert state_of(town, "mother") is None


@pytest.mark.proves("S1-15", "S1-16")
def test_an_unconfirmed_account_proves_nobody_and_the_three_ways_are_told(
    reader: Reader, town: Town, running: Running, account
):
    """S1-15, S1-16: nobody comes in by it; he reads where to confirm it."""
    account("mother", level="P")
    enter(reader, running, "mother")
    assert reader.page.status_code == 403
    for way in ("esia.gosuslugi.ru/registration", "МФЦ", "Сбербанк онлайн"):
        assert way in reader.text
    assert state_of(town, "mother") is None


@pytest.mark.parametrize("changed", [{"level": "KD"}, {"deleted": True}])
def test_an_account_that_decides_nothing_is_refused(reader: Reader, town, running: Running, account, changed):
    account("mother", **changed)
    enter(reader, running, "mother")
    assert reader.page.status_code == 403


def test_who_refuses_is_told_what_else_he_can_do(reader: Reader, town, running: Running, account):
    account("mother")
    enter(reader, running, "mother", decision="refuse")
    assert reader.page.status_code == 409
    assert "не разрешили Госуслугам" in reader.text


@pytest.mark.parametrize(("place", "kind"), [("te", "html"), ("te", "500"), ("rest", "html")])
def test_an_esia_out_of_order_is_told_plainly(
    reader: Reader, town, running: Running, account, place: str, kind: str
):
    account("mother")
    running.stand.faults.switch(place, kind)
    enter(reader, running, "mother")
    assert reader.page.status_code == 503
    assert "сейчас не отвечают" in reader.text


def test_a_state_is_good_once(reader: Reader, town: Town, running: Running, account):
    account("mother")
    reader.open("/")
    path = way_back(reader, running, "mother")
    again = reader.open(path)
    assert again.status_code == 403
    assert "не прошёл проверку" in reader.text


def test_a_way_back_in_another_browser_opens_nothing(
    app: Flask, reader: Reader, town: Town, running: Running, account
):
    """Somebody sends a victim the end of his own login: the victim's browser is not let in by it."""
    account("mother")
    reader.open("/")
    action, values = reader.form("esia")
    address = reader.client.post(action, data=values).headers["Location"]
    back = urlsplit(running.way_back(address, "mother"))
    victim = Reader(app.test_client())
    victim.open("/")
    assert victim.open(f"{back.path}?{back.query}").status_code == 403
    assert victim.open("/decide").status_code == 401


def test_a_state_is_over_after_ten_minutes(reader: Reader, town: Town, running: Running, account):
    account("mother")
    reader.open("/")
    action, values = reader.form("esia")
    back = urlsplit(running.way_back(reader.client.post(action, data=values).headers["Location"], "mother"))
    with town.work() as work:
        work.connection.execute(update(esia_logins).values(ends_at=work.now))
    assert reader.open(f"{back.path}?{back.query}").status_code == 403


@pytest.mark.proves("S1-04", "S1-08")
def test_what_differs_is_shown_and_nothing_is_written_over(
    reader: Reader, town: Town, running: Running, account
):
    """S1-04, S1-08: the person sees both values."""
    account(
        "mother",
        last_name="Петрова",
        email=("other@example.org", VERIFIED),
        phone=("+7(914)0000009", NOT_VERIFIED),
    )
    enter(reader, running, "mother")
    assert reader.path == "/decide", reader.text
    assert reader.text.count("Расходится с Госуслугами") == 1
    after = card(town, "mother")
    assert after.last_name == "Иванова"
    assert after.email
    assert after.email.value != "other@example.org"
    assert after.email.confirmed_at is None
    assert after.phone
    assert after.phone.confirmed_at is None
    said = state_of(town, "mother").said
    assert {one.field for one in differing(after, said)} == {"last_name", "phone", "email"}
    reader.open(f"/decide/people/{town.people['mother']}")
    assert "Петрова" in reader.text
    assert "other@example.org" in reader.text


@pytest.mark.proves("S1-04")
def test_either_side_is_taken_by_an_explicit_step(reader: Reader, town: Town, running: Running, account):
    """S1-04: the source of a field changes by his step alone."""
    account("mother", last_name="Петрова", email=("other@example.org", VERIFIED))
    enter(reader, running, "mother")
    mother = town.people["mother"]
    with town.work(town.tutor()) as work:
        take_from_esia(work, town.school, mother, "email")
        keep_card(work, town.school, mother, "last_name")
    after, said = card(town, "mother"), state_of(town, "mother").said
    assert after.email
    assert (after.email.value, after.email.source) == ("other@example.org", Source.ESIA)
    assert after.email.confirmed_how is Confirmed.ESIA
    assert differing(after, said) == []
    change(town, "mother", last_name="Сидорова")
    assert [one.field for one in differing(card(town, "mother"), said)] == ["last_name"]


def test_a_card_without_snils_is_believed_only_by_its_own_link(
    reader: Reader, town: Town, running: Running, account
):
    account("mother")
    change(town, "mother", snils=None)
    enter(reader, running, "mother")
    assert reader.page.status_code == 403
    enter(reader, running, "mother", f"/i/{town.link('mother')}")
    assert reader.path == "/decide"


@pytest.mark.proves("S1-17")
def test_who_is_asked_in_two_schools_chooses(reader: Reader, town: Town, running: Running, account):
    """S1-17: one login, and the school in which he goes on."""
    with town.work() as work:
        place = get_school(work.connection, town.school).municipality_id
        other = add_school(
            work, SchoolSaid(place, "35", "Школа № 35", "МБОУ СОШ № 35", "г. Хабаровск, ул. Новая, д. 3")
        )
        programmes.join(work, other.id, MESH)
    first, town.school = town.school, other.id
    add_family(town, "little", date(2009, 3, 1), ["mother"])
    with town.work() as work:
        ask(work, other.id, MESH)
    town.school = first
    account("mother")
    enter(reader, running, "mother")
    assert "Где вы хотите решить?" in reader.text
    assert "Little" in reader.text
    reader.send("/esia/choice")
    assert reader.path == "/decide"
    login = one_login(town)
    assert reader.client.post("/esia/choice", data={"login": str(login)}).status_code in {403, 404}


def one_login(town: Town) -> UUID:
    with town.registry.reading(SYSTEM) as work:
        return work.connection.execute(select(esia_logins.c.id)).scalar_one()


def test_whose_authority_has_ended_is_let_in_nowhere(reader: Reader, town: Town, running: Running, account):
    """The rules of who may act stay where they are: a login by ESIA gives no right that a code would not."""
    account("mother")
    with town.work() as work:
        work.connection.execute(
            update(guardianships)
            .where(guardianships.c.guardian_id == town.people["mother"])
            .values(barred=True)
        )
    enter(reader, running, "mother")
    assert reader.page.status_code == 403
    assert reader.client.get("/decide").status_code == 401
