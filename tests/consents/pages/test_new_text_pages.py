"""What a signer and staff see of a document whose text changed, and the languages of a document."""

from collections.abc import Callable

import pytest

from registry.access.rules import Role
from registry.consents.rules.decisions import State
from registry.programmes.rules.numbers import Change
from tests.consents.conftest import C, Town, confirm_everything
from tests.consents.pages.conftest import Reader
from tests.consents.pages.test_journey_pages import sign
from tests.consents.test_new_texts import go_over, publish

CHILD = "Согласие на обработку данных ребёнка: Иванова Child"


@pytest.fixture
def mother(town: Town, signer: Callable[[str], Reader]) -> Reader:
    """The mother, who gave for her child on the text of now."""
    confirm_everything(town)
    made = signer("mother")
    sign(made, "Соглашение о простой электронной подписи")
    sign(made, CHILD)
    return made


def test_who_gave_reads_what_he_gave_on_beside_the_text_in_force(
    town: Town, mother: Reader, employee: Callable[[Role], Reader]
):
    assert "Согласие на обработку данных ребёнка, версия 1.0" in mother.text
    publish(town, C, Change.MINOR)
    go_over(town)
    mother.open("/decide")
    mother.follow(CHILD)
    assert "Версия 1.0: текст, по которому принято решение" in mother.text
    assert "Новая строка" not in mother.text
    assert "Сейчас действует версия 1.1" in mother.text
    mother.follow("Прочитать действующий текст")
    assert "Новая строка" in mother.text

    tutor = employee(Role.TUTOR)
    tutor.open(f"/consents/schools/{town.school}/students/{town.people['child']}/paper")
    tutor.follow("Согласие на обработку данных ребёнка, версия 1.0")
    if "/step-up" in tutor.path:
        tutor.send("/step-up", password="correct horse")
    assert "Иванова Child" in tutor.text
    assert "Сейчас действует версия 1.1" in tutor.text


def test_whose_consent_lapsed_is_told_reads_the_new_text_and_decides_again(town: Town, mother: Reader):
    publish(town, C, Change.MAJOR)
    go_over(town)
    mother.open("/decide")
    mother.follow(CHILD)
    assert "Вышел новый текст этого документа" in mother.text
    assert "Новая строка" in mother.text
    new = mother.path
    mother.follow("Что вы подписали раньше")
    assert "Версия 1.0: текст" in mother.text
    assert "Новая строка" not in mother.text
    mother.follow("Отозвать")
    assert "Отозвать согласие?" in mother.text
    mother.open(new)
    mother.choose("given")
    mother.send("/sign", full_name="Иванова Mother", insists="yes")
    assert "версия 2.0" in mother.text
    assert town.state("child") is State.PARTLY_GIVEN


def test_a_signer_chooses_the_language_of_the_document(town: Town, signer: Callable[[str], Reader]):
    adult = signer("adult")
    adult.open("/decide")
    adult.follow("Соглашение о простой электронной подписи")
    assert "Соглашение об использовании" in adult.text
    adult.follow("English")
    assert "Agreement on the use of a simple electronic signature" in adult.text
    assert "the Russian text decides" in adult.text
    adult.choose("given")
    adult.send("/sign", full_name="Иванова Adult", insists="yes")
    adult.follow("Текст, по которому вы решили")
    assert "Agreement on the use" in adult.text
