"""Destructions that withdrawals bring, classes of a submission, marks of clocks that look for new acts.

Only new tables: the code before this migration goes on beside them.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.policies import raise_policies
from registry.storage.schema import JsonText, UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_marks",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("looked_until", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clock_marks")),
    )
    op.create_table(
        "destructions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.Column("outcome", JsonText),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destructions")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_destructions_school_id_id")),
        sa.UniqueConstraint("school_id", "act_id", name=op.f("uq_destructions_school_id_act_id")),
        sa.ForeignKeyConstraint(
            ["school_id", "act_id"],
            ["acts.school_id", "acts.id"],
            name=op.f("fk_destructions_school_id_act_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "consent_id"],
            ["consents.school_id", "consents.id"],
            name=op.f("fk_destructions_school_id_consent_id"),
        ),
    )
    op.create_index("ix_destructions_last_day", "destructions", ["last_day", "id"])
    op.create_table(
        "class_collections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("class_name", sa.String(40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_collections")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_class_collections_school_id_id")),
        sa.UniqueConstraint(
            "school_id",
            "submission_id",
            "class_id",
            name=op.f("uq_class_collections_school_id_submission_id_class_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "submission_id"],
            ["submissions.school_id", "submissions.id"],
            name=op.f("fk_class_collections_school_id_submission_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "class_id"],
            ["classes.school_id", "classes.id"],
            name=op.f("fk_class_collections_school_id_class_id"),
        ),
    )
    raise_policies(op.get_bind())


def downgrade() -> None:
    op.drop_table("class_collections")
    op.drop_index("ix_destructions_last_day", table_name="destructions")
    op.drop_table("destructions")
    op.drop_table("clock_marks")
