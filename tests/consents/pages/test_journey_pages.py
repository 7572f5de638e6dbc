"""A signer's way through the pages, from the link to the receipt."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from registry.access.rules import Role
from registry.consents.models.tables import invitations
from registry.consents.pages import persons as pages
from registry.consents.rules.decisions import State
from registry.errors import N_, ConflictError
from registry.letters.envelopes import open_envelope
from registry.letters.models import letters, take
from registry.people.models.persons import Person, get_person
from registry.people.models.tables import persons, schools
from registry.people.models.writing import change_person
from registry.people.usecases.corrections import correct_field
from registry.storage.schema import metadata
from registry.trail.entries import SYSTEM
from registry.web.doors import doors
from tests.consents.conftest import Town, confirm_everything
from tests.consents.pages.conftest import Reader

NAME = "Иванова Mother"


def sign(reader: Reader, document: str, decision: str = "given") -> None:
    reader.open("/decide")
    reader.follow(document)
    reader.choose(decision)
    reader.send("/sign", full_name=NAME, insists="yes")
    assert "/decide/acts/" in reader.path, reader.text


@pytest.mark.proves("S1-01", "S1-05")
def test_a_guardian_who_reads_and_signs_everything_gives_for_her_child(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    confirm_everything(town)
    mother = signer("mother")
    sign(mother, "Соглашение о простой электронной подписи")
    assert "Соглашение заключено" in mother.text
    sign(mother, "Согласие на обработку данных ребёнка: Иванова Child")
    assert "Согласие дано" in mother.text
    sign(mother, "Согласие на обработку моих данных (представитель): Иванова Child")
    assert town.state("child") is State.GIVEN


PASSPORT = "паспорт 0801 № 123456, 12.03.2010, ОВД Центрального района"
OTHER_PASSPORT = "паспорт 0802 № 654321, 12.03.2012, ОВД Северного района"


def counts(town: Town) -> dict[str, int]:
    with town.registry.reading(SYSTEM) as work:
        tables = [one for name, one in metadata.tables.items() if not name.startswith("sqlite")]
        return {
            one.name: work.connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in tables
        }


def test_looking_at_a_link_a_hundred_times_changes_nothing(town: Town, reader: Reader) -> None:
    token = town.link("mother")
    before = counts(town)
    for _ in range(100):
        assert reader.open(f"/i/{token}").status_code == 200
    assert counts(town) == before
    assert "Child И." in reader.text
    assert "Иванова" not in reader.text


def test_a_student_of_15_decides_for_himself_and_his_mother_for_him(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    confirm_everything(town)
    teen = signer("teen")
    assert "Данные ребёнка" not in teen.text
    sign(teen, "Соглашение")
    sign(teen, "Согласие на обработку моих данных (обучающийся)")
    assert town.state("teen") is State.PARTLY_GIVEN
    mother = signer("mother")
    sign(mother, "Соглашение")
    sign(mother, "Согласие на обработку данных ребёнка: Иванова Teen")
    sign(mother, "Согласие на обработку моих данных (представитель): Иванова Teen")
    assert town.state("teen") is State.GIVEN


def test_a_mother_of_two_finds_both_children_on_one_desk(town: Town, signer: Callable[[str], Reader]) -> None:
    confirm_everything(town)
    mother = signer("mother")
    sign(mother, "Соглашение")
    for child in ("Child", "Teen"):
        for document in ("данных ребёнка", "моих данных (представитель)"):
            sign(mother, f"Согласие на обработку {document}: Иванова {child}")
    mother.open("/decide")
    assert "Всё решено" in mother.text
    assert town.state("child") is State.GIVEN
    assert town.state("teen") is State.PARTLY_GIVEN


def test_what_is_missing_is_filled_in_on_the_way(town: Town, signer: Callable[[str], Reader]) -> None:
    empty(town, "mother", "address", "identity_document", "snils")
    mother = signer("mother")
    mother.follow("Согласие на обработку данных ребёнка: Иванова Child")
    assert "ваш адрес регистрации" in mother.text
    mother.follow("Заполнить мои данные")
    answer = mother.send("/people/", snils="112-233-445 99", identity_document="паспорт 0801 № 123456")
    assert answer.status_code == 422
    assert "Контрольное число СНИЛС не сходится" in mother.text
    assert "Допишите дату выдачи документа" in mother.text
    assert 'value="112-233-445 99"' in mother.text
    said = {
        "snils": "112-233-445 95",
        "address": "г. Хабаровск, ул. Ленина, 1",
        "identity_document": PASSPORT,
    }
    answer = mother.send("/people/", **said)
    assert "Подтвердите, что телефон и почта верны" in mother.text
    mother.send("/people/", **said, contacts_true="yes")
    assert "Соглашение о простой электронной подписи" in mother.text
    mother.open("/decide")
    assert "Заполнено" in mother.text


def test_a_value_of_somebody_else_is_refused_beside_its_field(signer: Callable[[str], Reader]) -> None:
    mother = signer("mother")
    mother.follow("Мои данные")
    answer = mother.send("/people/", email="p1@example.ru", contacts_true="yes")
    assert answer.status_code == 422
    assert "уже записано за другим человеком" in mother.text


def test_after_a_refused_value_the_rest_is_written_and_the_form_goes_on_from_there(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    mother = signer("mother")
    mother.follow("Мои данные")
    said = {"address": "г. Хабаровск, ул. Новая, 5", "email": "p1@example.ru", "contacts_true": "yes"}
    assert mother.send("/people/", **said).status_code == 422
    assert card_of(town, "mother").address == "г. Хабаровск, ул. Новая, 5"

    answer = mother.send("/people/", email="own@example.ru", contacts_true="yes")
    assert answer.status_code == 200, mother.text
    held = card_of(town, "mother").email
    assert held is not None
    assert held.value == "own@example.ru"


def test_what_the_other_parent_wrote_meanwhile_is_shown_and_not_overwritten(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    mother, father = signer("mother"), signer("father")
    card = f"/decide/people/{town.people['child']}"
    mother.open(card)
    father.open(card)
    father.send("/people/", address="г. Хабаровск, ул. Новая, 5", contacts_true="yes")

    answer = mother.send("/people/", identity_document=OTHER_PASSPORT, contacts_true="yes")
    assert answer.status_code == 409
    assert "Тем временем здесь записали: г. Хабаровск, ул. Новая, 5." in mother.text
    assert OTHER_PASSPORT in mother.text
    child = card_of(town, "child")
    assert (child.address, child.identity_document) == ("г. Хабаровск, ул. Новая, 5", PASSPORT)

    answer = mother.send("/people/", address="г. Хабаровск, ул. Новая, 5", contacts_true="yes")
    assert answer.status_code == 200
    child = card_of(town, "child")
    assert (child.address, child.identity_document) == ("г. Хабаровск, ул. Новая, 5", OTHER_PASSPORT)


def test_what_is_written_between_the_look_and_the_writing_is_shown_too(
    town: Town, signer: Callable[[str], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = signer("mother")
    mother.open(f"/decide/people/{town.people['child']}")

    def beaten(*_: object) -> None:
        with town.registry.work(SYSTEM) as work:
            before = get_person(work.connection, work.vault, town.people["child"])
            change_person(work.connection, work.vault, before, {"address": "г. Хабаровск, ул. Новая, 5"})
        raise ConflictError(N_("Запись тем временем изменил кто-то другой."))

    monkeypatch.setattr("registry.consents.pages.persons._save", lambda **_: beaten())
    answer = mother.send("/people/", identity_document=OTHER_PASSPORT, contacts_true="yes")
    assert answer.status_code == 409
    assert "Тем временем здесь записали: г. Хабаровск, ул. Новая, 5." in mother.text
    assert OTHER_PASSPORT in mother.text


def test_two_who_write_the_same_at_a_time_are_no_conflict(
    town: Town, signer: Callable[[str], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = signer("mother")
    mother.open(f"/decide/people/{town.people['child']}")
    beaten: list[bool] = []
    save = pages._save  # noqa: SLF001 - the other one writes between two steps of this page

    def beaten_once(**said: object) -> object:
        if not beaten:
            beaten.append(True)
            with town.registry.work(SYSTEM) as work:
                before = get_person(work.connection, work.vault, town.people["child"])
                change_person(work.connection, work.vault, before, {"address": "г. Хабаровск, ул. Новая, 5"})
            raise ConflictError(N_("Запись тем временем изменил кто-то другой."))
        return save(**said)

    monkeypatch.setattr(pages, "_save", beaten_once)
    answer = mother.send("/people/", address="г. Хабаровск, ул. Новая, 5", contacts_true="yes")
    assert answer.status_code == 200, mother.text
    assert card_of(town, "child").address == "г. Хабаровск, ул. Новая, 5"


def card_of(town: Town, name: str) -> Person:
    with town.registry.reading(SYSTEM) as work:
        return get_person(work.connection, work.vault, town.people[name])


def test_the_data_of_a_stranger_are_not_shown(town: Town, signer: Callable[[str], Reader]) -> None:
    father = signer("father")
    assert father.open(f"/decide/people/{town.people['teen']}").status_code == 404
    assert father.open(f"/decide/people/{town.people['mother']}").status_code == 404


def test_a_wrong_code_says_how_many_tries_are_left(town: Town, reader: Reader) -> None:
    reader.open(f"/i/{town.link('mother')}")
    reader.send("/start", channel="phone")
    right = town.code_of("mother")
    wrong = "000000" if right != "000000" else "111111"
    answer = reader.send("/code", code=wrong)
    assert answer.status_code == 422
    assert "Осталось попыток: 4" in reader.text
    reader.send("/code", code="12")
    assert "В коде шесть цифр" in reader.text
    for _ in range(4):
        reader.send("/code", code=wrong)
    assert "Запросите новый" in reader.text
    assert reader.send("/code", code=right).status_code == 422


def test_a_code_may_be_typed_with_blanks(town: Town, reader: Reader) -> None:
    reader.open(f"/i/{town.link('mother')}")
    reader.send("/start", channel="email")
    code = town.code_of("mother")
    reader.send("/code", code=f" {code[:3]} {code[3:]} ")
    assert reader.path == "/decide"


@pytest.mark.parametrize("token", ["nothing", "%00", "a" * 5000, "../../etc"])
def test_a_wrong_link_says_what_to_do(reader: Reader, token: str) -> None:
    assert reader.open(f"/i/{token}").status_code in {404, 410}
    assert "школ" in reader.text or "главную" in reader.text


def test_an_expired_link_says_what_to_do(town: Town, reader: Reader) -> None:
    token = town.link("mother")
    with town.work() as work:
        work.connection.execute(update(invitations).values(expires_at=work.now))
    assert reader.open(f"/i/{token}").status_code == 410
    assert "попросите в школе новую" in reader.text


def test_a_code_is_good_once(town: Town, reader: Reader, app: Flask) -> None:
    token = town.link("mother")
    reader.open(f"/i/{token}")
    reader.send("/start", channel="phone")
    code = town.code_of("mother")
    reader.send("/code", code=code)
    other = Reader(app.test_client())
    other.open(f"/i/{token}/code")
    assert other.send("/code", code=code).status_code == 422
    assert "Запросите новый" in other.text
    assert re.search(r"<details[^>]* open", other.text)
    assert 'value="' + code + '"' not in other.text


def test_somebody_else_closes_the_link(town: Town, reader: Reader) -> None:
    token = town.link("mother")
    reader.open(f"/i/{token}")
    reader.follow("Это не я")
    reader.send("/not-me")
    assert "ссылка закрыта" in reader.text
    assert reader.open(f"/i/{token}").status_code == 410


def test_the_school_is_led_to_where_the_link_that_came_to_somebody_else_is_made_anew(
    town: Town, reader: Reader, employee: Callable[[Role], Reader]
) -> None:
    with town.work() as work:
        work.connection.execute(update(schools).values(email="school@example.org"))
    reader.open(f"/i/{town.link('mother')}")
    reader.follow("Это не я")
    reader.send("/not-me")
    with town.work() as work:
        written = work.connection.execute(select(letters.c.id).where(letters.c.kind == "task")).scalar_one()
        taken = take(work.connection, written, work.now)
        assert taken
        told = open_envelope(work.vault, work.connection, taken)
    place = re.search(r"https?://[^/]+(/consents/schools/\S+)", told.text)
    assert place
    clerk = employee(Role.CLERK)
    clerk.open(place[1])
    assert "Отправить новую ссылку" in clerk.text


def test_a_last_click_sent_twice_is_one_act(town: Town, signer: Callable[[str], Reader]) -> None:
    confirm_everything(town)
    mother = signer("mother")
    mother.follow("Соглашение")
    mother.choose("given")
    action, values = mother.form("/sign")
    answers = [mother.client.post(action, data={**values, "full_name": NAME}) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert counts(town)["acts"] == 1


@pytest.mark.proves("S1-21")
def test_a_refusal_needs_no_data_and_no_agreement(town: Town, signer: Callable[[str], Reader]) -> None:
    empty(town, "mother", "address", "identity_document", "snils")
    mother = signer("mother")
    mother.follow("Согласие на обработку данных ребёнка: Иванова Child")
    mother.follow("Отказаться, не заполняя данные")
    mother.send("/sign", full_name=NAME)
    assert "Отказ записан" in mother.text
    assert town.state("child") is State.REFUSED


def test_nothing_is_chosen_in_advance_and_a_name_is_needed(signer: Callable[[str], Reader]) -> None:
    mother = signer("mother")
    mother.follow("Соглашение")
    assert "checked" not in mother.text
    assert mother.choose("").status_code == 422
    assert "Выберите, заключаете вы соглашение или нет" in mother.text
    mother.choose("given")
    assert mother.send("/sign", full_name="").status_code == 422
    assert "Напишите свои фамилию, имя и отчество" in mother.text
    mother.send("/sign", full_name="<b>=1+1</b>\x00" + "я" * 150, insists="yes")
    assert "Соглашение заключено" in mother.text


def test_who_signs_under_another_name_is_asked_once(town: Town, signer: Callable[[str], Reader]) -> None:
    mother = signer("mother")
    mother.follow("Соглашение")
    mother.choose("given")
    assert mother.send("/sign", full_name="Петров Пётр").status_code == 422
    assert "Имя не такое, как у того, кому школа прислала ссылку" in mother.text
    assert 'value="Петров Пётр"' in mother.text
    assert counts(town)["acts"] == 0
    mother.send("/sign", insists="yes")
    assert "Соглашение заключено" in mother.text


def test_the_document_of_a_decision_is_there_and_the_consent_can_be_withdrawn_and_given_again(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    confirm_everything(town)
    mother = signer("mother")
    sign(mother, "Соглашение")
    sign(mother, "Согласие на обработку данных ребёнка: Иванова Child")
    assert "+10" in mother.text
    document = re.search(r'href="([^"]+)"[^>]*>\s*Документ с печатью', mother.text)
    assert document
    assert document[1].endswith("/copy")
    later = signer("mother")
    later.follow("Согласие на обработку данных ребёнка: Иванова Child")
    later.follow("Отозвать")
    later.send("/withdrawal", full_name=NAME, reason="changed_mind", note="передумали")
    assert "Согласие отозвано" in later.text
    assert town.state("child") is State.WITHDRAWN
    later.open("/decide")
    later.follow("Согласие на обработку данных ребёнка: Иванова Child")
    later.follow("Читать документ")
    later.choose("given")
    later.send("/sign", full_name=NAME)
    assert "Согласие дано" in later.text


def test_a_text_that_changed_meanwhile_has_to_be_read_again(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    confirm_everything(town)
    mother = signer("mother")
    mother.follow("Соглашение")
    mother.choose("given")
    with town.work() as work:
        correct_field(work, town.school, town.people["mother"], "last_name", "Петрова")
    answer = mother.send("/sign", full_name=NAME)
    assert answer.status_code == 409
    assert counts(town)["acts"] == 0
    mother.follow("Открыть документ снова")
    assert "Заключаете соглашение" in mother.text


def test_a_name_that_looks_like_markup_stays_a_name(town: Town, signer: Callable[[str], Reader]) -> None:
    with town.work() as work:
        person = get_person(work.connection, work.vault, town.people["child"])
        change_person(work.connection, work.vault, person, {"first_name": "<img src=x>", "last_name": "=1+1"})
    mother = signer("mother")
    assert mother.page is not None
    assert "&lt;img src=x&gt;" in mother.page.text
    assert "<img" not in mother.page.text


def empty(town: Town, name: str, *fields: str) -> None:
    """Let a card be without some values, as a roster brings it."""
    clear: dict[str, None] = dict.fromkeys(fields)
    if "snils" in clear:
        clear["snils_index"] = None
    with town.work() as work:
        work.connection.execute(update(persons).where(persons.c.id == town.people[name]).values(clear))


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    told = {endpoint for endpoint, door in doors(app) if door is not None}
    rules = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert rules <= told


def test_a_form_that_was_saved_but_lacks_something_says_what(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    empty(town, "mother", "address")
    mother = signer("mother")
    sign(mother, "Соглашение")
    mother.open("/decide")
    mother.follow("Мои данные")
    mother.send("/people/", contacts_true="yes")
    assert "Записано. Не хватает: адрес регистрации" in mother.text
    mother.send("/people/", address="г. Хабаровск, ул. Ленина, д. 1")
    assert "Записано. Не хватает" not in mother.text
