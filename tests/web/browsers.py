"""A person's browser for the tests of pages."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "correct horse"


class Browser:
    """A person's browser: fills forms with the hidden fields that the page gave it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def token(self, path: str = "/sign-in") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def post(self, path: str, **fields: object) -> TestResponse:
        page = "/sign-in" if path.startswith("/sign-in") else "/sessions"
        return self.client.post(path, data={"csrf_token": self.token(page), **fields})

    def another(self) -> "Browser":
        """A browser of somebody else, or of the same person on another device."""
        return Browser(self.client.application.test_client())

    def sign_in(self, login: str, password: str = PASSWORD, target: str = "/") -> TestResponse:
        return self.post("/sign-in", login=login, password=password, next=target)
