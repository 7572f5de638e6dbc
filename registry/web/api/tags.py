"""ETags: what a machine saw of a thing, so that it changes nothing that it has not seen."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, jsonify, request
from marshmallow import Schema
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

View = TypeVar("View", bound=Callable[..., Any])

READ = "read"
CHANGED = "changed"


def tagged(view: View) -> View:
    """Put the tag of what is told on the answer, above `Room.answers`; 304 where the asker has it already."""

    @wraps(view)
    def told(*given: Any, **named: Any) -> Response:  # noqa: ANN401 - the route's own arguments
        response: Response = view(*given, **named)
        response.set_etag(_digest(response.get_data()))
        return cast("Response", response.make_conditional(request))

    told.__dict__["_tagged"] = READ
    return cast("View", told)


def matching(view: View) -> View:
    """Say, above `Room.answers`, that a change asks for the tag of what it changes (`require_match`)."""

    @wraps(view)
    def asked(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - the route's own arguments
        if not request.if_match:
            raise PreconditionRequired
        return view(*given, **named)

    asked.__dict__["_tagged"] = CHANGED
    return cast("View", asked)


def require_match(shape: type[Schema], present: object) -> None:
    """Refuse a change of something that is not any more as the asker saw it.

    Args:
        shape: in which reading it tells it.
        present: the thing, read in the transaction that changes it.

    Raises:
        PreconditionFailed: it is another by now.
    """
    if not request.if_match.contains(tag_of(shape, present)):
        raise PreconditionFailed


def tag_of(shape: type[Schema], present: object) -> str:
    """Give the tag that reading a thing in a shape gives it."""
    return _digest(jsonify(shape().dump(present)).get_data())


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
