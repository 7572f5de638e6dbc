"""The description of the API: for machines as OpenAPI, for people as pages made of the same."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, NotFoundError
from registry.web.api.description import description
from registry.web.api.operation import PREFIX
from registry.web.api.reading import chapter, contents
from registry.web.doors import allowed, machine
from registry.web.templating import page
from registry.web.words import ACTION_WORDS, ROLE_WORDS

blueprint = Blueprint("api-pages", __name__)


@blueprint.get(f"{PREFIX}/openapi.json")
@machine(Action.PUBLIC)
def openapi() -> Response:
    """Give the description to programs."""
    return jsonify(description())


@blueprint.get(f"{PREFIX}/docs")
@allowed(Action.PUBLIC)
def read() -> ResponseReturnValue:
    """Say how the API is used, and list what it can do."""
    return page("web/api_docs.html", contents=contents(description()))


@blueprint.get(f"{PREFIX}/docs/<room>")
@allowed(Action.PUBLIC)
def read_room(room: str) -> ResponseReturnValue:
    """Describe the operations of one room: parameters, bodies, answers, errors, who may."""
    found = chapter(description(), room)
    if found is None:
        raise NotFoundError(N_("Такого раздела в описании API нет."))
    return page("web/api_room.html", chapter=found, roles=ROLE_WORDS, actions=ACTION_WORDS)
