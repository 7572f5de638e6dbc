"""The way out over HTTPS: one request, hard limits, and no guessing about what a cut line means."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from registry.errors import N_, SettingsError
from registry.transports.acknowledgement import MAX_BYTES
from registry.transports.attempt import Attempt
from registry.transports.cleared import Cleared
from registry.transports.retry_after import asked_wait
from registry.transports.sealed import Fetch, load
from registry.transports.transport import Outcome, Result, Way, log_attempt
from registry.transports.trust import trusted

SEALED_TYPE = "application/pgp-encrypted"
_UNSURE = frozenset({408, 425, 429})
"""Client-side codes that say "later", not "no": the message may have been taken in."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where a receiver listens and how long to wait.

    Attributes:
        receiver: name of the receiver as manifests state it.
        address: ``https://...`` without a slash at the end; plain HTTP on loopback only.
        authorities: file of trusted certificates instead of the system's, or None.
        connect, read, total: seconds to connect, between two pieces of the answer, and for all of it.
    """

    receiver: str
    address: str
    authorities: Path | None = None
    connect: float = 5.0
    read: float = 30.0
    total: float = 120.0


class HttpsTransport:
    """Sends to one receiver; `fetch` gives the sealed bytes of a file id."""

    way = Way.HTTPS
    asks = True

    def __init__(self, line: Line, fetch: Fetch) -> None:
        _demand_private(line.address)
        self._line = line
        self._fetch = fetch
        timeout = httpx.Timeout(line.read, connect=line.connect)
        # trust_env off: a proxy named in the environment must not see a school's message.
        # No kept connections: a line that went stale while idle would look like a message on its way.
        fresh = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(
            verify=trusted(line.address, line.authorities),
            timeout=timeout,
            limits=fresh,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, cleared: Cleared) -> Outcome:
        """POST the sealed bytes once.

        Raises:
            TamperedError: the stored bytes are not the ones that were cleared, or for another receiver.
        """
        sealed = load(cleared, self._line.receiver, self._fetch)
        headers = {
            "Content-Type": SEALED_TYPE,
            "Idempotency-Key": str(cleared.message_id),
            "Registry-School": str(cleared.school_id),
        }
        request = self._client.build_request(
            "POST", f"{self._line.address}/messages", content=sealed, headers=headers
        )
        return self._run(request, cleared.message_id, _after_sending)

    def ask(self, message_id: UUID) -> Outcome:
        """GET the receiver's answer about a message id."""
        request = self._client.build_request("GET", f"{self._line.address}/messages/{message_id}")
        return self._run(request, message_id, _after_asking)

    def _run(
        self, request: httpx.Request, message_id: UUID, judge: Callable[[int, bytes], Outcome]
    ) -> Outcome:
        request.headers["Accept"] = "application/json"
        request.headers["Accept-Encoding"] = "identity"
        with Attempt(self._line.total) as attempt:
            request.extensions["trace"] = attempt.trace
            return log_attempt(message_id, self._exchange(request, attempt, judge))

    def _exchange(
        self, request: httpx.Request, attempt: Attempt, judge: Callable[[int, bytes], Outcome]
    ) -> Outcome:
        """Do one request; whatever breaks before its first byte left is NOT_SENT, all else UNKNOWN."""
        try:
            response = self._client.send(request, stream=True)
            try:
                body = _capped(response)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.StreamError) as error:
            result = Result.UNKNOWN if attempt.began else Result.NOT_SENT
            return Outcome(result, reason=attempt.slug(error))
        if body is None:
            return Outcome(Result.UNKNOWN, reason="answer-too-large")
        if response.is_success and not _is_json(response.headers):
            return Outcome(Result.UNKNOWN, reason="answer-not-json")
        outcome = judge(response.status_code, body if _is_json(response.headers) else b"")
        return replace(outcome, wait=asked_wait(response.headers))


def _after_sending(status: int, body: bytes) -> Outcome:
    reason = f"http-{status}"
    if 200 <= status < 300:  # noqa: PLR2004 - the HTTP class of success
        return Outcome(Result.ANSWERED, body, accepted=True, reason=reason)
    if not 400 <= status < 500 or status in _UNSURE:  # noqa: PLR2004 - all but a plain refusal stays open
        return Outcome(Result.UNKNOWN, reason=reason)
    if body:
        return Outcome(Result.ANSWERED, body, accepted=False, reason=reason)
    return Outcome(Result.REFUSED, reason=reason)


def _after_asking(status: int, body: bytes) -> Outcome:
    reason = f"http-{status}"
    if status == 200 and body:  # noqa: PLR2004 - the one status that carries an answer
        return Outcome(Result.ANSWERED, body, reason=reason)
    if status == 404:  # noqa: PLR2004 - the agreed "not received"
        return Outcome(Result.NOT_RECEIVED, reason=reason)
    return Outcome(Result.UNKNOWN, reason=reason)


def _capped(response: httpx.Response) -> bytes | None:
    """The body, or None as soon as it is longer than an acknowledgement may be."""
    body = bytearray()
    for piece in response.iter_raw(8_192):
        body += piece
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def _is_json(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _demand_private(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return
    raise SettingsError(
        N_("Адрес получателя: нужен https:// (http:// только на этом же компьютере), а не %(address)s."),
        address=address,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
