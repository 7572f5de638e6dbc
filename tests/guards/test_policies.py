"""Below the application's conditions every table of a school is held to the reach of a transaction."""

import ast

import pytest

from registry.storage.every_table import import_tables
from registry.storage.policies import RULES, SCHOOL, UNHELD, held_tables
from registry.storage.schema import metadata
from tests.guards.source import modules

OPENS = {"begin", "connect"}
MAY_OPEN_BARE = {
    "registry/storage/engine.py": "gives the reach that it is told",
    "registry/work.py": "gives the reach of who acts",
    "registry/backup/sqlite.py": "opens a SQLite file, which knows no row security",
    "registry/storage/grants.py": "grants rights and reads no row",
}
"""Modules that open a connection without saying `everywhere`, each with its reason."""


@pytest.fixture(autouse=True, scope="module")
def all_tables() -> None:
    import_tables()


def test_every_table_of_a_school_is_held_to_a_rule() -> None:
    """Promise 14, T5: a new table with a school is held by itself; what is not is named with its reason."""
    of_schools = {table.name for table in metadata.sorted_tables if SCHOOL in table.c}
    assert of_schools - held_tables() == set(UNHELD)
    assert all(UNHELD.values())


def test_every_rule_of_its_own_has_its_table_and_its_reason() -> None:
    assert not RULES.keys() - metadata.tables.keys()
    assert all(rule.why for rule in RULES.values())


def test_whoever_opens_a_connection_outside_a_unit_of_work_says_how_far_it_reaches() -> None:
    found = {
        f"{module.path}:{call.lineno}"
        for module in modules()
        if module.path not in MAY_OPEN_BARE
        for call in module.calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in OPENS
        and ast.unparse(call.func.value).rpartition(".")[2] == "engine"
    }
    assert not found
