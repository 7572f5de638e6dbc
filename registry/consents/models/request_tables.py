"""The tables of requests and of the reminders about them; each belongs to a school."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from registry.storage.schema import UtcDateTime, metadata

consent_requests = Table(
    "consent_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("on_paper_since", UtcDateTime),
    Column("on_paper_by", Uuid),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "programme", "student_id"),
)
"""What a school asks about one student in one programme: the subject of its case."""

reminders = Table(
    "reminders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("by_hand", Boolean, nullable=False),
    Column("sent_by", Uuid),
    Column("letter_id", Uuid, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    UniqueConstraint("school_id", "id"),
    # Nobody is reminded twice on one day, whoever is quicker.
    UniqueConstraint("school_id", "programme", "signer_id", "on_day"),
)

reminded_requests = Table(
    "reminded_requests",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("reminder_id", Uuid, primary_key=True),
    Column("request_id", Uuid, primary_key=True),
    ForeignKeyConstraint(["school_id", "reminder_id"], ["reminders.school_id", "reminders.id"]),
    ForeignKeyConstraint(["school_id", "request_id"], ["consent_requests.school_id", "consent_requests.id"]),
    Index("ix_reminded_requests_request", "school_id", "request_id"),
)
"""What a reminder was about: a letter to the guardian of several children is about each of them."""

request_clock = Table(
    "request_clock",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("looked_until", UtcDateTime, nullable=False),
    Column("looked_on", Date, nullable=False),
)
"""One row: acts made before this time were followed, and on this legal day every school was looked at."""
