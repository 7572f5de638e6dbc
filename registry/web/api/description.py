"""The description of the API: OpenAPI 3.1, made of the rooms' operations when it is first asked for."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, cast

from flask import Flask, current_app
from flask_smorest import Api

from registry.errors import N_
from registry.web.api.bodies import ProblemTold
from registry.web.api.operation import BEARER, Operation
from registry.web.api.rooms import Room

EXTENSION: Final = "registry-api"
OPENAPI: Final = "3.1.0"
VERSION: Final = "1"
PROBLEM: Final = "application/problem+json"
ABOUT: Final = N_(
    "Всё, что сотрудник делает на страницах реестра, программа может сделать здесь с теми же правами: "
    "по токену сотрудника, в пределах его прав на сегодня и того, что он разрешил токену."
)


class Described(Api):  # type: ignore[misc] # flask-smorest has no types
    """flask-smorest's description alone: errors and their shape are the registry's own."""

    ERROR_SCHEMA = ProblemTold
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to `registry.web.errors`."""

    def _register_etag_headers(self) -> None:
        """Leave them to `registry.web.api.operation`."""

    def _register_pagination_header(self) -> None:
        """Have none: a page says in its body where the next one begins."""

    def _register_responses(self) -> None:
        """Say of each refusal that it is told as problem details."""
        for status in (one for one in HTTPStatus if one >= HTTPStatus.BAD_REQUEST):
            told = {"description": status.phrase, "content": {PROBLEM: {"schema": ProblemTold}}}
            self.spec.components.response(status.name, told, lazy=True)


def rooms(app: Flask) -> list[Room]:
    """List the rooms that an application serves over the API, in the order of their coming."""
    return [one for one in app.blueprints.values() if isinstance(one, Room)]


def operations(app: Flask) -> Mapping[str, Operation]:
    """Give all operations by their ids."""
    return {one.id: one for room in rooms(app) for one in room.operations.values()}


def description() -> dict[str, Any]:
    """Give the description of this application's API; texts are Russian msgids."""
    made = current_app.extensions.get(EXTENSION)
    if made is None:
        made = current_app.extensions[EXTENSION] = _describe(current_app)
    return cast("dict[str, Any]", made)


def _describe(app: Flask) -> dict[str, Any]:
    api = Described(
        app,
        spec_kwargs={
            "title": N_("Реестр согласий школ: API"),
            "version": VERSION,
            "openapi_version": OPENAPI,
            "info": {"description": ABOUT},
            "security": [{BEARER: []}],
        },
    )
    api.spec.components.security_scheme(BEARER, {"type": "http", "scheme": "bearer"})
    for room in rooms(app):
        room.register_views_in_doc(api, app, api.spec, name=room.name, parameters=None)
        api.spec.tag({"name": room.room, "description": room.description})
    return cast("dict[str, Any]", api.spec.to_dict())
