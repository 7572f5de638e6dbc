"""Epochs of the trail.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema
from registry.trail.fence import raise_fence

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trail_epoch",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("witnessed", sa.Text(), nullable=False),
        sa.Column("recovered_size", sa.BigInteger(), nullable=False),
        sa.Column("recovered_root", sa.LargeBinary(), nullable=False),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_trail_epoch")),
        sa.UniqueConstraint("event_id", name=op.f("uq_trail_epoch_event_id")),
    )
    # What stands belongs to the first epoch; SQLite copies both tables to change their keys.
    for table, number in (("trail_leaf", ["idx"]), ("trail_tile", ["level", "n"])):
        with op.batch_alter_table(table) as batch:
            epoch = sa.Column("epoch", sa.Integer(), server_default="1", autoincrement=False, nullable=False)
            batch.add_column(epoch)
            batch.drop_constraint(f"pk_{table}", type_="primary")
            batch.create_primary_key(op.f(f"pk_{table}"), ["epoch", *number])
    raise_fence(op.get_bind())


def downgrade() -> None:
    for table, number in (("trail_tile", ["level", "n"]), ("trail_leaf", ["idx"])):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"pk_{table}", type_="primary")
            batch.create_primary_key(op.f(f"pk_{table}"), number)
            batch.drop_column("epoch")
    op.drop_table("trail_epoch")
    raise_fence(op.get_bind())
