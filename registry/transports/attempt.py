"""One attempt on the line: whether the request began to leave, the end of patience, names for what broke."""

import re
import socket
from threading import Lock, Timer
from types import TracebackType
from typing import Self

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OPENED = (".connect_tcp.complete", ".start_tls.complete")
_BEGAN = ".send_request_headers.started"


class Attempt:
    """Watches one request of the HTTP client and cuts its line when the whole time is over.

    The client's own limits count from piece to piece, so an answer that drips would never end.
    """

    def __init__(self, seconds: float) -> None:
        self.began = False
        self._late = False
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()

    def trace(self, event: str, info: dict[str, object]) -> None:
        """Called by the client at each step of the request."""
        if event.endswith(_BEGAN):
            self.began = True
        if event.endswith(_OPENED):
            self._opened(info["return_value"])

    def slug(self, error: Exception) -> str:
        """A stable name for what broke: "total-timeout", "connect-error", "read-timeout"."""
        return "total-timeout" if self._late else slug_of(error)

    def _opened(self, stream: object) -> None:
        found = getattr(stream, "get_extra_info", lambda _: None)("socket")
        self.watch(found)

    def watch(self, line: socket.socket | None) -> None:
        """Cut this line when the time is over; at once, when it is over already."""
        with self._lock:
            self._socket = line
            late = self._late
        if late:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            self._late = True
            if self._socket is None:
                return
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The other side closed first; the client sees that on its own.
                self._socket = None


def slug_of(error: Exception) -> str:
    """Name an error by its class: "connect-error", "sftp-no-such-file"."""
    return _WORD.sub("-", type(error).__name__).lower()
