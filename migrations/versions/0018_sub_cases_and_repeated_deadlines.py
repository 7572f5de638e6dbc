"""Sub-cases of cases, and which time of a repeated deadline comes next.

Adds columns that may be empty: the code before this migration goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("due_turn", sa.Integer()))
    op.add_column("cases", sa.Column("parent_id", sa.Uuid()))
    op.create_index(
        "ix_cases_parent_id",
        "cases",
        ["parent_id"],
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_parent_id", "cases")
    op.drop_column("cases", "parent_id")
    op.drop_column("cases", "due_turn")
