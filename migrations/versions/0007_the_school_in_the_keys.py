"""The school in the keys of its rows, and who looked at whose card when.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema
from registry.trail.fence import raise_fence

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEYED = (
    "acknowledgements",
    "brought_answers",
    "collisions",
    "conflict_documents",
    "letters",
    "roster_changes",
    "submission_attempts",
    "submission_tasks",
)
"""Tables of a school whose keys did not name it; SQLite copies them to change that."""


def upgrade() -> None:
    op.create_table(
        "card_views",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_card_views_school_id")),
        sa.PrimaryKeyConstraint("school_id", "actor_id", "subject_id", name=op.f("pk_card_views")),
    )
    for table in KEYED:
        with op.batch_alter_table(table) as batch:
            batch.create_unique_constraint(op.f(f"uq_{table}_school_id_id"), ["school_id", "id"])
            if table == "collisions":
                name = op.f("fk_collisions_school_id_batch_id")
                batch.create_foreign_key(
                    name, "roster_batches", ["school_id", "batch_id"], ["school_id", "id"]
                )
    raise_fence(op.get_bind())


def downgrade() -> None:
    for table in reversed(KEYED):
        with op.batch_alter_table(table) as batch:
            if table == "collisions":
                batch.drop_constraint(op.f("fk_collisions_school_id_batch_id"), type_="foreignkey")
            batch.drop_constraint(op.f(f"uq_{table}_school_id_id"), type_="unique")
    op.drop_table("card_views")
    raise_fence(op.get_bind())
