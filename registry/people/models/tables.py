"""The tables of people. A person belongs to no school; an enrolment, a class and a batch do."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from registry.people.names import LONGEST
from registry.storage.schema import NAMES_FILE, JsonText, SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_either, under_master, under_subject

regions = Table(
    "regions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
)

municipalities = Table(
    "municipalities",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("region_id", Uuid, ForeignKey("regions.id"), nullable=False),
    Column("name", String(200), nullable=False),
    UniqueConstraint("region_id", "name"),
)

schools = Table(
    "schools",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("municipality_id", Uuid, ForeignKey("municipalities.id"), nullable=False),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("full_name", String(500), nullable=False),
    Column("address", String(500), nullable=False),
    Column("inn", String(12)),
    Column("email", String(254)),
    Column("phone", String(20)),
    Column("timezone", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_schools_municipality", "municipality_id"),
)

classes = Table(
    "classes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("school_year", Integer, nullable=False),
    Column("grade", Integer, nullable=False),
    Column("letter", String(4), nullable=False),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "school_year", "grade", "letter"),
)

persons = Table(
    "persons",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("last_name", String(LONGEST), nullable=False),
    Column("first_name", String(LONGEST), nullable=False),
    Column("middle_name", String(LONGEST)),
    Column("sort_key", String(3 * LONGEST + 2), nullable=False),
    Column("birth_date", SealedBytes, info=under_subject("id")),
    Column("snils", SealedBytes, info=under_subject("id")),
    Column("snils_index", LargeBinary(32), unique=True),
    Column("address", SealedBytes, info=under_subject("id")),
    Column("identity_document", SealedBytes, info=under_subject("id")),
    Column("version", Integer, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("persons.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("value", SealedBytes, nullable=False, info=under_subject("person_id")),
    Column("value_index", LargeBinary(32), nullable=False),
    Column("source", String(16), nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("confirmed_how", String(16)),
    Column("changed_by_staff_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    UniqueConstraint("person_id", "kind"),
    UniqueConstraint("kind", "value_index"),
)

past_contacts = Table(
    "past_contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contact_id", Uuid, nullable=False),
    Column("person_id", Uuid, ForeignKey("persons.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("value", SealedBytes, nullable=False, info=under_subject("person_id")),
    Column("replaced_at", UtcDateTime, nullable=False),
    Column("replaced_by", String(16), nullable=False),
    Column("was_confirmed", Boolean, nullable=False),
    Index("ix_past_contacts_person", "person_id"),
)
"""What a contact was before: its holder is warned there that it was changed."""

collisions = Table(
    "collisions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("field", String(20), nullable=False),
    Column("holder_id", Uuid, ForeignKey("persons.id"), nullable=False),
    Column("claimant_id", Uuid, ForeignKey("persons.id")),
    Column("batch_id", Uuid),
    Column("claimed_by", Uuid),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("outcome", String(20)),
    Column("said_as", LargeBinary(32)),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "batch_id"], ["roster_batches.school_id", "roster_batches.id"]),
    Index("ix_collisions_claimed", "claimed_by", "claimed_at"),
    Index("ix_collisions_school", "school_id", "settled_at"),
)
"""Claims of a number or contact that somebody else holds: a task for the coordinator, who sees both sides.

Where it was found that a row of a list means the holder himself, `said_as` is the look-up key of what the row
says: by it the next review of that school knows him.
"""

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("class_id", Uuid, nullable=False),
    Column("person_id", Uuid, ForeignKey("persons.id"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
    Index("ix_enrolments_person", "person_id"),
    Index("ix_enrolments_class", "school_id", "class_id"),
    Index(
        "uq_enrolments_standing",
        "school_id",
        "person_id",
        unique=True,
        sqlite_where=text("valid_until IS NULL"),
        postgresql_where=text("valid_until IS NULL"),
    ),
)

guardianships = Table(
    "guardianships",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("student_id", Uuid, ForeignKey("persons.id"), nullable=False),
    Column("guardian_id", Uuid, ForeignKey("persons.id"), nullable=False),
    Column("relation", String(16), nullable=False),
    Column("authority_document", SealedBytes, info=under_subject("guardian_id")),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("barred", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("student_id", "guardian_id"),
    Index("ix_guardianships_guardian", "guardian_id"),
)

roster_batches = Table(
    "roster_batches",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("case_id", Uuid, nullable=False),
    Column("workbook_file", Uuid, nullable=False, info={NAMES_FILE: True}),
    Column("drafts_file", Uuid, nullable=False, info={NAMES_FILE: True}),
    Column("counts", JsonText, nullable=False),
    Column("uploaded_by", Uuid),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "case_id"], ["cases.school_id", "cases.id"]),
    Index("ix_roster_batches_school", "school_id", "uploaded_at"),
)
"""Uploaded rosters; where one stands is the state of its case, so that the two cannot differ."""

roster_held_rows = Table(
    "roster_held_rows",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("batch_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("class_name", String(20), nullable=False),
    Column("sheet", SealedBytes, nullable=False, info=under_master("roster_held_rows.sheet", row="batch_id")),
    Column("row", Integer, nullable=False),
    ForeignKeyConstraint(["school_id", "batch_id"], ["roster_batches.school_id", "roster_batches.id"]),
)
"""Rows that were left out of an approved batch because of errors: they keep the school open until mended."""

roster_changes = Table(
    "roster_changes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("batch_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("person_id", Uuid),
    Column("object_id", Uuid),
    Column("class_name", String(20), nullable=False),
    Column("sheet", SealedBytes, nullable=False, info=under_master("roster_changes.sheet", row="id")),
    Column("row", Integer, nullable=False),
    Column("said", SealedBytes, info=under_either("roster_changes.said", row="id", subject="person_id")),
    Column("kept", JsonText),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "batch_id", "number"),
    ForeignKeyConstraint(["school_id", "batch_id"], ["roster_batches.school_id", "roster_batches.id"]),
    Index("ix_roster_changes_class", "school_id", "class_name", "kind"),
)
"""What an approved batch did, so that it can be taken back; and, once it was, what of it was kept and why."""

card_views = Table(
    "card_views",
    metadata,
    Column("school_id", Uuid, ForeignKey("schools.id"), primary_key=True),
    Column("actor_id", Uuid, primary_key=True),
    Column("subject_id", Uuid, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)
"""Who opened whose card when by the last entry of the trail about it: ids and a time, nothing else."""
