"""Sealed documents of acts.

Only a new table: the code before this migration goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage.policies import raise_policies
from registry.storage.schema import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealed_documents",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_file", sa.Uuid()),
        sa.Column("level", sa.String(4), nullable=False),
        sa.Column("stamp", sa.String(10), nullable=False),
        sa.Column("stamped_at", UtcDateTime),
        sa.Column("certificate", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("school_id", "act_id", "version", name=op.f("pk_sealed_documents")),
        sa.ForeignKeyConstraint(
            ["school_id", "act_id"],
            ["acts.school_id", "acts.id"],
            name=op.f("fk_sealed_documents_school_id_act_id"),
        ),
    )
    for column in ("sha256", "code_hash", "act_id"):
        op.create_index(f"ix_sealed_documents_{column}", "sealed_documents", [column])
    raise_policies(op.get_bind())


def downgrade() -> None:
    for column in ("sha256", "code_hash", "act_id"):
        op.drop_index(f"ix_sealed_documents_{column}", table_name="sealed_documents")
    op.drop_table("sealed_documents")
