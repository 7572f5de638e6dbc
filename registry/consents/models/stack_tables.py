"""The tables of scanned stacks and of papers that wait for a second person; each belongs to a school."""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from registry.storage.schema import NAMES_FILE, JsonText, SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_subject

_WAITS = text("state = 'waiting'")
_LIVES = text("state <> 'dropped'")

paper_stacks = Table(
    "paper_stacks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("class_id", Uuid, nullable=False),
    Column("place", String(200), nullable=False),
    Column("seed", String(32), nullable=False),
    Column("state", String(10), nullable=False),
    Column("failure", String(40)),
    Column("brought_by", Uuid),
    Column("brought_at", UtcDateTime, nullable=False),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    Index("ix_paper_stacks_class", "school_id", "class_id", "programme"),
)
"""A stack of scanned forms of one class: what was brought at once, and where the sheets themselves lie."""

paper_files = Table(
    "paper_files",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("stack_id", Uuid, primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("original_file", Uuid, info={NAMES_FILE: True}),
    Column("sha256", String(64), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    ForeignKeyConstraint(["school_id", "stack_id"], ["paper_stacks.school_id", "paper_stacks.id"]),
)
"""A file of a stack, kept until its pages are read; how many of them are."""

paper_forms = Table(
    "paper_forms",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("stack_id", Uuid, nullable=False),
    Column("consent_id", Uuid, nullable=False),
    Column("pages", SmallInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(20)),
    Column("place", String(200)),
    Column("settled_by", Uuid),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "stack_id"], ["paper_stacks.school_id", "paper_stacks.id"]),
    ForeignKeyConstraint(["school_id", "consent_id"], ["consents.school_id", "consents.id"]),
    # One sheet of paper is one form: scanned a second time its pages are duplicates.
    Index(
        "uq_paper_forms_living",
        "school_id",
        "consent_id",
        unique=True,
        sqlite_where=_LIVES,
        postgresql_where=_LIVES,
    ),
    Index("ix_paper_forms_stack", "school_id", "stack_id"),
)
"""A printed form that came back in a stack: its pages are those that name it."""

paper_pages = Table(
    "paper_pages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("stack_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", String(20)),
    Column("form_id", Uuid),
    Column("page", SmallInteger),
    Column("names_consent", Uuid),
    Column("picture_file", Uuid, info={NAMES_FILE: True}),
    Column("settled_by", Uuid),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "stack_id", "number"),
    UniqueConstraint("school_id", "form_id", "page"),
    ForeignKeyConstraint(["school_id", "stack_id"], ["paper_stacks.school_id", "paper_stacks.id"]),
    ForeignKeyConstraint(["school_id", "form_id"], ["paper_forms.school_id", "paper_forms.id"]),
)
"""A scanned page: where it belongs, or why nobody knows yet.

`names_consent` is what a mark of ours on it says, also where it lies in no form: whose page it is.
"""

paper_checks = Table(
    "paper_checks",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("notice", String(40), nullable=False),
    Column("notice_version", String(40)),
    Column("kind", String(12), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("place", String(200), nullable=False),
    Column("carried", SealedBytes, nullable=False, info=under_subject("person_id")),
    Column("scan_file", Uuid, info={NAMES_FILE: True}),
    Column("scan_kind", String(10)),
    Column("scan_pages", Integer),
    Column("scan_sha256", String(64)),
    Column("form_id", Uuid),
    Column("draw", JsonText, nullable=False),
    Column("state", String(10), nullable=False),
    Column("entered_by", Uuid),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("checked_by", Uuid),
    Column("checked_at", UtcDateTime),
    Column("reason", String(20)),
    Column("act_id", Uuid),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "form_id"], ["paper_forms.school_id", "paper_forms.id"]),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
    # One entry at a time waits for the second person, whoever is quicker.
    Index(
        "uq_paper_checks_waiting",
        "school_id",
        "programme",
        "signer_id",
        "student_id",
        "notice",
        unique=True,
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    ),
)
"""What somebody entered from a paper and a second person has to look at: no act before he has."""
