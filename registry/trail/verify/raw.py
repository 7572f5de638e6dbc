"""Reading as it stands: a value of a wrong kind is a finding later on, never a crash while reading."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, type_coerce
from sqlalchemy.types import NullType


def raw(*columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Columns without their types' reading."""
    return [type_coerce(column, NullType()).label(column.key) for column in columns]


def as_uuid(value: object) -> UUID | None:
    """A UUID from either database; None for anything else."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def as_bytes(value: object) -> bytes:
    """Bytes from either database; no bytes for anything else."""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else b""


def as_int(value: object) -> int:
    """A number; -1, which is no place in any tree, for anything else."""
    return value if isinstance(value, int) else -1


def as_text(value: object) -> str:
    """A text; the empty one for anything else."""
    return value if isinstance(value, str) else ""
