"""A database that is lent to one test after another is as good as fresh, or it is not lent again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from registry.storage.engine import make_engine
from tests.conftest import TEMPLATE
from tests.databases import TABLES, Databases, lending, rows_of
from tests.guards.test_migrations import columns_of, fill
from tests.servers import Postgres

ALTERED = {
    "a column": "ALTER TABLE promises ADD COLUMN more text",
    "a default": "ALTER TABLE promises ALTER COLUMN last_error SET DEFAULT 'none'",
    "a dropped index": "DROP INDEX ix_promises_lane_due_at",
    "a silenced trigger": "ALTER TABLE acts DISABLE TRIGGER ALL",
    "a dropped trigger": "DROP TRIGGER acts_fence ON acts",
    "a policy": "ALTER TABLE promises ENABLE ROW LEVEL SECURITY",
    "a table": "CREATE TABLE more (id int)",
    "a function": "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a schema": "CREATE SCHEMA more",
    "a right": "GRANT SELECT ON promises TO PUBLIC",
    "a setting": "ALTER DATABASE {name} SET work_mem = '1MB'",
    "numbers of the planner": "ANALYZE alembic_version",
}


@pytest.fixture
def lender(postgres: Postgres) -> Iterator[Databases]:
    """A lender of this test's own, which has lent nothing yet."""
    with lending(postgres, TEMPLATE, "tried") as own:
        yield own


def oid(lender: Databases, name: str) -> object:
    """Tell a database from another whatever it is called."""
    return lender.desk.execute("SELECT oid FROM pg_database WHERE datname = %s", (name,)).fetchone()


def test_a_database_with_a_row_in_every_table_comes_back_as_the_template_is(
    lender: Databases, postgres: Postgres
) -> None:
    seen = []
    for _ in range(2):
        with lender.lend() as name:
            engine = make_engine(postgres.url(name))
            columns = {table: columns_of(engine, table) for table in inspect(engine).get_table_names()}
            seen.append((oid(lender, name), every_row(postgres, name)))
            fill(engine, columns)
            with engine.begin() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
                connection.execute(text("UPDATE trail_tree SET size = size + 1"))
            engine.dispose()
            assert all(every_row(postgres, name).values())
    assert seen[0] == seen[1]


def every_row(postgres: Postgres, name: str) -> dict[str, object]:
    with postgres.connect(name) as connection:
        return {str(table): rows_of(connection, str(table)) for (table,) in connection.execute(TABLES)}


@pytest.mark.parametrize("change", ALTERED.values(), ids=ALTERED)
def test_a_database_that_a_test_has_altered_is_not_lent_again(
    lender: Databases, postgres: Postgres, change: str
) -> None:
    with lender.lend() as name, postgres.connect(name) as connection:
        connection.execute(change.format(name=name))  # type: ignore[arg-type]
    assert not lender.free


def test_a_database_whose_counts_were_lost_is_not_lent_again(lender: Databases, postgres: Postgres) -> None:
    with lender.lend() as name, postgres.connect(name) as connection:
        connection.execute("SELECT pg_stat_reset()")
    assert not lender.free


def test_rows_of_a_session_that_was_cut_are_found_too(lender: Databases, postgres: Postgres) -> None:
    """The server counts what a session has written at times, and at its end at the latest."""
    with lender.lend() as name:
        engine, first, empty = make_engine(postgres.url(name)), oid(lender, name), every_row(postgres, name)
        fill(engine, {table: columns_of(engine, table) for table in inspect(engine).get_table_names()})
    with lender.lend() as again:
        assert (oid(lender, again), every_row(postgres, again)) == (first, empty)
    engine.dispose()


def test_what_a_test_has_left_running_is_cut_and_finds_its_database_no_more(
    lender: Databases, postgres: Postgres
) -> None:
    with lender.lend() as name:
        engine, first = make_engine(postgres.url(name)), oid(lender, name)
        left = engine.connect()
        left.execute(text("SELECT pg_advisory_lock(17)"))
    with lender.lend() as again, postgres.connect(again) as connection:
        assert oid(lender, again) == first
        assert connection.execute("SELECT pg_try_advisory_lock(17)").fetchone() == (True,)
        with pytest.raises(OperationalError):
            left.execute(text("SELECT 1"))
        left.invalidate()
        with pytest.raises(OperationalError, match="does not exist"), engine.connect():
            pass
    left.close()
    engine.dispose()


def test_sequences_begin_anew(lender: Databases, postgres: Postgres) -> None:
    seen = []
    for _ in range(2):
        with lender.lend() as name, postgres.connect(name) as connection:
            (sequence,) = (
                connection.execute("SELECT seqrelid::regclass::text FROM pg_sequence").fetchone() or ()
            )
            seen.append(connection.execute("SELECT nextval(%s)", (sequence,)).fetchone())
    assert seen[0] == seen[1]


def test_a_database_that_a_test_has_dropped_is_missed_by_nobody(lender: Databases) -> None:
    with lender.lend() as name:
        lender.desk.execute(f"DROP DATABASE {name}")  # type: ignore[arg-type]
    with lender.lend() as name:
        assert oid(lender, name)


def test_two_at_a_time_are_two(lender: Databases, postgres: Postgres) -> None:
    with lender.lend() as one, lender.lend() as other:
        assert oid(lender, one) != oid(lender, other)
