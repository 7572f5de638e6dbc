"""Logins by ESIA.

The code before this migration keeps running while it is applied and for a while after it. So: add, fill,
switch, and remove only in a later release what no running code reads. A column that must not be null comes
with a default or is filled first; a large table is filled in batches, outside this file. Evidence is never
removed.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A login by ESIA opens a sitting; the code comes when something is signed.
    _demand_code(demanded=False)
    op.create_table(
        "identifications",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("login_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("entered_by", sa.String(length=20), nullable=False),
        sa.Column("identified_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "sitting_id"],
            ["sittings.school_id", "sittings.id"],
            name=op.f("fk_identifications_school_id_sitting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "invitation_id"],
            ["invitations.school_id", "invitations.id"],
            name=op.f("fk_identifications_school_id_invitation_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "sitting_id", name=op.f("pk_identifications")),
    )
    op.create_table(
        "esia_logins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("secrets", schema.SealedBytes(), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.String(length=20), nullable=True),
        sa.Column("chosen_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_esia_logins")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_esia_logins_state_hash")),
    )
    op.create_index("ix_esia_logins_ends_at", "esia_logins", ["ends_at"])
    op.create_table(
        "esia_accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("noted_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("said", schema.SealedBytes(), nullable=True),
        sa.Column("said_at", schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_esia_accounts_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_esia_accounts")),
    )
    op.create_table(
        "field_sources",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("noted_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_field_sources_person_id")),
        sa.PrimaryKeyConstraint("person_id", "field", name=op.f("pk_field_sources")),
    )
    op.create_table(
        "school_accounts",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("noted_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_school_accounts_school_id")),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school_accounts")),
    )


def downgrade() -> None:
    for table in ("school_accounts", "field_sources", "esia_accounts", "esia_logins", "identifications"):
        op.drop_table(table)
    _demand_code(demanded=True)


def _demand_code(*, demanded: bool) -> None:
    """Let a sitting be without a code, or not.

    SQLite would have to copy the table, and what points to its rows does not let it go. No byte of a row
    changes but the words of the table alone, which SQLite lets be written for this purpose.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("sittings", "code_id", existing_type=sa.Uuid(), nullable=not demanded)
        return
    free, bound = "code_id CHAR(32)", "code_id CHAR(32) NOT NULL"
    before, after = (free, bound) if demanded else (bound, free)
    op.execute("PRAGMA writable_schema = ON")
    words = "UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'sittings'"
    op.execute(sa.text(words).bindparams(before=f"{before},", after=f"{after},"))
    op.execute("PRAGMA writable_schema = RESET")
