"""A member of staff with a telephone: sets up a second factor and types its codes."""

import re
import time
from uuid import UUID

from sqlalchemy import update
from werkzeug.test import TestResponse

from registry.access.models.tables import users
from registry.access.totp import STEP, code_at
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.web.browsers import PASSWORD, Browser


def hidden(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


class Phone:
    """The application that shows codes, and the paper with the recovery codes."""

    def __init__(self, registry: Registry, user_id: UUID) -> None:
        self.registry = registry
        self.user_id = user_id
        self.secret = ""
        self.recovery: list[str] = []

    def step_up(self, browser: Browser, **fields: str) -> TestResponse:
        return browser.post("/step-up", password=PASSWORD, next="/", **fields)

    def set_up(self, browser: Browser) -> TestResponse:
        """Set a factor up from an open session, or from one that may do nothing else yet."""
        offered = browser.get("/account/factor")
        found = re.search(r'id="secret">([^<]+)<', offered.text)
        assert found is not None, offered.text
        self.secret = found[1].replace(" ", "")
        answer = browser.client.post(
            "/account/factor",
            data={
                "csrf_token": hidden(offered, "csrf_token"),
                "offered": hidden(offered, "offered"),
                "code": self.shown(),
                "next": "/sessions",
            },
        )
        self.recovery = re.findall(r"<li><code>([^<]+)</code>", answer.text)
        return answer

    def shown(self) -> str:
        """The code that stands now; it may have been used."""
        return code_at(self.secret, int(time.time()) // STEP)

    def fresh(self) -> str:
        """A code that was not used: the last use is forgotten, as if half a minute had passed."""
        with self.registry.work(SYSTEM) as work:
            work.connection.execute(update(users).where(users.c.id == self.user_id).values(totp_step=None))
        return self.shown()

    def enter(self, browser: Browser, code: str) -> TestResponse:
        page = browser.get("/sign-in/code")
        return browser.client.post(
            "/sign-in/code",
            data={"csrf_token": hidden(page, "csrf_token"), "code": code, "next": "/sessions"},
        )
