"""A running registry, a real SMTP server and a real SMS gateway."""

import dataclasses
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from registry.config import load_settings
from registry.letters import jobs
from registry.letters.models import Letter
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.storage.ids import uuid7
from registry.storage.keyring import KeyRing
from registry.storage.schema import metadata
from registry.trail.entries import Actor
from registry.trail.keys import TrailKeys
from registry.work import Registry

SCHOOL = UUID("01932b3e-7c00-7000-8000-000000000017")
EMAIL = ContactPoint(Channel.EMAIL, "parent@example.org")
PHONE = ContactPoint(Channel.SMS, "+79140000000")
TUTOR = Actor(kind="staff", id=None, role="tutor", auth="password", school=SCHOOL)
INVITATION = {
    "school": "Школа № 17",
    "student": "Пётр И.",
    "programme": "МЭШ",
    "deadline": "11.11.2020",
    "link": "https://consents.example.org/l/AbCdEfGhIjKl",
}


@dataclass
class Post:
    """What the SMTP server got, and what it is to answer."""

    messages: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    rcpt_answer: str = ""
    data_answer: str = ""
    before_data: Callable[[], None] = lambda: None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: ANN001, N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ANN001, N802
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ANN001, N802
        self.before_data()
        if self.data_answer:
            return self.data_answer
        self.messages.append(BytesParser(policy=SMTP).parsebytes(envelope.content))
        return f"250 OK queued as {len(self.messages)}"


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    handler = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    jobs.close_connections()
    controller.stop()


@dataclass
class Sms:
    """What the gateway got, and the status that it answers."""

    url: str = ""
    status: int = 200
    said: list[tuple[dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Sms]:
    sms = Sms()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sms.said.append((said, self.headers["Idempotency-Key"]))
            answer = json.dumps({"id": f"sms-{len(sms.said)}"}).encode()
            self.send_response(sms.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sms.url = f"http://127.0.0.1:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield sms
    jobs.close_connections()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def registry(tmp_path: Path, post: tuple[Post, int], gateway: Sms) -> Iterator[Registry]:
    environ = {"REGISTRY_HOME": str(tmp_path), "REGISTRY_SENDER": "registry@school.example"}
    settings = load_settings(environ | {"REGISTRY_SMTP_PORT": str(post[1]), "REGISTRY_SMS_URL": gateway.url})
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    opened = Registry.open(settings)
    metadata.create_all(opened.engine)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def person(registry: Registry) -> UUID:
    subject = uuid7(1_604_289_785_000)
    with registry.work(TUTOR) as work:
        work.vault.create_key(work.connection, subject)
    return subject


@pytest.fixture
def invite(registry: Registry, person: UUID) -> Callable[..., Letter]:
    """Write an invitation; values of the draft may be given."""
    draft = Draft(LetterKind.INVITATION, SCHOOL, person, EMAIL, INVITATION)

    def write_one(**changes: object) -> Letter:
        with registry.work(TUTOR) as work:
            return write(work, dataclasses.replace(draft, **changes))

    return write_one
