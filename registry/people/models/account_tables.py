"""The tables of accounts at ESIA: of persons and schools, and where fields of persons came from."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Uuid

from registry.storage.schema import SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_subject

esia_accounts = Table(
    "esia_accounts",
    metadata,
    Column("person_id", Uuid, ForeignKey("persons.id"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("source", String(8), nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Column("noted_by", Uuid),
    Column("said", SealedBytes, info=under_subject("person_id")),
    Column("said_at", UtcDateTime),
    Column("version", Integer, nullable=False),
)
"""The account of a person at ESIA, as staff or ESIA itself told; `said` is ESIA's last word on him."""

field_sources = Table(
    "field_sources",
    metadata,
    Column("person_id", Uuid, ForeignKey("persons.id"), primary_key=True),
    Column("field", String(20), primary_key=True),
    Column("source", String(16), nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
)
"""Where a field of a person came from, when it was not the list; contacts have their source themselves."""

school_accounts = Table(
    "school_accounts",
    metadata,
    Column("school_id", Uuid, ForeignKey("schools.id"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Column("noted_by", Uuid),
)
"""The account of a school at ESIA as a legal entity."""
