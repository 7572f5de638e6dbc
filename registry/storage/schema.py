"""The one `MetaData` that all tables stand on, and the column types of the house."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import DateTime, LargeBinary, MetaData, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""What may stand in a promise, a trail entry or a JSON column: no floats, no dates."""

SEALED_FORMATS = (b"\x01", b"\x02")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_DECODER = json.JSONDecoder()
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

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Turn an aware time into the database's form; called once a value, so without the layers between."""
        return _write_utc if dialect.name == "sqlite" else _aware

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002 - SQLAlchemy's own signature
        """Turn the database's form into aware UTC; called once a value, so without the layers between."""
        return _parse_utc if dialect.name == "sqlite" else _keep_utc


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        message = "a naive time was given where aware UTC is demanded"
        raise ValueError(message)
    return value


def _write_utc(value: datetime | None) -> str | None:
    if value is None:
        return None
    _aware(value)
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def _parse_utc(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _keep_utc(value: datetime | None) -> datetime | None:
    # The engine's own connections speak UTC already; others may not.
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


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

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002 - SQLAlchemy's own signature
        """Write the value."""
        return _write_json

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's own signature
        """Read the value; called once a value, so without the layers between."""
        return _parse_json


def _write_json(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON holds
    return None if value is None else _ENCODER.encode(value)


def _parse_json(value: str | None) -> Any:  # noqa: ANN401 - whatever JSON holds
    return None if value is None else _DECODER.decode(value)
