"""The JSON Schema for editors: the file is what the code says, and it agrees with the reader."""

import json
import tomllib
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

from registry.workflows import versions
from registry.workflows.definition.parse import parse
from registry.workflows.definition.schema import schema, written
from tests.workflows.test_definition import FAULTS
from tests.workflows.tiny import TINY

VALID: Any = Draft202012Validator(dict(schema()))
UNSEEN = ("нет текста", "в одну строку", "от 1 до 500")
"""Faults of the shape that a schema cannot say: they hang on another key, or on the kind of characters."""


def test_the_file_is_what_the_code_writes():
    assert (versions.SHIPPED / "schema.json").read_text("utf-8") == written()


def test_the_schema_is_one():
    assert meta.is_valid(json.loads(written()))


@pytest.mark.parametrize("file", sorted(versions.shipped()))
def test_an_editor_finds_nothing_in_a_shipped_definition_and_knows_where_the_schema_is(file: str):
    text = versions.shipped()[file]
    assert text.startswith("#:schema ./schema.json\n")
    assert list(VALID.iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize(("old", "new", "key", "words"), FAULTS)
def test_an_editor_underlines_what_the_reader_refuses(old: str, new: str, key: str, words: str):
    """A fault of the shape alone is found by both; what the whole is held to, the checks say."""
    text = TINY.replace(old, new)
    if parse(text)[0] is None and words not in UNSEEN:
        assert list(VALID.iter_errors(tomllib.loads(text))), key


def test_an_editor_takes_what_the_reader_takes():
    assert list(VALID.iter_errors(tomllib.loads(TINY))) == []
