"""What a machine sent, read strictly: one JSON text of one meaning, or a form; complaints field by field."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from marshmallow.constants import RAISE
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from registry.errors import N_, InvalidError

JSON = "application/json"
FORM = "multipart/form-data"
DEEPEST = 20


class Unreadable(BadRequest):
    """The body is no JSON text, or one that two readers could take differently."""

    description = N_("Тело запроса не является текстом JSON в UTF-8 без повторов ключей.")


class StrictParser(FlaskParser):
    """Reads bodies and queries; what is not described is refused, not left out."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - declared by the parent
        "json": None,
        "query": RAISE,
        "form": RAISE,
        "files": RAISE,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401 - whatever the JSON says
        """Read the body.

        Raises:
            UnsupportedMediaType: it does not call itself JSON.
            Unreadable: it is not.
        """
        del schema
        if req.mimetype != JSON:
            raise UnsupportedMediaType
        return read_json(req.get_data())

    def load_querystring(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401 - what the schema reads
        """Read the query; a name that comes twice has no one meaning."""
        refuse_repeats(req)
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Refuse, and say of each field what is wrong with it."""
        del req, schema, error_status_code, error_headers
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise wrong_fields({name: text for part in messages.values() for name, text in _flat(part).items()})


def wrong_fields(fields: Mapping[str, str]) -> InvalidError:
    """Make the refusal of a request with wrong fields."""
    return InvalidError(N_("В запросе есть ошибки: они названы в errors."), code="fields", fields=fields)


def refuse_repeats(req: Request) -> None:
    """Refuse a query in which a name comes twice.

    Raises:
        InvalidError: it does.
    """
    twice = [name for name in req.args if len(req.args.getlist(name)) > 1]
    if twice:
        raise wrong_fields(dict.fromkeys(map(_named, twice), N_("Параметр передан дважды.")))


def read_json(data: bytes) -> Any:  # noqa: ANN401 - whatever the JSON says
    """Read a JSON text: UTF-8, no key twice, no numbers that are none, no half characters, not too deep.

    Raises:
        Unreadable: it is not such a text.
    """
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_one_each, parse_constant=_no_number)
        # A lone half of a character can be written as an escape, and then be stored nowhere.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Unreadable from None
    if _depth(value) > DEEPEST:
        raise Unreadable
    return value


def _one_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key comes twice"
        raise ValueError(message)
    return found


def _no_number(said: str) -> NoReturn:
    raise ValueError(said)


def _depth(value: Any) -> int:  # noqa: ANN401 - whatever the JSON says
    within = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return 1 + max(map(_depth, within), default=0)


def _flat(messages: Any, path: str = "") -> dict[str, str]:  # noqa: ANN401 - whatever shape a schema complains in
    if isinstance(messages, dict):
        inner = {key: f"{path}.{_named(key)}" if path else _named(key) for key in messages}
        return {name: text for key in messages for name, text in _flat(messages[key], inner[key]).items()}
    return {path: str(messages[0]) if isinstance(messages, list) and messages else str(messages)}


def _named(key: object) -> str:
    """Name a field as far as an answer should repeat what a stranger wrote."""
    name = "".join(one if one.isprintable() else "?" for one in str(key)[:100])
    return "" if name == "_schema" else name
