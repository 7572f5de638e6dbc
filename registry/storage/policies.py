"""Row security on PostgreSQL: which table is held to the reach of a transaction, and by which rule.

A table with a `school_id` is held to its school unless it is named here with another rule. Security is
forced, on the owner of a table too. A superuser and a role with BYPASSRLS pass it by: a production start
refuses them.

A migration that makes a table of a school, or one that is named here, calls `raise_policies` after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, event, inspect, text

from registry.storage.reach import ALL, BARE, DOOR, SETTING
from registry.storage.schema import metadata

SCHOOL: Final = "school_id"
POLICY: Final = "reach"

# The ids of a reach stand in one text, and none of them can be part of others: so a search in the text tells
# whether one is among them, at a fraction of the cost of making an array of it for each row.
_SEES: Final = f"""
CREATE OR REPLACE FUNCTION sees_school(school uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT current_setting('{SETTING}', true) = '{ALL}'
    OR strpos(current_setting('{SETTING}', true), school::text) > 0
$$
"""
_MARKED: Final = f"""
CREATE OR REPLACE FUNCTION reach_has(mark text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT current_setting('{SETTING}', true) = '{ALL}'
    OR strpos(current_setting('{SETTING}', true), mark) > 0
$$
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row must fulfil to be seen and changed.

    Attributes:
        sees: SQL condition for rows that are read, changed or deleted.
        writes: SQL condition for rows as they are written; the same where it is empty.
        why: why this table has a rule of its own.
    """

    sees: str
    writes: str = ""
    why: str = ""


OF_SCHOOL: Final = Rule("sees_school(school_id)")
_ANY_ID: Final = "-"
_BEFORE_KNOWN: Final = f"sees_school(school_id) OR reach_has('{DOOR}') OR reach_has('{BARE}')"
_OR_OF_NONE: Final = f"sees_school(school_id) OR (school_id IS NULL AND reach_has('{BARE}'))"
_OF_PEOPLE: Final = f"reach_has('{_ANY_ID}')"
_PERSON: Final = (
    "a person belongs to no school: a list is matched by number against everybody, a child changes schools;"
    " who reaches no school sees nobody, and which persons, the application's own conditions say"
)

RULES: Final = {
    "sessions": Rule(
        f"{_BEFORE_KNOWN} OR (school_id IS NULL AND reach_has('{_ANY_ID}'))",
        why="is read before it is known who asks; a member of staff has one session for all his schools",
    ),
    "role_assignments": Rule(
        f"{_BEFORE_KNOWN} OR (school_id IS NULL AND reach_has('{_ANY_ID}'))",
        why="is read before it is known who asks; a right may be for a branch; administrators give rights",
    ),
    "invitations": Rule(
        f"sees_school(school_id) OR reach_has('{DOOR}')",
        why="a personal link is found by its token before its school is known",
    ),
    "sealed_documents": Rule(
        f"sees_school(school_id) OR reach_has('{DOOR}')",
        why="a stranger finds it by its code or its digest before its school is known",
    ),
    "classes": Rule(
        f"sees_school(school_id) OR reach_has('{BARE}')",
        why="a grade and a letter tell of nobody, and an administrator gives rights in classes",
    ),
    "cases": Rule(_OR_OF_NONE, why="a case may be of the installation"),
    "case_counts": Rule(
        "sees_school(school_id)"
        f" OR (school_id = '00000000-0000-0000-0000-000000000000' AND reach_has('{BARE}'))",
        why="has the nil id for cases of the installation",
    ),
    "case_history": Rule(_OR_OF_NONE, why="a case may be of the installation"),
    "letters": Rule(
        _OR_OF_NONE,
        "sees_school(school_id) OR school_id IS NULL",
        why="a letter may be to staff about their accounts: anybody may add one, only the worker reads it",
    ),
    "persons": Rule(_OF_PEOPLE, why=_PERSON),
    "contacts": Rule(_OF_PEOPLE, why=_PERSON),
    "past_contacts": Rule(_OF_PEOPLE, why=_PERSON),
    "guardianships": Rule(_OF_PEOPLE, why=_PERSON),
    "subject_keys": Rule(_OF_PEOPLE, why="opens what is sealed of a person, who belongs to no school"),
    "trail_opening": Rule(_OF_PEOPLE, why="what an entry says of a person, sealed under that person's key"),
    "trail_event": Rule(
        "sees_school(tenant)",
        f"tenant IS NULL OR sees_school(tenant) OR reach_has('{BARE}')",
        why="calls the school its tenant; what belongs to no school anybody may add, what an administrator"
        " does for a school he may, and only the log reads",
    ),
    "trail_pseudonym": Rule(
        f"tenant = '00000000-0000-0000-0000-000000000000' OR sees_school(tenant) OR reach_has('{BARE}')",
        why="calls the school its tenant, and has the nil id for what belongs to none",
    ),
}
"""Tables with a rule of their own, each with its reason."""

UNHELD: Final[dict[str, str]] = {}
"""Tables with a `school_id` that no rule holds, each with its reason: none."""


def rule_of(table: Table) -> Rule | None:
    """Give the rule that holds a table, or none."""
    if table.name in RULES:
        return RULES[table.name]
    return OF_SCHOOL if SCHOOL in table.c and table.name not in UNHELD else None


def held_tables() -> frozenset[str]:
    """Name the tables that a rule holds."""
    return frozenset(table.name for table in metadata.tables.values() if rule_of(table) is not None)


_UNHELD: Final = text(
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
    " AND relnamespace = current_schema()::regnamespace"
    f" AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = '{SCHOOL}')"
    " AND NOT (relrowsecurity AND relforcerowsecurity"
    " AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)) ORDER BY relname"
)


def unheld_tables(connection: Connection) -> list[str]:
    """Name the tables of schools in a database on which no row security is forced."""
    if connection.dialect.name != "postgresql":
        return []
    return [name for name in connection.execute(_UNHELD).scalars() if name not in UNHELD]


def raise_policies(connection: Connection) -> None:
    """Hold every table that there is to its rule, anew where one stands; nothing on SQLite.

    Tables that a later migration makes are passed over: it calls this again.
    """
    if connection.dialect.name != "postgresql":
        return
    standing = set(inspect(connection).get_table_names())
    for statement in (_SEES, _MARKED):
        connection.exec_driver_sql(statement)
    for table in metadata.sorted_tables:
        rule = rule_of(table)
        if rule is not None and table.name in standing:
            for statement in _statements(table.name, rule):
                connection.exec_driver_sql(statement)


def lower_policies(connection: Connection) -> None:
    """Take everything of this down again: the way back of the migration that brought it."""
    if connection.dialect.name != "postgresql":
        return
    for table in sorted(held_tables() & set(inspect(connection).get_table_names())):
        connection.exec_driver_sql(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
        connection.exec_driver_sql(
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
        )
    for function in ("sees_school(uuid)", "reach_has(text)"):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}")


def _statements(table: str, rule: Rule) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS {POLICY} ON {table}"
    check = rule.writes or rule.sees
    yield f"CREATE POLICY {POLICY} ON {table} USING ({rule.sees}) WITH CHECK ({check})"


@event.listens_for(metadata, "after_create")
def _created(_metadata: object, connection: Connection, **_: Any) -> None:  # noqa: ANN401 - an event's extras
    raise_policies(connection)
