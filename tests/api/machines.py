"""A program that calls the API with a token."""

import json
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.test import TestResponse

from registry.access.models.api_tokens import Token, add_token
from registry.access.rules import Action
from registry.access.tokens import token_hash
from registry.trail.entries import SYSTEM
from registry.work import Registry


def make_token(
    registry: Registry, user_id: UUID, actions: Collection[Action], lasts: timedelta = timedelta(days=1)
) -> str:
    """Write a token as its owner's page would; it may have run out already."""
    with registry.work(SYSTEM) as work:
        token_id = work.new_id()
        secret = f"rgst_{token_id.hex[-8:]}_{token_id.hex}"
        token = Token(token_id, secret[:13], "test", user_id, frozenset(actions), work.now, work.now + lasts)
        add_token(work.connection, token, token_hash(secret))
    return secret


class Machine:
    """Sends JSON with a token, and a fresh key with each change unless it is given one."""

    def __init__(self, app: Flask, secret: str, login: str = "") -> None:
        self.client = app.test_client(use_cookies=False)
        self.secret = secret
        self.login = login

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.secret}"}
        if method != "GET":
            sent["Idempotency-Key"] = str(uuid4())
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body)
        kind = None if body is None else "application/json"
        return self.client.open(f"/api/v1{path}", method=method, data=data, content_type=kind, headers=sent)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.call("POST", path, body, **headers)


def without_number(answer: TestResponse) -> tuple[int, dict[str, Any]]:
    """Give an answer without the number of its request, by which alone two refusals may differ."""
    said = answer.get_json()
    assert said.pop("instance").startswith("urn:request:")
    return answer.status_code, said
