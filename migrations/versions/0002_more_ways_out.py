"""More ways out.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brought_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("brought_by", sa.Uuid(), nullable=True),
        sa.Column("brought_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "submission_id"],
            ["submissions.school_id", "submissions.id"],
            name=op.f("fk_brought_answers_school_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought_answers")),
    )
    op.create_index(
        "ix_brought_answers_submission", "brought_answers", ["school_id", "submission_id"], unique=False
    )
    op.add_column("submission_attempts", sa.Column("way", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("submission_attempts", "way")
    op.drop_index("ix_brought_answers_submission", table_name="brought_answers")
    op.drop_table("brought_answers")
