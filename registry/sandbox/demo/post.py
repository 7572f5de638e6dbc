"""The demo's own reader of the sandbox mailbox: letters by address, waited for, not asked for in a loop."""

import http.client
import json
import threading
import time
import urllib.parse
from collections import defaultdict

from registry.errors import N_, UnavailableError

POLL_SECONDS = 10
PATIENCE = 120


class Post:
    """Follows the mailbox in a thread of its own and hands out texts by address."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self._address = (parts.hostname or "", parts.port)
        self._arrived = threading.Condition()
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        self._other: dict[str, str] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._follow, name="post", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._closed = True

    def join(self, phone: str, address: str) -> None:
        """Let what comes to a phone be found under its owner's e-mail address."""
        with self._arrived:
            self._other[phone] = address

    def count(self, address: str) -> int:
        """Say how many letters came to an address so far."""
        with self._arrived:
            return len(self._texts[address])

    def next_after(self, address: str, seen: int) -> str:
        """Give the first letter to an address after those seen; waits for it.

        Raises:
            UnavailableError: none came in time.
        """
        deadline = time.monotonic() + PATIENCE
        with self._arrived:
            while len(self._texts[address]) <= seen:
                if not self._arrived.wait(max(0.0, deadline - time.monotonic())):
                    raise UnavailableError(N_("Письмо не пришло за отведённое время."), code="no-letter")
            return self._texts[address][seen]

    def _follow(self) -> None:
        """Take letters as they come; the mailbox ends when the demo does, and then nothing is awaited."""
        connection = http.client.HTTPConnection(*self._address, timeout=POLL_SECONDS + 20)
        after = 0
        while not self._closed:
            try:
                connection.request("GET", f"/messages?after={after}&wait={POLL_SECONDS}")
                letters = json.load(connection.getresponse())["messages"]
            except (OSError, http.client.HTTPException):
                break
            after = self._keep(letters) or after
        connection.close()

    def _keep(self, letters: list[dict[str, str | int]]) -> int:
        with self._arrived:
            for letter in letters:
                to = str(letter["to"])
                self._texts[self._other.get(to, to)].append(str(letter["text"]))
            self._arrived.notify_all()
        return int(letters[-1]["seq"]) if letters else 0
