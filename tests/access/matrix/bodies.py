"""Bodies for operations of the API: the least that their description takes."""

import io
from collections.abc import Mapping
from typing import Any

from flask import Flask

from registry.web.api.description import description, operations
from registry.web.api.operation import Operation

NOBODY = "01970000-0000-7000-8000-00000000beef"


def operation_of(app: Flask, endpoint: str) -> Operation | None:
    """Give the operation that an endpoint serves; none for a page."""
    room, _, name = endpoint.removeprefix("api-").partition(".")
    return operations(app).get(f"{room}.{name}") if endpoint.startswith("api-") else None


def sent(app: Flask, operation: Operation, given: Mapping[str, str]) -> dict[str, Any]:
    """Make what the test client sends: a body with what is required, and what is given besides."""
    if not operation.body:
        return {}
    with app.test_request_context():
        told = description()
    (kind, content), *_ = _body(told, operation).items()
    if kind == "multipart/form-data":
        return {"data": {"file": (io.BytesIO(b"{}"), "file.json")}, "content_type": kind}
    return {"json": {**_least(told, content["schema"]), **given}}


def _body(told: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    for whole in told["paths"].values():
        for said in whole.values():
            if isinstance(said, dict) and said.get("operationId") == operation.id:
                return dict(said["requestBody"]["content"])
    raise AssertionError(operation.id)


def _least(told: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _least(told, told["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {
            name: _least(told, one)
            for name, one in schema.get("properties", {}).items()
            if name in schema.get("required", ())
        }
    if kind == "array":
        return [_least(told, schema["items"])]
    formats = {"uuid": NOBODY, "date": "2020-11-01"}
    plain = {"integer": 1, "boolean": True}
    text = "a" * max(1, schema.get("minLength", 1))
    return formats.get(schema.get("format", ""), plain.get(str(kind), text))
