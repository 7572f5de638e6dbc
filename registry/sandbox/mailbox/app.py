"""The mailbox's HTTP doors: SMS in, letters out as JSON, and pages to read them."""

from flask import Flask, Response, abort, jsonify, render_template, request

from registry.errors import N_
from registry.sandbox.mailbox.box import Box, Handed, Wanted
from registry.sandbox.pages import create_pages

MAX_REQUEST = 1024 * 1024
_PAGE = 200
_MOST = 10_000
_LONGEST_WAIT = 30.0


def create_mailbox(box: Box) -> Flask:
    """The mailbox over a box; an SMTP server of its own fills the same box."""
    app = create_pages("registry.sandbox.mailbox")
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST
    _add_doors(app, box)
    _add_pages(app, box)
    return app


def _add_doors(app: Flask, box: Box) -> None:
    @app.post("/sms")
    def take_sms() -> tuple[Response, int]:
        said = request.get_json()
        names = ("to", "text", "sender", "reference")
        texts = [said.get(name, "") for name in names] if isinstance(said, dict) else []
        if len(texts) != len(names) or not all(isinstance(text, str) for text in texts) or not texts[0]:
            abort(400, N_("Нужны to и text."))
        seq = box.add(Handed(channel="sms", to=texts[0], text=texts[1], sender=texts[2], key=texts[3]))
        return jsonify(id=str(seq)), 201

    @app.get("/messages")
    def messages() -> Response:
        said = request.args
        limit = max(1, min(said.get("limit", _MOST, int), _MOST))
        wanted = Wanted(max(0, said.get("after", 0, int)), said.get("to") or None, limit)
        wait = max(0.0, min(said.get("wait", 0.0, float), _LONGEST_WAIT))
        found = box.read(wanted, wait)
        return Response(b'{"messages":[' + b",".join(found) + b"]}", content_type="application/json")

    @app.get("/health")
    def health() -> Response:
        return jsonify(ready=True)


def _add_pages(app: Flask, box: Box) -> None:
    @app.get("/")
    def letters() -> str:
        to = request.args.get("to", "").strip()
        return render_template("mailbox/letters.html", to=to, letters=box.newest(to or None, _PAGE))

    @app.get("/letters/<int:seq>")
    def letter(seq: int) -> str:
        found = box.letter(seq)
        if found is None:
            abort(404)
        return render_template("mailbox/letter.html", letter=found)
