"""The way out over HTTPS, against real sockets that misbehave in every usual way."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from registry.errors import SettingsError, TamperedError
from registry.transports import cleared as clearing
from registry.transports.cleared import Cleared
from registry.transports.https import HttpsTransport, Line
from registry.transports.transport import Result

MESSAGE_ID = UUID("01942f7e-1111-7000-8000-000000000001")
SCHOOL = UUID("01942f7e-2222-7000-8000-000000000002")
SEALED = b"sealed bytes" * 5_000
ANSWER = b'{"acknowledgement":"","signature":""}'


def clear(sha256: str = "", receiver: str = "platform") -> Cleared:
    return Cleared(
        message_id=MESSAGE_ID,
        school_id=SCHOOL,
        file_id="f",
        sha256=sha256 or hashlib.sha256(SEALED).hexdigest(),
        receiver=receiver,
        gate_pass=clearing._PASS,  # noqa: SLF001 - the test stands in for the gate
    )


class Door:
    """A TCP listener that gives each connection to `act` after reading the whole request."""

    def __init__(
        self, act: Callable[[socket.socket, bytes], None], tls: ssl.SSLContext | None = None
    ) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._act, self._tls = act, tls
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            try:
                self._serve(line)
            except OSError:
                pass
            finally:
                line.close()

    def _serve(self, line: socket.socket) -> None:
        line.settimeout(10)
        if self._tls is not None:
            line = self._tls.wrap_socket(line, server_side=True)
        request = read_request(line)
        self.requests.append(request)
        self._act(line, request)
        line.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


def read_request(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = line.recv(65_536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += line.recv(65_536)
    return head + b"\r\n\r\n" + body


def answer(
    status: str, body: bytes = ANSWER, kind: str = "application/json"
) -> Callable[[socket.socket, bytes], None]:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return lambda line, _: line.sendall(head + body)


@pytest.fixture
def door() -> Iterator[Callable[..., Door]]:
    opened: list[Door] = []

    def open_door(act: Callable[[socket.socket, bytes], None], tls: ssl.SSLContext | None = None) -> Door:
        opened.append(Door(act, tls))
        return opened[-1]

    yield open_door
    for one in opened:
        one.close()


def line_to(port: int, **limits: float) -> HttpsTransport:
    return HttpsTransport(Line("platform", f"http://127.0.0.1:{port}", **limits), lambda _: SEALED)


def send(port: int, **limits: float):
    with line_to(port, **limits) as transport:
        return transport.send(clear())


def test_a_message_goes_out_once_with_its_id_as_the_idempotency_key(door: Callable[..., Door]):
    listening = door(answer("201 Created"))
    outcome = send(listening.port)
    assert (outcome.result, outcome.acknowledgement, outcome.accepted) == (Result.ANSWERED, ANSWER, True)
    assert len(listening.requests) == 1
    head, _, body = listening.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /messages HTTP/1.1\r\n")
    assert f"Idempotency-Key: {MESSAGE_ID}".encode() in head
    assert f"Registry-School: {SCHOOL}".encode() in head
    assert body == SEALED


@pytest.mark.parametrize("status", ["409 Conflict", "422 Unprocessable Content", "403 Forbidden"])
def test_a_refusal_with_a_body_is_an_answer_to_be_verified(door: Callable[..., Door], status: str):
    outcome = send(door(answer(status)).port)
    assert (outcome.result, outcome.acknowledgement, outcome.accepted) == (Result.ANSWERED, ANSWER, False)


def test_a_refusal_in_words_for_people_is_no_answer(door: Callable[..., Door]):
    outcome = send(door(answer("404 Not Found", b"<p>no</p>", "text/html")).port)
    assert (outcome.result, outcome.acknowledgement, outcome.reason) == (Result.REFUSED, b"", "http-404")


@pytest.mark.parametrize(
    "status", ["429 Too Many", "408 Timeout", "500 Error", "502 Bad", "503 Busy", "504 Late"]
)
def test_a_busy_or_broken_receiver_leaves_the_outcome_unknown(door: Callable[..., Door], status: str):
    assert send(door(answer(status)).port).result is Result.UNKNOWN


def test_a_redirect_is_not_followed(door: Callable[..., Door]):
    elsewhere = door(answer("200 OK"))
    head = f"HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.1:{elsewhere.port}/messages\r\n"
    redirect = (head + "Content-Length: 0\r\n\r\n").encode()
    outcome = send(door(lambda line, _: line.sendall(redirect)).port)
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "http-307")
    assert elsewhere.requests == []


def test_a_refused_connection_means_that_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = send(port)
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "connect-error")


CUT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-", CUT, b"nonsense\r\n\r\n"])
def test_a_line_that_is_cut_after_the_request_began_leaves_the_outcome_unknown(
    door: Callable[..., Door], said: bytes
):
    assert send(door(lambda line, _: line.sendall(said)).port).result is Result.UNKNOWN


def test_a_silent_receiver_leaves_the_outcome_unknown(door: Callable[..., Door]):
    outcome = send(door(lambda line, _: _wait_for_hang_up(line)).port, read=0.3)
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "read-timeout")


def test_an_answer_that_drips_is_cut_when_the_whole_time_is_over(door: Callable[..., Door]):
    def drip(line: socket.socket, _: bytes) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        for _number in range(400):
            line.sendall(b"X")
            if _hung_up(line, 0.05):
                return

    begun = time.monotonic()
    outcome = send(door(drip).port, read=5.0, total=0.5)
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "total-timeout")
    assert time.monotonic() - begun < 5


def _hung_up(line: socket.socket, seconds: float) -> bool:
    line.settimeout(seconds)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False


def _wait_for_hang_up(line: socket.socket) -> None:
    while not _hung_up(line, 5):
        pass


def test_an_answer_above_64_kib_is_cut_and_does_not_count(door: Callable[..., Door]):
    def endless(line: socket.socket, _: bytes) -> None:
        line.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _number in range(10_000):
            line.sendall(b"2000\r\n" + b" " * 8192 + b"\r\n")

    outcome = send(door(endless).port)
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "answer-too-large")


def test_a_success_that_is_no_json_leaves_the_outcome_unknown(door: Callable[..., Door]):
    assert send(door(answer("200 OK", b"<p>ok</p>", "text/html")).port).result is Result.UNKNOWN


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("200 OK", Result.ANSWERED),
        ("404 Not Found", Result.NOT_RECEIVED),
        ("403 Forbidden", Result.UNKNOWN),
        ("500 Error", Result.UNKNOWN),
    ],
)
def test_asking_about_a_message_tells_what_the_receiver_has(
    door: Callable[..., Door], status: str, result: Result
):
    listening = door(answer(status))
    with line_to(listening.port) as transport:
        outcome = transport.ask(MESSAGE_ID)
    assert outcome.result is result
    assert listening.requests[0].startswith(f"GET /messages/{MESSAGE_ID} HTTP/1.1".encode())


def test_bytes_other_than_the_cleared_ones_never_leave(door: Callable[..., Door]):
    listening = door(answer("201 Created"))
    with line_to(listening.port) as transport:
        for wrong in (clear(sha256="0" * 64), clear(receiver="somebody else")):
            with pytest.raises(TamperedError):
                transport.send(wrong)
    assert listening.requests == []


def test_only_the_gate_can_clear_a_message():
    with pytest.raises(TypeError):
        Cleared(
            message_id=MESSAGE_ID,
            school_id=SCHOOL,
            file_id="f",
            sha256="0" * 64,
            receiver="x",
            gate_pass=object(),
        )


def test_the_pass_of_the_gate_is_handed_out_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clearing, "_taken", [])
    clearing.take_gate_pass()
    with pytest.raises(RuntimeError):
        clearing.take_gate_pass()


@pytest.mark.parametrize(
    "address",
    ["http://platform.example", "ftp://x", "platform.example", "https://", "http://127.0.0.1.example"],
)
def test_a_receiver_off_this_machine_is_reached_by_https_only(address: str):
    with pytest.raises(SettingsError):
        HttpsTransport(Line("platform", address), lambda _: SEALED)


def test_a_receiver_whose_certificate_is_not_trusted_gets_nothing(door: Callable[..., Door], tmp_path: Path):
    tls, authority = _certificate(tmp_path)
    listening = door(answer("201 Created"), tls)
    address = f"https://127.0.0.1:{listening.port}"
    with HttpsTransport(Line("platform", address), lambda _: SEALED) as untrusting:
        assert untrusting.send(clear()).result is Result.NOT_SENT
    assert listening.requests == []
    with HttpsTransport(Line("platform", address, authority), lambda _: SEALED) as trusting:
        assert trusting.send(clear()).result is Result.ANSWERED


def _certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "platform")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, folder / "key.pem")
    return context, file
