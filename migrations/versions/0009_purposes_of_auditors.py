"""Purposes of auditors.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("purpose_id", sa.Uuid(), nullable=True))
    op.add_column("sessions", sa.Column("purpose", sa.String(40), nullable=True))
    op.add_column("sessions", sa.Column("purpose_order", sa.String(80), nullable=True))
    op.add_column("sessions", sa.Column("purpose_at", schema.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("purpose_at", "purpose_order", "purpose", "purpose_id"):
        op.drop_column("sessions", name)
