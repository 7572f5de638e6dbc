"""Every sealed column says under whose key its values stand, and to what each of them is bound."""

import string

import pytest

from registry.storage.every_table import import_tables
from registry.storage.sealed_columns import declared, sealed_columns

FEWEST = 15


@pytest.fixture(autouse=True, scope="module")
def all_tables() -> None:
    import_tables()


def test_every_sealed_column_says_under_whose_key_its_values_stand() -> None:
    assert len(sealed_columns()) >= FEWEST
    assert [str(column) for column in sealed_columns() if declared(column) is None] == []


def test_what_a_sealed_column_says_names_columns_of_its_table() -> None:
    for column in sealed_columns():
        said = declared(column)
        assert said is not None
        named = {name for _, name, _, _ in string.Formatter().parse(said.place) if name}
        named |= {name for name in (said.subject, said.row, said.version) if name}
        assert named <= {*column.table.c.keys()}, str(column)


def test_a_place_is_named_for_the_column_whose_values_are_bound_to_it() -> None:
    for column in sealed_columns():
        said = declared(column)
        if said is not None and said.master:
            assert said.place.partition("/")[0] == str(column)
