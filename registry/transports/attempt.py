"""One attempt on the line: whether the request began to leave, and the end of patience."""

import re
import socket
from threading import Lock, Timer
from types import TracebackType
from typing import Self

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
        if self._late:
            return "total-timeout"
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()

    def _opened(self, stream: object) -> None:
        found = getattr(stream, "get_extra_info", lambda _: None)("socket")
        with self._lock:
            self._socket = found
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
