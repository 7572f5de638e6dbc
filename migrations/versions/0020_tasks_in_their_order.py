"""Tasks: from when a case is overdue, of which class it is, whose a task became; their order; counted cases.

Adds columns that have a value of their own or may be empty: the code before this migration goes on beside it.
What is open already is overdue from its next deadline; the engine counts it anew at the next step.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.every_table import import_tables
from registry.storage.policies import raise_policies
from registry.storage.schema import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FAR = "9000-01-01T00:00:00.000000Z"
OPEN = "closed_at IS NULL AND assignee_role IS NOT NULL"
HELD = "closed_at IS NULL AND assignee_person IS NOT NULL"
INDEXES = {
    "ix_cases_standing": (["definition_id", "state", "late_at", "id", "school_id"], None),
    "ix_cases_standing_school": (["definition_id", "school_id", "state", "late_at", "id"], None),
    "ix_cases_tasks_role": (["assignee_role", "late_at", "id"], OPEN),
    "ix_cases_tasks_school": (["school_id", "assignee_role", "late_at", "id"], OPEN),
    "ix_cases_tasks_person": (["assignee_person", "late_at", "id"], HELD),
}


def upgrade() -> None:
    op.add_column("cases", sa.Column("class_id", sa.Uuid()))
    op.add_column("cases", sa.Column("late_at", UtcDateTime(), nullable=False, server_default=FAR))
    op.add_column("case_history", sa.Column("given_to", sa.Uuid()))
    op.execute("UPDATE cases SET late_at = due_at WHERE due_at IS NOT NULL AND closed_at IS NULL")
    op.drop_index("ix_cases_definition_id_state", "cases")
    for name, (columns, condition) in INDEXES.items():
        where = None if condition is None else sa.text(condition)
        op.create_index(name, "cases", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "case_counts",
        sa.Column("definition_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("definition_id", "school_id", "state", name=op.f("pk_case_counts")),
    )
    import_tables()
    raise_policies(op.get_bind())


def downgrade() -> None:
    op.drop_table("case_counts")
    for name in INDEXES:
        op.drop_index(name, "cases")
    op.create_index("ix_cases_definition_id_state", "cases", ["definition_id", "state"])
    op.drop_column("case_history", "given_to")
    op.drop_column("cases", "late_at")
    op.drop_column("cases", "class_id")
