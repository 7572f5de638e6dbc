"""The tables of exports: what was ordered, its lines (a document or a bundle each), pieces of its file."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Uuid,
)

from registry.storage.schema import NAMES_FILE, UtcDateTime, metadata

document_exports = Table(
    "document_exports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme", String(60), nullable=False),
    Column("span", String(12), nullable=False),
    Column("place_id", Uuid, nullable=False),
    Column("region_id", Uuid, ForeignKey("regions.id"), nullable=False),
    Column("municipality_id", Uuid, ForeignKey("municipalities.id")),
    Column("bundles", Boolean, nullable=False),
    Column("receiver", String(200), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("basis", String(80), nullable=False),
    Column("state", String(10), nullable=False),
    Column("role", String(20), nullable=False),
    Column("ordered_by", Uuid),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("packed", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("fetched", Integer, nullable=False),
    Column("size", BigInteger),
    Column("sums_sha256", String(64)),
    Column("ready_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Index("ix_document_exports_ordered_at", "ordered_at"),
)
"""An export that was ordered; what it holds of whom, its lines say."""

document_export_lines = Table(
    "document_export_lines",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("export_id", Uuid, ForeignKey("document_exports.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("folder", SmallInteger, nullable=False),
    Column("class_id", Uuid),
    Column("student_id", Uuid, nullable=False),
    Column("consent_id", Uuid, nullable=False),
    Column("act_id", Uuid),
    Column("state", String(10), nullable=False),
    Column("part", Integer),
    Column("sha256", String(64)),
    Column("crc", BigInteger),
    Column("size", Integer),
    ForeignKeyConstraint(["school_id", "consent_id"], ["consents.school_id", "consents.id"]),
    ForeignKeyConstraint(["school_id", "act_id"], ["acts.school_id", "acts.id"]),
    Index("ix_document_export_lines_state", "export_id", "state", "number"),
    Index("ix_document_export_lines_part", "export_id", "part", "number"),
    Index("ix_document_export_lines_consent", "school_id", "consent_id"),
)
"""A document of an act, or without one the bundle of a consent."""

document_export_parts = Table(
    "document_export_parts",
    metadata,
    Column("export_id", Uuid, ForeignKey("document_exports.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("part_file", Uuid, nullable=False, info={NAMES_FILE: True}),
    Column("size", BigInteger, nullable=False),
    Column("tail", Boolean, nullable=False),
)
"""A piece of the file of an export; those of its tail (index, digests, list) are made anew as it changes."""
