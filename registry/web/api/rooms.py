"""A room's part of the API: which operations it serves, what they take and what they answer."""

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from registry.errors import N_, InvalidError
from registry.web.api.bodies import PageAsked, page_of
from registry.web.api.lists import Asked, cut
from registry.web.api.operation import PREFIX, Operation, described
from registry.web.api.parsing import StrictParser, refuse_repeats, wrong_fields
from registry.web.doors import DOOR
from registry.web.idempotency import ONCE

View = TypeVar("View", bound=Callable[..., Any])

BINARY: Final = {"type": "string", "format": "binary"}


class Room(Blueprint):  # type: ignore[misc] # flask-smorest has no types
    """The operations of one room; a Flask blueprint that the description can be made of.

    Args:
        name: as in the addresses of code: ``people``.
        title: Russian msgid, heading of its part of the description.
    """

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, title: str) -> None:
        super().__init__(f"api-{name}", __name__, url_prefix=PREFIX, description=title)
        self.room = name
        self.operations: dict[str, Operation] = {}
        self._prepare_doc_cbks.append(self._describe)

    def _describe(self, doc: dict[str, Any], doc_info: dict[str, Any], **_: object) -> dict[str, Any]:
        """Add to flask-smorest's description of an operation what its door and its guards say."""
        return described(doc, self.operations[doc_info["operation"]])

    def serves(self, rule: str, title: str) -> Callable[[View], View]:
        """Serve an operation: ``METHOD /address`` below the API's prefix, and what it does, in Russian."""
        method, _, path = rule.partition(" ")

        def served(view: View) -> View:
            says = view.__dict__
            found = Operation(
                id=f"{self.room}.{view.__name__}",
                title=title,
                method=method,
                address=PREFIX + path,
                door=says[DOOR],
                once=says.get(ONCE, False),
                body=says.get("_body", False),
                tagged=says.get("_tagged"),
            )
            self.operations[view.__name__] = found
            whole = _closed(view, found)
            whole.__doc__ = title  # the description's summary; the function's own words are for its readers
            whole.__dict__["_apidoc"] = {**says.get("_apidoc", {}), "operation": view.__name__}
            self.route(path, methods=[method], endpoint=view.__name__, tags=[self.room])(whole)
            return view

        return served

    def takes(self, shape: type[Schema], location: str = "json", **more: Any) -> Callable[[View], View]:  # noqa: ANN401
        """Read a body or, with ``location="query"``, parameters; the view gets them as its first argument."""

        def taking(view: View) -> View:
            made = self.arguments(shape(), location=location, **more)(view)
            made.__dict__["_query" if location == "query" else "_body"] = True
            return cast("View", made)

        return taking

    def answers(self, shape: type[Schema], status: int = 200, **more: Any) -> Callable[[View], View]:  # noqa: ANN401
        """Answer with an object, told in a shape."""
        return cast("Callable[[View], View]", self.response(status, shape(), **more))

    def nothing(self, view: View) -> View:
        """Answer 204, for there is nothing to tell."""

        @wraps(view)
        def done(*given: Any, **named: Any) -> Response:  # noqa: ANN401 - the route's own arguments
            view(*given, **named)
            return Response(status=HTTPStatus.NO_CONTENT)

        documented = self.response(HTTPStatus.NO_CONTENT, description=N_("Сделано"))(done)
        return cast("View", documented)

    def lists(
        self, row: type[Schema], key: Callable[[Any], object]
    ) -> Callable[[Callable[..., Sequence[Any]]], Callable[..., Any]]:
        """Answer with a page of the rows that the view gives, in the order of their keys.

        Args:
            row: the shape of one.
            key: gives a row's id (or another value that no other row has), by which pages follow each other.
        """

        def listing(view: Callable[..., Sequence[Any]]) -> Callable[..., Any]:
            @wraps(view)
            def listed(asked: dict[str, Any], **named: Any) -> Any:  # noqa: ANN401 - the route's own arguments
                return cut(view(**named), Asked(asked["after"], asked["limit"]), key)

            return self.takes(PageAsked, "query")(self.answers(page_of(row))(listed))

        return listing

    def pages(self, row: type[Schema], asked: type[PageAsked] = PageAsked) -> Callable[[View], View]:
        """Answer with a page that the view cuts by itself (`registry.web.api.lists`)."""

        def paging(view: View) -> View:
            return self.takes(asked, "query")(self.answers(page_of(row))(view))

        return paging

    def files(self, *content_types: str) -> Callable[[View], View]:
        """Answer with a file to be saved, of one of some kinds."""

        def handing(view: View) -> View:
            for one in content_types:
                view = self.response(200, BINARY, content_type=one)(view)
            return view

        return handing


def _closed(view: View, operation: Operation) -> View:
    """Refuse a query or a body that an operation does not read."""
    asks = view.__dict__.get("_query", False)

    @wraps(view)
    def called(**named: Any) -> Any:  # noqa: ANN401 - the route's own arguments
        if not asks and request.args:
            refuse_repeats(request)
            raise wrong_fields(dict.fromkeys(request.args, N_("Такого параметра нет.")))
        if not operation.body and request.content_length:
            raise InvalidError(N_("У этой операции нет тела запроса."), code="body")
        return view(**named)

    return cast("View", called)
