"""A million cases that wait, written set by set: copies of one case that the engine itself began."""

from collections.abc import Mapping
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import Table

from benchmarks.workflows.definition import ACTOR, ID, SCHOOL, WAITING
from registry.trail.models import trail_object
from registry.work import Registry
from registry.workflows import usecases
from registry.workflows.cases import Subject
from registry.workflows.models.tables import case_history, cases

MANY = 1_000_000
SCHOOLS = 1_000

_ID = "(lpad(to_hex(1700000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid"
_SCHOOL = f"lpad(to_hex(n % {SCHOOLS}), 32, '0')::uuid"
_STATE = f"(ARRAY{list(WAITING)})[1 + n % {len(WAITING)}]"
_LINE = f"2 * (n % {len(WAITING)})"
_DUE = "first.due_at + n * interval '1 minute'"

Connection = psycopg.Connection[tuple[object, ...]]


def seed(registry: Registry, connection: Connection) -> None:
    """Fill the tables: each case with its line of history and its head in the trail.

    What is not said here of a case is as the engine wrote it for the first one.
    """
    with registry.work(ACTOR) as work:
        first = usecases.start(work, ID, Subject("thing", uuid4()), SCHOOL)
    standing = {"state": _STATE, "due_line": _LINE, "due_at": _DUE, "school_id": _SCHOOL}
    told: dict[Table, tuple[str, Mapping[str, str]]] = {
        cases: ("id", {"id": _ID, "subject_id": "gen_random_uuid()", **standing}),
        case_history: ("case_id", {"case_id": _ID, "school_id": _SCHOOL, "target": _STATE}),
        trail_object: ("id", {"id": _ID}),
    }
    # The foreign keys hold by the way of writing, and to ask for them a million times takes a minute.
    connection.execute("SET session_replication_role = replica")
    for table, (key, columns) in told.items():
        values = {column.name: columns.get(column.name, f"first.{column.name}") for column in table.c}
        copies = (
            f"INSERT INTO {table.name} ({', '.join(values)}) SELECT {', '.join(values.values())}"
            f" FROM {table.name} AS first, generate_series(1, {MANY}) AS n WHERE first.{key} = '{first.id}'"
        )
        connection.execute(sql.SQL(copies))
    connection.execute("SET session_replication_role = origin")
    connection.execute("VACUUM ANALYZE")


def make_due(connection: Connection, begin: int, count: int) -> None:
    """Let the first deadline of some cases have passed, an hour ago: here and there among the million."""
    chosen = f"SELECT {_ID} FROM generate_series({begin}, {MANY}, {MANY // count}) AS n"
    past = (
        "UPDATE cases SET entered_at = entered_at - interval '49 hours',"
        f" due_at = entered_at - interval '1 hour' WHERE id IN ({chosen})"
    )
    assert connection.execute(sql.SQL(past)).rowcount == count
