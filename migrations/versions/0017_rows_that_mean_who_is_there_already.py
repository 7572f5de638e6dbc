"""Rows of lists that were found to mean somebody who is there already: the key of what such a row says.

Adds a column that may be empty: the code before this migration goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("collisions", sa.Column("said_as", sa.LargeBinary(32)))


def downgrade() -> None:
    with op.batch_alter_table("collisions") as batch:
        batch.drop_column("said_as")
