"""The stand's doors for systems: a code for tokens, and persons by token."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from registry.sandbox.esia.checks import RefusedError, check_exchange
from registry.sandbox.esia.faults import Fault, Kind, Place
from registry.sandbox.esia.keys import TOKEN_CERT
from registry.sandbox.esia.persons import Person
from registry.sandbox.esia.rest import COLLECTIONS, collection_json, embedded_json
from registry.sandbox.esia.stand import Asked, Stand
from registry.sandbox.esia.tokens import LASTS_S, make_tokens, read_access

_HTML = "<html><body><h1>Ведутся технические работы</h1></body></html>"


def add_exchange(app: Flask, stand: Stand) -> None:
    """Add the doors for systems."""

    @app.post("/aas/oauth2/v3/te")
    def tokens() -> ResponseReturnValue:
        return _tokens(stand, request.form.to_dict())

    @app.get("/rs/prns/<oid>")
    def person(oid: str) -> ResponseReturnValue:
        return _person(stand, oid)

    @app.get("/rs/prns/<oid>/<name>")
    def collection(oid: str, name: str) -> ResponseReturnValue:
        return _collection(stand, oid, name)

    @app.get("/token-certificate")
    def certificate() -> Response:
        return Response(Path(stand.folder, TOKEN_CERT).read_bytes(), content_type="application/x-pem-file")


def _tokens(stand: Stand, said: dict[str, str]) -> ResponseReturnValue:
    fault = stand.faults.at(Place.TOKENS)
    broken = _broken(fault)
    if broken is not None:
        return broken
    try:
        return jsonify(_exchanged(stand, said, fault))
    except RefusedError as refused:
        told = {"error": refused.error, "error_description": refused.description}
        return jsonify(told | {"state": said.get("state", "")}), 400


def _person(stand: Stand, oid: str) -> ResponseReturnValue:
    found = _opened(stand, oid)
    if not isinstance(found, tuple):
        return found
    return jsonify(embedded_json(*found, request.args.get("embed", ""), request.base_url))


def _collection(stand: Stand, oid: str, name: str) -> ResponseReturnValue:
    found = _opened(stand, oid)
    if not isinstance(found, tuple):
        return found
    if name not in COLLECTIONS:
        abort(404)
    elements = COLLECTIONS[name](*found)
    return jsonify(collection_json(elements, request.args.get("embed", ""), request.base_url))


def _broken(fault: Fault | None) -> Response | None:
    if fault and fault.kind is Kind.HTML:
        return Response(_HTML, content_type="text/html; charset=utf-8")
    if fault and fault.kind is Kind.BROKEN:
        return Response(_HTML, 500, content_type="text/html; charset=utf-8")
    return None


def _exchanged(stand: Stand, said: Mapping[str, str], fault: Fault | None) -> dict[str, Any]:
    if fault and fault.kind is Kind.ERROR:
        raise RefusedError("invalid_request", fault.code, "switched on")
    client = check_exchange(stand, said)
    asked = stand.take(said["code"])
    person = None if asked is None or asked.oid is None else stand.person(asked.oid)
    if asked is None or person is None:
        raise RefusedError("invalid_grant", "007011", "The authorization code is invalid, expired or revoked")
    _same_login(asked, said, client.mnemonic)
    state = "other" if fault and fault.kind is Kind.OTHER_STATE else said["state"]
    return {
        **make_tokens(stand, person, asked.parameters, fault),
        "state": state,
        "token_type": "Bearer",
        "expires_in": LASTS_S,
    }


def _same_login(asked: Asked, said: Mapping[str, str], mnemonic: str) -> None:
    """Hold a code to the system, the address and the verifier that it was made for."""
    began = asked.parameters
    if began["client_id"] != mnemonic or began["redirect_uri"] != said["redirect_uri"]:
        raise RefusedError("invalid_grant", "007011", "The authorization code is invalid, expired or revoked")
    if began["state"] == said["state"]:
        raise RefusedError("invalid_request", "007003", "The request contains an invalid parameter value")
    challenge = began.get("code_challenge")
    digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
    if challenge and base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
        raise RefusedError("invalid_grant", "007040", "PKCE verification failed")


def _opened(stand: Stand, oid: str) -> tuple[Person, frozenset[str]] | Response:
    """Find the person whom a token lets its bearer see, with the scopes; an answer where it does not."""
    broken = _broken(stand.faults.at(Place.REST))
    if broken is not None:
        return broken
    granted = read_access(stand, request.headers.get("Authorization", ""))
    if granted is None:
        return _told(401, "ESIA-005011", "SecurityErrorEnum.invalidToken")
    person = stand.person(oid)
    if person is None:
        return _told(404, "ESIA-004001", "not found")
    if granted[0] != oid:
        return _told(403, "ESIA-005010", "SecurityErrorEnum.accessDenied")
    return person, granted[1]


def _told(status: int, code: str, message: str) -> Response:
    answer = jsonify(code=code, message=message)
    answer.status_code = status
    return answer
