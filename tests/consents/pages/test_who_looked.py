"""Who looked at somebody's data: he sees it on a page of his own, by role, school, time and purpose."""

from collections.abc import Callable

from registry.access.rules import Role
from registry.people.usecases.cards import view_card
from registry.trail.entries import Actor
from registry.trail.purposes import Purpose
from tests.consents.conftest import Town, counted
from tests.consents.pages.conftest import Reader

PAGE = "/decide/looks"


def audit(town: Town, name: str) -> None:
    with town.work() as work:
        purpose = Purpose(work.new_id(), "complaint", "приказ № 15")
        work.actor = Actor("staff", work.new_id(), "auditor", "password", None, purpose)
        view_card(work, town.school, town.people[name])


def test_a_guardian_sees_who_looked_at_her_data_and_at_her_childrens(
    town: Town, signer: Callable[[str], Reader], employee: Callable[[Role], Reader]
) -> None:
    """Role, school and what; never the name of who looked."""
    mother, tutor = signer("mother"), employee(Role.TUTOR)
    assert "Пока никто не открывал" in mother.open(PAGE).text
    links = f"/consents/schools/{town.school}/students/{town.people['child']}/links"
    for _ in range(2):
        assert tutor.open(links).status_code == 200
    audit(town, "child")
    mother.open("/decide")
    mother.follow("Кто смотрел ваши данные")
    assert mother.text.count("Открыты ссылки и контакты") == 1
    assert "Классный руководитель" in mother.text
    assert "Школа №\u00a017" in mother.text
    assert "Основание: Проверка по обращению или жалобе, приказ № 15" in mother.text
    assert "Проверяющий" in mother.text
    assert "Сотрудник tutor" not in mother.text


def test_nobody_sees_who_looked_at_others(town: Town, signer: Callable[[str], Reader]) -> None:
    """A student sees the looks at himself, his brother's he does not."""
    audit(town, "child")
    assert "Проверка по обращению" not in signer("teen").open(PAGE).text


def test_the_number_of_statements_does_not_grow_with_the_looks(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    mother = signer("mother")
    numbers = []
    for _ in range(2):
        for _ in range(5):
            audit(town, "mother")
        with counted(town.registry) as statements:
            assert mother.open(PAGE).status_code == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
