"""Accounts of staff: one-time links, second factor, recovery codes, delegated roles.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OF_USERS = {
    "email": schema.SealedBytes(),
    "totp_secret": schema.SealedBytes(),
    "totp_step": sa.BigInteger(),
    "totp_since": schema.UtcDateTime(timezone=True),
    "esia_state": sa.String(length=12),
    "esia_by": sa.Uuid(),
    "esia_at": schema.UtcDateTime(timezone=True),
}
OF_ROLES = ("delegated_by", "actions", "version")


def upgrade() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "user_links",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_links_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_links")),
    )
    op.create_index("ix_user_links_user_id", "user_links", ["user_id"])
    for name, kind in OF_USERS.items():
        op.add_column("users", sa.Column(name, kind, nullable=True))
    op.add_column("sessions", sa.Column("device", sa.String(length=20), nullable=True))
    op.add_column("role_assignments", sa.Column("delegated_by", sa.Uuid(), nullable=True))
    op.add_column("role_assignments", sa.Column("actions", schema.JsonText(), nullable=True))
    version = sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    op.add_column("role_assignments", version)
    op.create_index("ix_role_assignments_delegated_by", "role_assignments", ["delegated_by"])
    op.create_index("ix_role_assignments_school_id", "role_assignments", ["school_id"])
    # The trail told of the end of these as of their second version.
    op.execute("UPDATE role_assignments SET version = 2 WHERE valid_until IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_role_assignments_school_id", table_name="role_assignments")
    op.drop_index("ix_role_assignments_delegated_by", table_name="role_assignments")
    for name in reversed(OF_ROLES):
        op.drop_column("role_assignments", name)
    op.drop_column("sessions", "device")
    for name in reversed(OF_USERS):
        op.drop_column("users", name)
    op.drop_index("ix_user_links_user_id", table_name="user_links")
    op.drop_table("user_links")
    op.drop_table("recovery_codes")
