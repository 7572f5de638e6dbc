"""Reading a form: what it says when it is right, and what to show again when it is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext
from marshmallow import Schema, ValidationError

from registry.errors import RegistryError
from registry.web.errors import told

LONGEST_SHOWN = 2_000


class Typed(dict[str, str]):
    """What was typed, to be shown again; a field that was not sent is empty."""

    def __missing__(self, key: str) -> str:
        """Show nothing for what was not typed."""
        return ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came: cleaned values, errors by field in the reader's language, and the typed texts."""

    values: Mapping[str, Any]
    typed: Typed
    errors: dict[str, str] = field(default_factory=dict)


def read_form(schema: Schema) -> Filled:
    """Hold the request's form against its shape."""
    typed = typed_now()
    try:
        return Filled(schema.load(dict(typed)), typed)
    except ValidationError as refused:
        messages = refused.messages_dict
        errors = {name: str(gettext(str(_first(said)))) for name, said in messages.items()}
        return Filled(refused.valid_data if isinstance(refused.valid_data, dict) else {}, typed, errors)


def typed_now() -> Typed:
    """Take the form's texts as they were typed, without unprintable signs, cut to what can be shown again."""
    return Typed({name: _printable(value[:LONGEST_SHOWN]) for name, value in request.form.items()})


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign for sign in text if sign.isprintable() or sign in "\r\n\t\u00a0")


def errors_of(error: RegistryError, field_name: str) -> dict[str, str]:
    """Give what a rule refused as errors beside fields; without fields of its own, beside the given one."""
    if error.fields:
        return {name: str(gettext(text)) for name, text in error.fields.items()}
    return {field_name: told(error)}


def _first(said: Any) -> Any:  # noqa: ANN401 - whatever shape a schema complains in
    return said[0] if isinstance(said, list) else said
