"""The one `MetaData` that all tables stand on, and the column types of the house."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import DateTime, LargeBinary, MetaData, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""What may stand in a promise, a trail entry or a JSON column: no floats, no dates."""

SEALED_FORMATS = (b"\x01", b"\x02")
NAMES_FILE = "names_file"
"""In the `info` of a column whose values are ids of files: a copy of the database takes those files along."""
SHORTEST_SEALED = 31  # format byte, key version, nonce and tag

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC time: `timestamptz` on PostgreSQL, sortable ISO text on SQLite; refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's own signature
        """Turn an aware time into the database's form."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a naive time was given where aware UTC is demanded"
            raise ValueError(message)
        if dialect.name == "sqlite":
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's own signature
        """Turn the database's form into aware UTC."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that the vault made: anything else (a plain text by mistake) is refused at the door."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's own signature
        """Let only sealed values through."""
        if value is not None and (value[:1] not in SEALED_FORMATS or len(value) < SHORTEST_SEALED):
            message = "a value that the vault did not seal was given to a sealed column"
            raise ValueError(message)
        return value


class JsonText(TypeDecorator[Any]):
    """A JSON value kept as canonical text (sorted keys, no blanks), the same on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002 - SQLAlchemy's own signature
        """Write the value."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 - SQLAlchemy's own signature
        """Read the value."""
        return None if value is None else json.loads(value)
