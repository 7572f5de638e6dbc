"""Clients that press the button: each on one kept-alive connection, each prepared request once.

Bare sockets and ready bytes, so that the clients take little of the processors that they share with the
server.
"""

import re
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

CLIENTS = 8
BY_HAND = "/by-hand"
READY, SAME, EMPTY = f"{BY_HAND}/ready", f"{BY_HAND}/same", f"{BY_HAND}/empty"
"""Where the endpoints by hand stand."""
PATIENCE_S = 60
SEE_OTHER, OK = b"HTTP/1.1 303", b"HTTP/1.1 200"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took: in all, and of each request; seconds."""

    seconds: float
    each: tuple[float, ...]


def request_bytes(port: int, path: str, token: str, form: dict[str, str]) -> bytes:
    """Write a POST as a browser sends it."""
    body = urlencode(form)
    about = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}")
    return "\r\n".join((f"POST {path} HTTP/1.1", *_head(port, token), *about, "", body)).encode()


def page_bytes(port: int, path: str, token: str) -> bytes:
    """Write a GET as a browser sends it."""
    return "\r\n".join((f"GET {path} HTTP/1.1", *_head(port, token), "", "")).encode()


def _head(port: int, token: str) -> tuple[str, ...]:
    return (
        f"Host: 127.0.0.1:{port}",
        f"Cookie: session={token}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: ru-RU,ru;q=0.8,en-US;q=0.5,en;q=0.3",
        "Sec-Fetch-Site: same-origin",
    )


def fire(port: int, requests: Sequence[bytes]) -> Round:
    """Send every request once, eight at a time; each must be answered with 303."""
    gate = threading.Barrier(CLIENTS + 1)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(_client, port, requests[number::CLIENTS], gate) for number in range(CLIENTS)]
        gate.wait(PATIENCE_S)
        begun = time.perf_counter()
        each = [one for client in clients for one in client.result()]
        return Round(time.perf_counter() - begun, tuple(each))


def _client(port: int, requests: Sequence[bytes], gate: threading.Barrier) -> list[float]:
    """Send some requests, one after the other, on one connection; give the seconds of each."""
    took: list[float] = []
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        gate.wait(PATIENCE_S)
        for one in requests:
            begun = time.perf_counter()
            exchange(line, one)
            took.append(time.perf_counter() - begun)
    return took


def exchange(line: socket.socket, request: bytes, wanted: bytes = SEE_OTHER) -> bytes:
    """Send a request and read the answer, which must begin so; give its body."""
    return answered(line, request, wanted)[1]


def answered(line: socket.socket, request: bytes, wanted: bytes) -> tuple[bytes, bytes]:
    """Send a request and read the answer, which must begin so; give its head and its body."""
    line.sendall(request)
    answer = line.recv(65_536)
    while b"\r\n\r\n" not in answer:
        answer += _more(line)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    whole = int(length[1]) if length else 0
    while len(body) < whole:
        body += _more(line)
    if not answer.startswith(wanted):
        message = f"answered {answer[:2000]!r}"
        raise AssertionError(message)
    return head, body


def _more(line: socket.socket) -> bytes:
    part = line.recv(65_536)
    assert part, "the server hung up"
    return part
