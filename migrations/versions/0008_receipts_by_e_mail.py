"""Receipts by e-mail.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from registry.storage import schema

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_receipts",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("noted_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "act_id"],
            ["acts.school_id", "acts.id"],
            name=op.f("fk_act_receipts_school_id_act_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "act_id", name=op.f("pk_act_receipts")),
    )
    made = op.create_table(
        "receipt_clock",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("looked_until", schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_clock")),
    )
    # Nobody is written to about what he decided long before there were such letters.
    if op.get_bind().execute(sa.text("SELECT id FROM acts LIMIT 1")).first() is not None:
        op.bulk_insert(made, [{"id": 1, "looked_until": datetime.now(UTC)}])


def downgrade() -> None:
    op.drop_table("receipt_clock")
    op.drop_table("act_receipts")
