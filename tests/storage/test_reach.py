"""Row security on PostgreSQL: a transaction sees and changes the rows of the schools that it reaches."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, Table, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.policies import RULES, SCHOOL, held_tables
from registry.storage.reach import AT_THE_DOOR, EVERYTHING, NOTHING, REACH, Reach, of_schools
from registry.storage.schema import JsonText, SealedBytes, UtcDateTime, metadata
from tests.servers import served

import_tables()
A, B, ELSEWHERE = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
NEAR, FAR, REGION, OTHER_REGION = (UUID(int=number) for number in range(1, 5))
OF_PEOPLE = {"persons", "contacts", "past_contacts", "guardianships", "subject_keys", "trail_opening"}
OF_SCHOOLS = sorted(held_tables() - OF_PEOPLE)
COLUMN = {"trail_event": "tenant", "trail_pseudonym": "tenant"}
REFUSED = "row-level security|permission denied"


def school_column(table: Table) -> Any:
    return table.c[COLUMN.get(table.name, SCHOOL)]


def filled(table: Table, number: int, school: UUID) -> dict[str, Any]:
    """Make a row of a school; its other ids are of nothing, for foreign keys are not asked here."""
    row = {column.name: value_of(column.type, number) for column in table.columns if column.primary_key}
    row |= {column.name: value_of(column.type, number) for column in table.columns if not column.nullable}
    if table.name not in OF_PEOPLE:
        row[school_column(table).name] = school
    return row


def value_of(kind: Any, number: int) -> object:
    if isinstance(kind, SealedBytes):
        return b"\x01" + bytes(39) + bytes([number])
    if isinstance(kind, JsonText):
        return {}
    if isinstance(kind, UtcDateTime):
        return datetime(2020, 11, 2, tzinfo=UTC)
    values = {UUID: uuid4(), str: str(number), int: number, bool: True, bytes: bytes(31) + bytes([number])}
    return {**values, date: date(2020, 11, 2)}[kind.python_type]


@pytest.fixture(scope="module")
def database(postgres: Any) -> Iterator[str]:
    """A database with a row of two schools in every table that is held, and three schools in two regions."""
    postgres.execute("CREATE DATABASE reached TEMPLATE registry_template STRATEGY FILE_COPY")
    url = postgres.url("reached")
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")  # foreign keys are not asked
        _add_places(connection)
        for name in sorted(held_tables()):
            table = metadata.tables[name]
            connection.execute(insert(table), [filled(table, 1, A), filled(table, 2, B)])
    engine.dispose()
    yield url
    postgres.execute("DROP DATABASE reached WITH (FORCE)")


def _add_places(connection: Connection) -> None:
    places = metadata.tables
    for place, region in ((NEAR, REGION), (FAR, OTHER_REGION)):
        row = {"id": place, "region_id": region, "name": str(place)}
        connection.execute(insert(places["municipalities"]), row)
    for school, place in ((A, NEAR), (B, FAR), (ELSEWHERE, FAR)):
        connection.execute(insert(places["schools"]), filled_school(school, place))


def filled_school(school: UUID, place: UUID) -> dict[str, Any]:
    table = metadata.tables["schools"]
    row = {column.name: value_of(column.type, 1) for column in table.columns if not column.nullable}
    return row | {"id": school, "municipality_id": place, "code": str(school)}


@pytest.fixture(scope="module")
def serving(database: str) -> Iterator[Engine]:
    """The role that serves, one connection, and no reach but what a transaction says."""
    engine = make_engine(f"{served(database)}?options=-c%20registry.schools%3D", pool_size=1)
    yield engine
    engine.dispose()


@contextmanager
def reaching(engine: Engine, reach: Reach) -> Iterator[Connection]:
    """A transaction whose end is a rollback."""
    with engine.connect().execution_options(**{REACH: reach}) as connection:
        yield connection


def seen(connection: Connection, table: Table) -> set[UUID]:
    return set(connection.execute(select(school_column(table))).scalars())


@pytest.mark.parametrize("name", OF_SCHOOLS)
def test_a_transaction_sees_and_writes_rows_of_its_school_only(serving: Engine, name: str) -> None:
    """Promise 14, T5: whatever a statement says, no row of another school is read, written or moved."""
    table = metadata.tables[name]
    of, b_row = school_column(table), filled(table, 3, B)
    with reaching(serving, of_schools([A])) as connection:
        assert seen(connection, table) == {A}
        for statement in (insert(table).values(b_row), update(table).values({of.name: B})):
            with pytest.raises(DBAPIError, match=REFUSED), connection.begin_nested():
                connection.execute(statement)
        for verb in (f"UPDATE {name} SET {of.name} = {of.name}", f"DELETE FROM {name}"):
            assert changed(connection, f"{verb} WHERE {of.name} = '{B}'") == 0
    with reaching(serving, EVERYTHING) as connection:
        assert seen(connection, table) == {A, B}


def changed(connection: Connection, statement: str) -> int:
    """Count what a statement changes."""
    try:
        with connection.begin_nested():
            return connection.execute(text(statement)).rowcount
    except ProgrammingError:  # the role may not change this table at all
        return 0


@pytest.mark.parametrize("reach", [NOTHING, None])
def test_a_transaction_without_a_reach_sees_nothing(serving: Engine, reach: Reach | None) -> None:
    options = {} if reach is None else {REACH: reach}
    with serving.connect().execution_options(**options) as connection:
        found = {name: connection.execute(count(name)).scalar_one() for name in sorted(held_tables())}
    assert not any(found.values()), found


def count(name: str) -> Any:
    return select(func.count()).select_from(metadata.tables[name])


def test_the_door_sees_what_is_needed_before_it_is_known_who_asks(serving: Engine) -> None:
    with reaching(serving, AT_THE_DOOR) as connection:
        found = {name for name in held_tables() if connection.execute(count(name)).scalar_one()}
    assert found == {"sessions", "role_assignments", "invitations", "sealed_documents"}


def test_who_looks_after_the_installation_sees_nobody(serving: Engine) -> None:
    with reaching(serving, Reach(bare=True)) as connection:
        found = {name for name in held_tables() if connection.execute(count(name)).scalar_one()}
    # Pseudonyms are numbers by chance: his own entries about a school go under them.
    assert found == {"sessions", "role_assignments", "classes", "trail_pseudonym"}


@pytest.mark.parametrize(
    ("reach", "schools"),
    [
        (Reach(municipalities=frozenset({NEAR})), {A}),
        (Reach(municipalities=frozenset({FAR})), {B}),
        (Reach(regions=frozenset({REGION})), {A}),
        (Reach(municipalities=frozenset({NEAR}), regions=frozenset({OTHER_REGION})), {A, B}),
        (Reach(schools=frozenset({A}), municipalities=frozenset({FAR})), {A, B}),
        (Reach(municipalities=frozenset({uuid4()})), set()),
    ],
)
def test_a_branch_reaches_the_schools_below_it(serving: Engine, reach: Reach, schools: set[UUID]) -> None:
    with reaching(serving, reach) as connection:
        assert seen(connection, metadata.tables["enrolments"]) == schools


def test_a_reach_ends_with_its_transaction(serving: Engine) -> None:
    """The pool hands the same connection on: after a commit, a rollback or an error nothing is left of it."""
    backend = text("SELECT pg_backend_pid()")
    enrolments = metadata.tables["enrolments"]
    pids = set()
    for end in ("commit", "rollback"):
        with reaching(serving, EVERYTHING) as connection:
            pids.add(connection.execute(backend).scalar())
            assert seen(connection, enrolments) == {A, B}
            getattr(connection, end)()
        with serving.connect() as connection:
            assert seen(connection, enrolments) == set()
    with pytest.raises(DBAPIError), reaching(serving, EVERYTHING) as connection:
        connection.exec_driver_sql("SELECT 1 / 0")
    with serving.connect() as connection:
        pids.add(connection.execute(backend).scalar())
        assert seen(connection, enrolments) == set()
    assert len(pids) == 1


def test_row_security_is_forced_on_every_held_table(database: str) -> None:
    engine = make_engine(database)
    forced = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    with engine.connect() as connection:
        assert set(connection.execute(forced).scalars()) == held_tables()
    engine.dispose()
    assert RULES.keys() <= held_tables()
