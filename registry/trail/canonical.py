"""Canonical JSON (RFC 8785) for what the trail holds: one value, one sequence of bytes.

Only objects with ASCII keys, arrays, strings, booleans, null and integers below 2**53: for these, sorted keys
and no blanks are the whole of the standard, and no number has two spellings.
"""

import json
from collections.abc import Mapping, Sequence

from registry.storage.schema import Json

MOST_INTEGER = 2**53 - 1

_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(value: Json) -> bytes:
    """Write a value.

    Raises:
        TypeError: something in it is of another type (a float, a date, a key that is no string).
        ValueError: an integer is too large, a key is not ASCII, a string is not Unicode.
    """
    return encode(_plain(value))


def encode(value: object) -> bytes:
    """Write a value that is known to be of the right types."""
    return _encoder.encode(value).encode()


def read_canonical(data: bytes) -> Json:
    """Read bytes that are exactly what `canonical` writes.

    Raises:
        ValueError: they are anything else.
    """
    try:
        value: Json = json.loads(data.decode(), parse_constant=_refuse)
        again = canonical(value)
    except (RecursionError, TypeError) as error:
        message = "not canonical JSON"
        raise ValueError(message) from error
    if again != data:
        message = "JSON that is not in canonical form"
        raise ValueError(message)
    return value


def _plain(value: object) -> object:
    """Hold every part of a value to its type; mappings and sequences become dicts and lists."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if type(value) is int:
        return _small(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_plain(part) for part in value]
    message = f"{type(value).__name__} cannot stand in canonical JSON"
    raise TypeError(message)


def _small(value: int) -> int:
    if abs(value) > MOST_INTEGER:
        message = "an integer of 2**53 or more cannot stand in canonical JSON"
        raise ValueError(message)
    return value


def _key(key: object) -> str:
    if not isinstance(key, str):
        message = "a key of canonical JSON is a string"
        raise TypeError(message)
    if not key.isascii():
        message = "a key of canonical JSON is ASCII"
        raise ValueError(message)
    return key


def _refuse(text: str) -> None:
    message = f"{text} cannot stand in canonical JSON"
    raise ValueError(message)
