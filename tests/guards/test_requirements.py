"""Each requirement stands in docs/requirements.md with the tests that prove it, or as not built yet."""

import re

from scripts.requirements_table import NUMBERS, PAGE, ROW, read_proofs, with_proofs
from tests.guards.source import ROOT


def test_each_requirement_has_its_row() -> None:
    assert [row[1] for row in ROW.finditer(PAGE.read_text())] == NUMBERS


def test_tests_prove_only_requirements_that_there_are() -> None:
    assert not set(read_proofs()) - set(NUMBERS)


def test_the_page_names_the_tests_that_there_are() -> None:
    """When it does not: `make requirements`."""
    page = PAGE.read_text()
    assert with_proofs(page, read_proofs()) == page


def test_the_page_names_places_that_there_are() -> None:
    places = [place for row in ROW.finditer(PAGE.read_text()) for place in re.findall(r"`([^`]+)`", row[3])]
    assert not [place for place in places if not (ROOT / place).exists()]
