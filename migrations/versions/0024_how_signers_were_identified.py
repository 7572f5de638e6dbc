"""Sittings keep how it was found out who sits there, sealed for the signer: acts take it as evidence.

A column that may be empty: the code before this migration goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.schema import SealedBytes

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sittings", sa.Column("identified", SealedBytes()))


def downgrade() -> None:
    op.drop_column("sittings", "identified")
