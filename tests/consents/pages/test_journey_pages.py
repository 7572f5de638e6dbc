"""A signer's way through the pages, from the link to the receipt."""

from collections.abc import Callable

import pytest

from registry.consents.rules.decisions import State
from tests.consents.conftest import Town, confirm_everything
from tests.consents.pages.conftest import Reader

NAME = "Иванова Мать"


def sign(reader: Reader, document: str, decision: str = "given") -> None:
    reader.open("/decide")
    reader.follow(document)
    reader.follow("перейти к решению")
    reader.send("/choice", decision=decision)
    reader.send("/sign", full_name=NAME)
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
