"""The platform's doors for keys, which outside the sandbox are paper between two organisations."""

from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from registry.errors import N_
from registry.sandbox.platform.inspect.findings import uuid_of
from registry.sandbox.platform.intake import Intake
from registry.sandbox.platform.senders import OPERATOR, read_statement

_WORDS = ("owner", "fingerprint", "public_key")


def add_key_doors(app: Flask, intake: Intake) -> None:
    """Give the platform its doors for keys."""

    @app.get("/keys")
    def own_key() -> Response:
        public_key = intake.sealer.export_public(intake.key).decode("ascii")
        return jsonify(
            receiver=intake.settings.receiver,
            fingerprint=intake.key,
            public_key=public_key,
            transition=intake.own.transition,
        )

    @app.post("/keys")
    def add_sender() -> ResponseReturnValue:
        said = _said()
        key = said["public_key"].encode()
        intake.senders.add(said["owner"], key, said["fingerprint"], read_statement(said))
        return jsonify(owner=said["owner"], fingerprint=said["fingerprint"]), 201

    @app.post("/keys/revocations")
    def revoke_sender() -> ResponseReturnValue:
        said = _said()
        intake.senders.revoke(said["owner"], said["public_key"].encode(), said["fingerprint"])
        return jsonify(owner=said["owner"], fingerprint=said["fingerprint"]), 201

    @app.post("/keys/rotation")
    def rotate() -> ResponseReturnValue:
        fingerprint = intake.rotate_key()
        if request.accept_mimetypes.best == "text/html":
            return redirect("/", 303)
        return jsonify(fingerprint=fingerprint), 201


def _said() -> dict[str, Any]:
    said = request.get_json()
    texts = isinstance(said, dict) and all(isinstance(said.get(name), str) for name in _WORDS)
    if not texts or (said["owner"] != OPERATOR and uuid_of(said["owner"]) is None):
        abort(400, N_("Нужны owner (номер школы или operator), fingerprint и public_key."))
    return dict(said)
