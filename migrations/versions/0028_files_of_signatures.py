"""Files of signatures beside acts.

Only a new table: the code before this migration goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.policies import raise_policies
from registry.storage.schema import SealedBytes, UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("signature_file", sa.Uuid()),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("algorithm", sa.String(60), nullable=False),
        sa.Column("match", sa.String(20), nullable=False),
        sa.Column("document_sha256", sa.String(64)),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("judged_by", sa.String(200)),
        sa.Column("said", SealedBytes),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("added_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_signatures")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_act_signatures_school_id_id")),
        sa.UniqueConstraint(
            "school_id", "act_id", "sha256", name=op.f("uq_act_signatures_school_id_act_id_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "act_id"],
            ["acts.school_id", "acts.id"],
            name=op.f("fk_act_signatures_school_id_act_id"),
        ),
    )
    raise_policies(op.get_bind())


def downgrade() -> None:
    op.drop_table("act_signatures")
