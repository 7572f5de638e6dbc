"""The tables of consents; each belongs to a school, and the school is part of its keys."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from registry.storage.schema import NAMES_FILE, JsonText, SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_master, under_subject
from registry.trail.fence import append_only

consents = Table(
    "consents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("notice", String(40), nullable=False),
    Column("notice_version", String(40), nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("about_id", Uuid, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    UniqueConstraint("school_id", "id"),
    UniqueConstraint("school_id", "programme", "signer_id", "about_id", "notice", "notice_version"),
    Index("ix_consents_about", "school_id", "programme", "about_id"),
)

acts = append_only(
    Table(
        "acts",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("school_id", Uuid, nullable=False),
        Column("consent_id", Uuid, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("capacity", String(10), nullable=False),
        Column("means", String(10), nullable=False),
        Column("text_sha256", String(64), nullable=False),
        Column("language", String(2), nullable=False),
        Column("on_day", Date, nullable=False),
        Column("recorded_at", UtcDateTime, nullable=False),
        Column("recorded_by", Uuid),
        Column("agreement_act_id", Uuid),
        Column("invalidates", Uuid),
        Column("reason", String(40)),
        Column("place", String(200)),
        Column("presentation_id", Uuid),
        Column("contact_changed", Boolean, nullable=False),
        UniqueConstraint("school_id", "id"),
        # One act is declared invalid at most once, whoever is quicker.
        UniqueConstraint("school_id", "invalidates"),
        ForeignKeyConstraint(["school_id", "consent_id"], ["consents.school_id", "consents.id"]),
        ForeignKeyConstraint(["school_id", "agreement_act_id"], ["acts.school_id", "acts.id"]),
        ForeignKeyConstraint(["school_id", "invalidates"], ["acts.school_id", "acts.id"]),
        Index("ix_acts_consent", "school_id", "consent_id"),
    )
)

act_receipts = Table(
    "act_receipts",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("act_id", Uuid, primary_key=True),
    Column("letter_id", Uuid),
    Column("noted_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
)
"""Which letter carried the receipt of an act; without one where its signer has no address for letters."""

act_scans = Table(
    "act_scans",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("act_id", Uuid, primary_key=True),
    Column("scan_file", Uuid, nullable=False, info={NAMES_FILE: True}),
    Column("kind", String(10), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
)
"""The scan of the paper that an act was entered from; its digest is in the act's evidence in the trail."""

receipt_clock = Table(
    "receipt_clock",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("looked_until", UtcDateTime, nullable=False),
)
"""One row, a mark: every act made before it has had its letter or needs none; no row: nobody looked yet."""

conflict_documents = append_only(
    Table(
        "conflict_documents",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
        Column("programme", String(60), nullable=False),
        Column("student_id", Uuid, nullable=False),
        Column("stands_id", Uuid, nullable=False),
        Column("kind", String(30), nullable=False),
        Column("dated", Date, nullable=False),
        Column("place", String(200), nullable=False),
        Column("recorded_at", UtcDateTime, nullable=False),
        Column("recorded_by", Uuid),
        UniqueConstraint("school_id", "id"),
        Index("ix_conflict_documents_student", "school_id", "programme", "student_id"),
    )
)

disclosures = append_only(
    Table(
        "disclosures",
        metadata,
        Column("school_id", Uuid, ForeignKey("schools.id"), primary_key=True),
        Column("message_id", Uuid, primary_key=True),
        Column("student_id", Uuid, primary_key=True),
        Column("person_id", Uuid, primary_key=True),
        Column("programme", String(60), nullable=False),
        Column("receiver", String(500), nullable=False),
        Column("field_set", String(140), nullable=False),
        Column("act_ids", JsonText, nullable=False),
        Column("cleared_at", UtcDateTime, nullable=False),
        Index("ix_disclosures_person", "person_id"),
    )
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, ForeignKey("schools.id"), nullable=False),
    Column("programme", String(60), nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("channel", String(10), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Uuid),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    UniqueConstraint("school_id", "id"),
    Index("ix_invitations_signer", "signer_id"),
)

codes = Table(
    "codes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("invitation_id", Uuid, nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("contact_kind", String(10), nullable=False),
    Column("destination_index", LargeBinary(32), nullable=False),
    Column("masked", SealedBytes, nullable=False, info=under_subject("signer_id")),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("guesses_left", Integer, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("entered_at", UtcDateTime),
    Column("contact_changed", Boolean, nullable=False),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "invitation_id"], ["invitations.school_id", "invitations.id"]),
    Index("ix_codes_signer", "signer_id", "sent_at"),
    Index("ix_codes_destination", "destination_index", "sent_at"),
)

sittings = Table(
    "sittings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("programme", String(60), nullable=False),
    Column("signer_id", Uuid, nullable=False),
    Column("code_id", Uuid, unique=True),
    Column("auth", String(20), nullable=False),
    Column("contact_changed", Boolean, nullable=False),
    Column("identified", SealedBytes, info=under_subject("signer_id")),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "code_id"], ["codes.school_id", "codes.id"]),
    Index("ix_sittings_signer", "signer_id"),
)

identifications = Table(
    "identifications",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("sitting_id", Uuid, primary_key=True),
    Column("invitation_id", Uuid, nullable=False),
    Column("login_id", Uuid, nullable=False),
    Column("level", String(12), nullable=False),
    Column("entered_by", String(20), nullable=False),
    Column("identified_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(["school_id", "sitting_id"], ["sittings.school_id", "sittings.id"]),
    ForeignKeyConstraint(["school_id", "invitation_id"], ["invitations.school_id", "invitations.id"]),
)
"""Sittings that a login by ESIA opened, with how far ESIA vouches; a code signs in them, as in any other."""

esia_logins = Table(
    "esia_logins",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("state_hash", LargeBinary(32), nullable=False, unique=True),
    Column("browser_hash", LargeBinary(32), nullable=False),
    Column("secrets", SealedBytes, nullable=False, info=under_master("esia_logins.secrets", row="id")),
    Column("scope", String(300), nullable=False),
    Column("invitation_id", Uuid),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("person_id", Uuid),
    Column("entered_by", String(20)),
    Column("chosen_at", UtcDateTime),
    Index("ix_esia_logins_ends_at", "ends_at"),
)
"""Logins by ESIA under way, each for one browser and good once; they are deleted when a day is over."""

presentations = Table(
    "presentations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("school_id", Uuid, nullable=False),
    Column("sitting_id", Uuid, nullable=False),
    Column("consent_id", Uuid, nullable=False),
    Column("language", String(2), nullable=False),
    Column("text_sha256", String(64), nullable=False),
    Column("body", SealedBytes, nullable=False, info=under_subject("sitting_id")),
    Column("age", Integer),
    Column("on_day", Date, nullable=False),
    Column("made_of", String(200), nullable=False),
    Column("served_at", UtcDateTime, nullable=False),
    UniqueConstraint("school_id", "id"),
    ForeignKeyConstraint(["school_id", "sitting_id"], ["sittings.school_id", "sittings.id"]),
    ForeignKeyConstraint(["school_id", "consent_id"], ["consents.school_id", "consents.id"]),
)
"""A text exactly as one signer was given it to read; the act names it, and keeps no copy of its own."""
