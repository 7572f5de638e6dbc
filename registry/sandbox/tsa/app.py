"""The one door of the time stamp authority."""

from typing import Final

from flask import Flask, Response, abort, request

from registry.sandbox.pages import create_pages
from registry.sandbox.tsa.stamping import Fault, Stand

REPLY: Final = "application/timestamp-reply"
MAX_REQUEST: Final = 64 * 1024


def create_tsa(stand: Stand) -> Flask:
    """The authority of a stand; its faults may be changed while it serves."""
    app = create_pages("registry.sandbox.tsa")
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST

    @app.post("/")
    def stamp() -> Response:
        if stand.fault is Fault.DOWN:
            abort(503)
        try:
            return Response(stand.answer(request.get_data()), content_type=REPLY)
        except ValueError:
            abort(400)

    @app.get("/health")
    def health() -> str:
        return "ready"

    return app
