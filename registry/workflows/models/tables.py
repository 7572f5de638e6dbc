"""The engine's tables: versions of definitions and drafts, cases, lines of history, sets that moved."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    Uuid,
    text,
)

from registry.storage.schema import JsonText, SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_master

workflow_versions = Table(
    "workflow_versions",
    metadata,
    Column("definition_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("id", Uuid, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    # Where it came from: a shipped file of the number `shipped`, or a draft that two people published.
    Column("origin", String(16), nullable=False, server_default="shipped"),
    Column("shipped", Integer),
    Column("based_on", Integer),
    Column("edited_by", Uuid),
    Column("approved_by", Uuid),
    PrimaryKeyConstraint("definition_id", "version"),
)

NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""How `late_at` says that a case is never overdue: after every time, so that one order does for all."""
FAR: Final = "9000-01-01T00:00:00.000000Z"
"""The same as both databases write it."""

_WAITING: Final = text("closed_at IS NULL AND assignee_role IS NOT NULL")
_TAKEN: Final = text("closed_at IS NULL AND assignee_person IS NOT NULL")


def _tasks(name: str, condition: TextClause, *columns: str) -> Index:
    """Make an index of tasks alone, in the order of their lists."""
    return Index(name, *columns, "late_at", "id", sqlite_where=condition, postgresql_where=condition)


workflow_drafts = Table(
    "workflow_drafts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("definition_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("shipped", Integer),
    Column("edited_by", Uuid),
    Column("edited_at", UtcDateTime, nullable=False),
    Column("asked_by", Uuid),
    Column("asked_at", UtcDateTime),
    Column("why", String(300)),
    Column("version", Integer),
    Index(
        "uq_workflow_drafts_open",
        "definition_id",
        unique=True,
        sqlite_where=text("state IN ('drafting', 'proposed')"),
        postgresql_where=text("state IN ('drafting', 'proposed')"),
    ),
)

# A set of cases that was moved to another version in one step; its lines of history name it.
workflow_migrations = Table(
    "workflow_migrations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("definition_id", String(64), nullable=False),
    Column("source", Integer, nullable=False),
    Column("target", Integer, nullable=False),
    Column("mapping", JsonText, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("moved_at", UtcDateTime, nullable=False),
    Column("actor_id", Uuid),
    ForeignKeyConstraint(
        ["definition_id", "source"], ["workflow_versions.definition_id", "workflow_versions.version"]
    ),
    ForeignKeyConstraint(
        ["definition_id", "target"],
        ["workflow_versions.definition_id", "workflow_versions.version"],
        name="fk_workflow_migrations_target",
    ),
)

# A school's row above this room: no foreign key to the schools' table, which this room does not know.
# No foreign key from a sub-case to its case either: SQLite cannot add one without copying a table that others
# point at. `starting` holds the case above while it looks at it, and no case is ever removed.
cases = Table(
    "cases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("definition_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("subject_kind", String(64), nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("school_id", Uuid),
    Column("class_id", Uuid),
    Column("assignee_role", String(64)),
    Column("assignee_person", Uuid),
    Column("dates", JsonText, nullable=False),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("due_line", Integer),
    Column("due_turn", Integer),
    Column("started_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("late_at", UtcDateTime, nullable=False, server_default=FAR),
    Column("parent_id", Uuid),
    # How often it was moved to another version in a set: those steps have one entry of the trail together.
    Column("set_moves", Integer, nullable=False, server_default="0"),
    ForeignKeyConstraint(
        ["definition_id", "version"], ["workflow_versions.definition_id", "workflow_versions.version"]
    ),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("definition_id", "subject_kind", "subject_id", name="uq_cases_subject"),
    Index("ix_cases_due_at", "due_at", "id"),
    # Counts of the drawing read these alone, and no row.
    Index("ix_cases_standing", "definition_id", "state", "late_at", "id", "school_id"),
    Index("ix_cases_standing_school", "definition_id", "school_id", "state", "late_at", "id"),
    _tasks("ix_cases_tasks_role", _WAITING, "assignee_role"),
    _tasks("ix_cases_tasks_school", _WAITING, "school_id", "assignee_role"),
    _tasks("ix_cases_tasks_person", _TAKEN, "assignee_person"),
    Index(
        "ix_cases_parent_id",
        "parent_id",
        sqlite_where=text("parent_id IS NOT NULL"),
        postgresql_where=text("parent_id IS NOT NULL"),
    ),
)

# How many cases stood in each state when they were last counted, of processes that have a great many.
case_counts = Table(
    "case_counts",
    metadata,
    Column("definition_id", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("school_id", Uuid, nullable=False),
    Column("held", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column("counted_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("definition_id", "school_id", "state"),
)
NO_SCHOOL: Final = UUID(int=0)
"""In the place of the school of what belongs to none: a part of a key cannot be empty."""

# The second foreign key holds the school of a line to the school of its case.
case_history = Table(
    "case_history",
    metadata,
    Column("case_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("school_id", Uuid),
    Column("kind", String(16), nullable=False),
    Column("source", String(64)),
    Column("target", String(64), nullable=False),
    Column("transition", String(64)),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Uuid),
    Column("actor_role", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", String(64)),
    Column("note", SealedBytes, info=under_master("case_history.note", row="case_id")),
    Column("given_to", Uuid),
    # Of a line `migrated` alone: with which set it moved, and who had the task before.
    Column("migration_id", Uuid),
    Column("before_role", String(64)),
    Column("before_person", Uuid),
    PrimaryKeyConstraint("case_id", "number"),
    ForeignKeyConstraint(["case_id"], ["cases.id"]),
    ForeignKeyConstraint(["school_id", "case_id"], ["cases.school_id", "cases.id"]),
    Index("ix_case_history_migration_id", "migration_id"),
)
