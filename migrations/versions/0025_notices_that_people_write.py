"""Documents that people of an installation write: drafts of them, and what was changed in each new version.

Only new tables: the code before this migration goes on beside them.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.schema import JsonText, UtcDateTime
from registry.trail.fence import raise_fence

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('drafting', 'proposed')")


def upgrade() -> None:
    op.create_table(
        "notice_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", JsonText, nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=False),
        sa.Column("edited_by", sa.Uuid()),
        sa.Column("edited_at", UtcDateTime, nullable=False),
        sa.Column("change", sa.String(8)),
        sa.Column("why", sa.String(300)),
        sa.Column("asked_by", sa.Uuid()),
        sa.Column("asked_at", UtcDateTime),
        sa.Column("number", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_drafts")),
        sa.ForeignKeyConstraint(
            ["based_on"], ["programme_versions.id"], name=op.f("fk_notice_drafts_based_on")
        ),
    )
    op.create_index(
        "uq_notice_drafts_open",
        "notice_drafts",
        ["programme", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "notice_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("programme_version_id", sa.Uuid(), nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("change", sa.String(8), nullable=False),
        sa.Column("why", sa.String(300), nullable=False),
        sa.Column("asked_by", sa.Uuid()),
        sa.Column("approved_by", sa.Uuid()),
        sa.Column("published_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_changes")),
        sa.ForeignKeyConstraint(
            ["programme_version_id"],
            ["programme_versions.id"],
            name=op.f("fk_notice_changes_programme_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["based_on"], ["programme_versions.id"], name=op.f("fk_notice_changes_based_on")
        ),
        sa.UniqueConstraint("programme_version_id", name=op.f("uq_notice_changes_programme_version_id")),
    )
    raise_fence(op.get_bind())


def downgrade() -> None:
    op.drop_table("notice_changes")
    op.drop_index("uq_notice_drafts_open", table_name="notice_drafts")
    op.drop_table("notice_drafts")
