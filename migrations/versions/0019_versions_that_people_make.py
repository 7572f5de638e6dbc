"""Versions that people make: where each came from, drafts of new ones, and sets of cases that were moved.

Adds tables, and columns that may be empty or have a default: the code before this goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.schema import JsonText, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('drafting', 'proposed')")
NUMBERS = ("shipped", "based_on")
PEOPLE = ("edited_by", "approved_by")


def upgrade() -> None:
    op.add_column(
        "workflow_versions", sa.Column("origin", sa.String(16), nullable=False, server_default="shipped")
    )
    for name in NUMBERS:
        op.add_column("workflow_versions", sa.Column(name, sa.Integer))
    for name in PEOPLE:
        op.add_column("workflow_versions", sa.Column(name, sa.Uuid))
    op.execute("UPDATE workflow_versions SET shipped = version")
    op.create_table(
        "workflow_drafts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("definition_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("based_on", sa.Integer, nullable=False),
        sa.Column("shipped", sa.Integer),
        sa.Column("edited_by", sa.Uuid),
        sa.Column("edited_at", UtcDateTime, nullable=False),
        sa.Column("asked_by", sa.Uuid),
        sa.Column("asked_at", UtcDateTime),
        sa.Column("why", sa.String(300)),
        sa.Column("version", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_drafts")),
    )
    op.create_index(
        "uq_workflow_drafts_open",
        "workflow_drafts",
        ["definition_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "workflow_migrations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("definition_id", sa.String(64), nullable=False),
        sa.Column("source", sa.Integer, nullable=False),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("mapping", JsonText, nullable=False),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("moved_at", UtcDateTime, nullable=False),
        sa.Column("actor_id", sa.Uuid),
        sa.ForeignKeyConstraint(
            ["definition_id", "source"],
            ["workflow_versions.definition_id", "workflow_versions.version"],
            name=op.f("fk_workflow_migrations_definition_id_source"),
        ),
        sa.ForeignKeyConstraint(
            ["definition_id", "target"],
            ["workflow_versions.definition_id", "workflow_versions.version"],
            name="fk_workflow_migrations_target",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_migrations")),
    )
    op.add_column("cases", sa.Column("set_moves", sa.Integer, nullable=False, server_default="0"))
    op.add_column("case_history", sa.Column("migration_id", sa.Uuid))
    op.add_column("case_history", sa.Column("before_role", sa.String(64)))
    op.add_column("case_history", sa.Column("before_person", sa.Uuid))
    op.create_index("ix_case_history_migration_id", "case_history", ["migration_id"])


def downgrade() -> None:
    op.drop_index("ix_case_history_migration_id", table_name="case_history")
    for name in ("before_person", "before_role", "migration_id"):
        op.drop_column("case_history", name)
    op.drop_column("cases", "set_moves")
    op.drop_table("workflow_migrations")
    op.drop_index("uq_workflow_drafts_open", table_name="workflow_drafts")
    op.drop_table("workflow_drafts")
    for name in (*PEOPLE, *NUMBERS, "origin"):
        op.drop_column("workflow_versions", name)
