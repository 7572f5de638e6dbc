"""The school stands in the keys of all that belongs to a school: no row of one can point into another."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table, UniqueConstraint, Uuid

from registry.storage.every_table import import_tables
from registry.storage.schema import metadata

SCHOOL = "school_id"
UNKEYED = {
    "role_assignments": "a right may be for a municipality, a region or the operator, and belongs to a user",
    "sessions": "is found by the hash of its token before anything is known, its school too",
    "case_history": "a line is found by its case, which may belong to no school; a second foreign key holds"
    " the school of a line to the school of its case",
}
"""Tables with a school's id that is in none of their keys, each with its reason."""


@pytest.fixture(autouse=True, scope="module")
def all_tables() -> None:
    import_tables()


def is_keyed(table: Table) -> bool:
    """Tell whether the school is in the primary key, or in a unique constraint with the row's id."""
    if SCHOOL in table.primary_key.columns:
        return True
    pairs = ({*one.columns.keys()} for one in table.constraints if isinstance(one, UniqueConstraint))
    return {SCHOOL, "id"} in pairs


def of_schools(tables: MetaData) -> list[Table]:
    return [table for table in tables.sorted_tables if SCHOOL in table.c]


def loose(tables: MetaData) -> Iterator[str]:
    """Name the foreign keys between tables of schools that hold no school, if no other makes it good."""
    for table in of_schools(tables):
        keys = [one for one in table.foreign_key_constraints if SCHOOL in one.referred_table.c]
        held = [one for one in keys if holds_school(one)]
        for one in keys:
            good = any(
                one.referred_table is other.referred_table and {*one.column_keys} <= {*other.column_keys}
                for other in held
            )
            if not good:
                yield f"{table.name}({', '.join(one.column_keys)}) -> {one.referred_table.name}"


def holds_school(key: ForeignKeyConstraint) -> bool:
    pairs = [(one.parent.name, one.column.name) for one in key.elements]
    return (SCHOOL, SCHOOL) in pairs


def test_the_school_is_in_the_keys_of_every_table_of_a_school() -> None:
    unkeyed = {table.name for table in of_schools(metadata) if not is_keyed(table)}
    assert unkeyed == set(UNKEYED)


def test_a_foreign_key_between_tables_of_schools_holds_the_school() -> None:
    assert not list(loose(metadata))


def test_the_guard_sees_a_table_without_and_a_foreign_key_that_forgets_the_school() -> None:
    tables = MetaData()
    Table("parents", tables, Column("id", Uuid, primary_key=True), Column(SCHOOL, Uuid))
    Table(
        "children",
        tables,
        Column("id", Uuid, primary_key=True),
        Column(SCHOOL, Uuid),
        Column("parent_id", Uuid, ForeignKey("parents.id")),
        UniqueConstraint(SCHOOL, "id"),
    )
    assert [is_keyed(table) for table in of_schools(tables)] == [False, True]
    assert list(loose(tables)) == ["children(parent_id) -> parents"]
