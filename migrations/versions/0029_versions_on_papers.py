"""Papers that wait keep the version of their text, and scanned pages what their mark says.

Only new columns that may be empty: the code before this migration goes on beside them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("paper_checks", sa.Column("notice_version", sa.String(length=40), nullable=True))
    op.add_column("paper_pages", sa.Column("names_consent", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("paper_pages", "names_consent")
    op.drop_column("paper_checks", "notice_version")
