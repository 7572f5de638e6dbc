"""One question to ESIA over HTTP: limits of time and size, and JSON or nothing."""

import json
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from registry.esia.faults import not_available, told_by_code
from registry.esia.rules import error_code

CONNECT_S: Final = 5.0
READ_S: Final = 10.0
TOTAL_S: Final = 20.0
LARGEST: Final = 1024 * 1024


class Line:
    """The line to ESIA."""

    def __init__(self, address: str, read_s: float = READ_S, total_s: float = TOTAL_S) -> None:
        """Prepare it; nothing is asked yet.

        Args:
            address: of ESIA, without a slash at the end.
            read_s: seconds between two pieces of an answer.
            total_s: seconds for all of it.
        """
        self._address = address
        self._total_s = total_s
        timeout = httpx.Timeout(read_s, connect=CONNECT_S)
        # trust_env off: a proxy named in the environment must not see who logs in.
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def post(self, path: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Send a form and read the answer.

        Raises:
            UnavailableError: no answer, or none that can be read. Other errors: ESIA refused; in its words.
        """
        return self._ask(self._client.build_request("POST", f"{self._address}{path}", data=dict(form)))

    def get(self, path: str, token: str) -> Mapping[str, Any]:
        """Read something of the person whose token it is.

        Raises:
            UnavailableError: no answer, or none that can be read. Other errors: ESIA refused; in its words.
        """
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self._ask(self._client.build_request("GET", f"{self._address}{path}", headers=headers))

    def _ask(self, request: httpx.Request) -> Mapping[str, Any]:
        try:
            status, body = self._exchange(request)
        except httpx.HTTPError:
            raise not_available() from None
        said = _read(body)
        if status != httpx.codes.OK:
            description = str(said.get("error_description") or said.get("code") or "")
            raise told_by_code(error_code(description)) if error_code(description) else not_available()
        return said

    def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        until = time.monotonic() + self._total_s
        answer = self._client.send(request, stream=True)
        try:
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > LARGEST or time.monotonic() > until:
                    raise not_available()
            return answer.status_code, bytes(body)
        finally:
            answer.close()


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        raise not_available() from None
    if not isinstance(said, dict):
        raise not_available()
    return said
