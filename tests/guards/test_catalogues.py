"""Every word of the registry stands in every catalogue, with the places and tags of the Russian."""

import pytest
from babel.messages import Catalog

from registry.catalogues import spoken
from scripts.messages import read, template
from scripts.translate import faults, fill

LANGUAGES = ("bg", "en")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    """All texts of the registry, as `make messages` gathers them."""
    return template()


def ids(catalog: Catalog) -> set[object]:
    return {(one.id, one.context) for one in catalog if one.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_text_and_no_other(texts: Catalog, language: str) -> None:
    """`make messages` brings a catalogue up to the texts."""
    found = ids(read(language))
    assert found
    assert found == ids(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_its_places_and_tags(language: str) -> None:
    """`python -m scripts.translate LANGUAGE` prints the texts that wait."""
    assert [fault for one in read(language) if one.id for fault in faults(one)] == []


def test_every_language_with_a_whole_catalogue_is_offered() -> None:
    assert set(spoken()) >= {"ru", *LANGUAGES}


@pytest.mark.parametrize(
    "wrong",
    ["", "Hello", "Hello, %(nome)s!", "Hello, <b>%(name)s</b>!", "Hello, %(name)s!\n", " Hello, %(name)s!"],
)
def test_a_translation_that_loses_or_adds_something_is_refused(wrong: str) -> None:
    catalog = Catalog("en", fuzzy=False)
    catalog.add("Здравствуйте, %(name)s!")
    assert fill(catalog, {"Здравствуйте, %(name)s!": wrong})
    assert fill(catalog, {"Здравствуйте, %(name)s!": "Hello, %(name)s!"}) == []
    assert fill(catalog, {"До свидания!": "Goodbye!"}) == ["no such text: До свидания!"]


def test_a_translation_to_be_looked_at_again_is_refused() -> None:
    catalog = Catalog("en", fuzzy=False)
    message = catalog.add("Школа", "School", flags=["fuzzy"])
    assert faults(message)


def test_a_plural_needs_all_its_forms() -> None:
    catalog = Catalog("en", fuzzy=False)
    catalog.add(("%(n)s ребёнок", "%(n)s детей"))
    assert fill(catalog, {"%(n)s ребёнок": ["%(n)s child", ""]})
    assert fill(catalog, {"%(n)s ребёнок": ["%(n)s child", "%(n)s children"]}) == []
