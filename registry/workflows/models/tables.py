"""The engine's tables: versions of definitions, cases, lines of history."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
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
    PrimaryKeyConstraint("definition_id", "version"),
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
    Column("assignee_role", String(64)),
    Column("assignee_person", Uuid),
    Column("dates", JsonText, nullable=False),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("due_line", Integer),
    Column("due_turn", Integer),
    Column("started_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("parent_id", Uuid),
    ForeignKeyConstraint(
        ["definition_id", "version"], ["workflow_versions.definition_id", "workflow_versions.version"]
    ),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("definition_id", "subject_kind", "subject_id", name="uq_cases_subject"),
    Index("ix_cases_due_at", "due_at", "id"),
    Index("ix_cases_definition_id_state", "definition_id", "state"),
    Index(
        "ix_cases_parent_id",
        "parent_id",
        sqlite_where=text("parent_id IS NOT NULL"),
        postgresql_where=text("parent_id IS NOT NULL"),
    ),
)

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
    PrimaryKeyConstraint("case_id", "number"),
    ForeignKeyConstraint(["case_id"], ["cases.id"]),
    ForeignKeyConstraint(["school_id", "case_id"], ["cases.school_id", "cases.id"]),
)
