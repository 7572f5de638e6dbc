"""Tables of submissions; each row carries its school."""

from sqlalchemy import (
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from registry.storage.schema import NAMES_FILE, JsonText, UtcDateTime, metadata

submissions = Table(
    "submissions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("programme", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("corrects", Uuid),
    Column("version", Integer, nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("message_id", Uuid, unique=True),
    Column("prepared_by", Uuid),
    Column("prepared_at", UtcDateTime),
    Column("manifest", Text),
    Column("manifest_sha256", String(64)),
    Column("content_sha256", String(64)),
    Column("lines_sha256", String(64)),
    Column("payload_file", Uuid, info={NAMES_FILE: True}),
    Column("signed_by", Uuid),
    Column("signed_at", UtcDateTime),
    Column("message_file", Uuid, info={NAMES_FILE: True}),
    Column("message_sha256", String(64)),
    Column("message_bytes", Integer),
    Column("sealed_event", Uuid),
    Column("signing_key", String(40)),
    Column("recipient_key", String(40)),
    Column("sent_on", Date),
    Column("verdict", String(16)),
    Column("acknowledgement_sha256", String(64)),
    Column("changes", JsonText),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "programme", "sequence"),
    # One whole registry of a school; everything after it is a correction or a withdrawal.
    Index(
        "uq_submissions_full",
        "school_id",
        "programme",
        unique=True,
        sqlite_where=text("kind = 'full'"),
        postgresql_where=text("kind = 'full'"),
    ),
)

submission_lines = Table(
    "submission_lines",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("submission_id", Uuid, primary_key=True),
    Column("student_id", Uuid, primary_key=True),
    Column("class_name", String(40), nullable=False),
    Column("state", String(24), nullable=False),
    Column("entry_id", Uuid),
    Column("print", LargeBinary(32), nullable=False),
    Column("withdrawn_at", UtcDateTime),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    Index("ix_submission_lines_student", "student_id"),
)

attempts = Table(
    "submission_attempts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("message_id", Uuid, nullable=False),
    # By which road; none for attempts from before there was more than one.
    Column("way", String(8)),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(24)),
    Column("detail", String(200)),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    Index("ix_submission_attempts_submission", "school_id", "submission_id"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("message_id", Uuid, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reasons", JsonText, nullable=False),
    Column("document", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("fingerprint", String(40), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    UniqueConstraint("school_id", "message_id"),
)


# Answers that people brought as files, whether or not they verified; what verified is an acknowledgement.
brought_answers = Table(
    "brought_answers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("document", Text, nullable=False),
    Column("brought_by", Uuid),
    Column("brought_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime),
    Column("outcome", String(60)),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    Index("ix_brought_answers_submission", "school_id", "submission_id"),
)


submission_tasks = Table(
    "submission_tasks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("submission_id", Uuid, nullable=False),
    Column("student_id", Uuid),
    Column("class_name", String(40)),
    Column("code", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "submission_id"], ["submissions.school_id", "submissions.id"]),
    Index("ix_submission_tasks_open", "school_id", "done_at"),
)
