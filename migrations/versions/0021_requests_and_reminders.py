"""Requests: what a school asks about one student in one programme, and the reminders about it.

Adds tables only: the code before this migration goes on beside it.
"""

import sqlalchemy as sa
from alembic import op

from registry.storage import schema
from registry.storage.every_table import import_tables
from registry.storage.policies import raise_policies

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("on_paper_since", schema.UtcDateTime(timezone=True), nullable=True),
        sa.Column("on_paper_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_consent_requests_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_requests")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_consent_requests_school_id_id")),
        sa.UniqueConstraint(
            "school_id",
            "programme",
            "student_id",
            name=op.f("uq_consent_requests_school_id_programme_student_id"),
        ),
    )
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(60), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_reminders_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("school_id", "id", name=op.f("uq_reminders_school_id_id")),
        sa.UniqueConstraint(
            "school_id",
            "programme",
            "signer_id",
            "on_day",
            name=op.f("uq_reminders_school_id_programme_signer_id_on_day"),
        ),
    )
    op.create_table(
        "reminded_requests",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "reminder_id"],
            ["reminders.school_id", "reminders.id"],
            name=op.f("fk_reminded_requests_school_id_reminder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "request_id"],
            ["consent_requests.school_id", "consent_requests.id"],
            name=op.f("fk_reminded_requests_school_id_request_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "reminder_id", "request_id", name=op.f("pk_reminded_requests")),
    )
    op.create_index("ix_reminded_requests_request", "reminded_requests", ["school_id", "request_id"])
    op.create_table(
        "request_clock",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("looked_until", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_clock")),
    )
    import_tables()
    raise_policies(op.get_bind())


def downgrade() -> None:
    op.drop_table("request_clock")
    op.drop_table("reminded_requests")
    op.drop_table("reminders")
    op.drop_table("consent_requests")
