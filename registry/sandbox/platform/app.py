"""The platform's doors: messages in, answers out, a page of what it holds, and keys for the sandbox."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flask import Flask, Response, abort, jsonify, render_template, request

from registry.errors import N_, InvalidError, RegistryError, TamperedError
from registry.sandbox.pages import create_pages
from registry.sandbox.platform.faults import add_faults
from registry.sandbox.platform.inspect.archive import MAX_PACKED
from registry.sandbox.platform.inspect.findings import uuid_of
from registry.sandbox.platform.intake import Intake, PlatformSettings, envelope_of
from registry.sandbox.platform.key_doors import add_key_doors
from registry.sandbox.platform.store import Envelope
from registry.sandbox.platform.switches import TITLES, Switches
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.transports.acknowledgement import Verdict

_PAGE = 200
_HELD = """SELECT messages.*, answers.received_at,
    (SELECT count(*) FROM entries WHERE message = messages.id AND destroyed_at IS NULL) AS held,
    (SELECT count(*) FROM entries WHERE message = messages.id AND destroyed_at IS NOT NULL) AS destroyed
    FROM messages JOIN answers ON answers.id = messages.id ORDER BY answers.received_at DESC LIMIT ?"""
_SCHOOLS = """SELECT school, max(school_name) AS name, count(DISTINCT messages.id) AS messages,
    sum(entries.content IS NOT NULL) AS held, sum(entries.destroyed_at IS NOT NULL) AS destroyed
    FROM messages LEFT JOIN entries ON entries.message = messages.id GROUP BY school ORDER BY name"""
_SENDERS = "SELECT * FROM sender_keys ORDER BY owner = 'operator' DESC, owner, added_at DESC, rowid DESC"
_REJECTED = "SELECT * FROM answers WHERE verdict = 'rejected' ORDER BY received_at DESC LIMIT ?"


def _now() -> datetime:
    """The clock of this other organisation; the registry's own stays in its unit of work."""
    return datetime.now(UTC)


def create_platform(
    home: Path, settings: PlatformSettings | None = None, *, clock: Callable[[], datetime] = _now
) -> Flask:
    """The platform over a folder of its own, which holds its keys and its store.

    The app's `extensions["intake"]` is closed by whoever serves it.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_passphrase(home / "passphrase")
    sealer = OpenPgpSealer(home / "openpgp", home / "passphrase")
    intake = Intake(home, settings or PlatformSettings(), sealer, clock)
    app = create_pages("registry.sandbox.platform")
    app.config["MAX_CONTENT_LENGTH"] = MAX_PACKED
    app.extensions["intake"] = intake
    _add_message_doors(app, intake)
    add_key_doors(app, intake)
    _add_pages(app, intake, add_faults(app, intake))
    app.register_error_handler(RegistryError, _told)
    return app


def _add_message_doors(app: Flask, intake: Intake) -> None:
    @app.post("/messages")
    def receive() -> Response:
        message_id = uuid_of(request.headers.get("Idempotency-Key"))
        school_id = uuid_of(request.headers.get("Registry-School"))
        if message_id is None or school_id is None:
            abort(400, N_("Нужны заголовки Idempotency-Key и Registry-School с номерами UUID."))
        answer = intake.receive(Envelope(message_id, school_id, request.get_data()))
        status = 200 if answer.verdict == Verdict.ACCEPTED else 422
        return Response(envelope_of(answer), status, content_type="application/json")

    @app.get("/messages/<uuid:message_id>")
    def ask(message_id: UUID) -> Response:
        answer = intake.store.answer(message_id)
        if answer is None:
            return Response('{"error":"not-received"}', 404, content_type="application/json")
        return Response(envelope_of(answer), content_type="application/json")


def _add_pages(app: Flask, intake: Intake, switches: Switches) -> None:
    store = intake.store

    @app.get("/")
    def held() -> str:
        return render_template(
            "platform/held.html",
            receiver=intake.settings.receiver,
            key=intake.key,
            senders=store.rows(_SENDERS),
            schools=store.rows(_SCHOOLS),
            messages=store.rows(_HELD, _PAGE),
            rejected=store.rows(_REJECTED, _PAGE),
            switch=switches.on,
            titles=TITLES,
        )

    @app.get("/held/<uuid:message_id>")
    def message(message_id: UUID) -> str:
        found = store.rows("SELECT * FROM messages WHERE id = ?", str(message_id))
        if not found:
            abort(404)
        entries = store.rows("SELECT * FROM entries WHERE message = ? ORDER BY id", str(message_id))
        return render_template("platform/message.html", message=found[0], entries=entries)

    @app.get("/health")
    def health() -> Response:
        return jsonify(ready=True)


def _told(error: RegistryError) -> tuple[Response, int]:
    """Trouble on this side is a 503, so that the sender asks again; a bad key or switch is the caller's."""
    status = 400 if isinstance(error, InvalidError | TamperedError) else 503
    return jsonify(error=error.slug, text=str(error)), status
