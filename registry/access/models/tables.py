"""The tables of access."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects import postgresql, sqlite

from registry.storage.schema import JsonText, SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_master

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("login", String(120), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("email", SealedBytes, info=under_master("users.email", row="id")),
    Column("totp_secret", SealedBytes, info=under_master("users.totp_secret", row="id")),
    Column("totp_step", BigInteger),
    Column("totp_since", UtcDateTime),
    Column("esia_state", String(12)),
    Column("esia_by", Uuid),
    Column("esia_at", UtcDateTime),
)
"""Accounts of staff. `password_hash` is empty until the person chose a password by his one-time link."""

role_assignments = Table(
    "role_assignments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    Column("role", String(20), nullable=False),
    Column("scope", String(20), nullable=False),
    Column("place_id", Uuid),
    Column("school_id", Uuid),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("delegated_by", Uuid),
    Column("actions", JsonText),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_role_assignments_user_id", "user_id"),
    Index("ix_role_assignments_delegated_by", "delegated_by"),
    Index("ix_role_assignments_school_id", "school_id"),
)
"""Roles by their days. A deputy's names the assignment that it was taken from, and its few actions."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("role", String(20)),
    Column("user_id", Uuid, ForeignKey("users.id")),
    Column("person_id", Uuid),
    Column("sitting_id", Uuid),
    Column("school_id", Uuid),
    Column("auth", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("stepped_up_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("purpose_id", Uuid),
    Column("purpose", String(40)),
    Column("purpose_order", String(80)),
    Column("purpose_at", UtcDateTime),
    Column("device", String(20)),
    Index("ix_sessions_user_id", "user_id"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("prefix", String(20), nullable=False),
    Column("name", String(100), nullable=False),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    Column("actions", String(2_000), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("stepped_up_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("purpose_id", Uuid),
    Column("purpose", String(40)),
    Column("purpose_order", String(80)),
    Column("purpose_at", UtcDateTime),
    Index("ix_api_tokens_user_id", "user_id"),
)

user_links = Table(
    "user_links",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    Column("made_by", Uuid),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_user_links_user_id", "user_id"),
)
"""One-time links by which a member of staff sets his own password; the token itself is nowhere."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)
"""Codes for who lost his phone, as keyed hashes; each works once."""

tries = Table(
    "tries",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("window_at", UtcDateTime, nullable=False),
    Column("used", Integer, nullable=False),
)


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its key is taken; true when it was inserted."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    written = dialect.insert(table).values(**row).on_conflict_do_nothing()
    # Without the option an INSERT tells no number of rows on PostgreSQL.
    options = {"preserve_rowcount": True}
    return connection.execute(written, execution_options=options).rowcount == 1
