"""What lies outside the registry and outlives its crashes: a mailbox for e-mail and SMS, and the platform."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from typing import Any

from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from flask import Response, request

from tests.servers import free_port
from tests.submissions.conftest import Platform

BUSY = "451 busy, try later"


@dataclass(frozen=True)
class Letter:
    """A letter as it was handed over; `key` is the sender's id of it, the same in every copy."""

    channel: str
    to: str
    text: str
    key: str


@dataclass
class Mailbox:
    """Takes letters by SMTP and by HTTP, every copy of them, and shows them to whoever asks."""

    letters: list[Letter] = field(default_factory=list)
    refusals: int = 0
    """How many e-mails are still to be put off, as a busy server does."""

    def __post_init__(self) -> None:
        self.smtp_port = free_port()
        self._smtp = Controller(self, hostname="127.0.0.1", port=self.smtp_port)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _doors(self))
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    def open(self) -> None:
        self._smtp.start()
        self._thread.start()

    def close(self) -> None:
        self._smtp.stop()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def copies(self) -> Counter[str]:
        """How often each letter came."""
        return Counter(one.key for one in self.letters)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, _server: smtp.SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refusals:
            self.refusals -= 1
            return BUSY
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: smtp.SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        message = BytesParser(_class=EmailMessage, policy=SMTP).parsebytes(envelope.content)
        text, key = str(message.get_content()), str(message["Message-ID"])
        self.letters.append(Letter("email", str(message["To"]), text, key))
        return f"250 OK queued as {len(self.letters)}"


def _doors(box: Mailbox) -> type[BaseHTTPRequestHandler]:
    class Doors(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            box.letters.append(Letter("sms", said["to"], said["text"], self.headers["Idempotency-Key"]))
            self._answer({"id": f"sms-{len(box.letters)}"})

        def do_GET(self) -> None:
            self._answer([{"to": one.to, "text": one.text} for one in box.letters])

        def _answer(self, said: object) -> None:
            data = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    return Doors


class CuttingPlatform(Platform):
    """The sandbox platform, which takes the next message in and cuts the line before its answer."""

    cuts: int = 0

    def _after(self, response: Response) -> Response:
        if request.method == "POST" and request.path == "/messages" and self.cuts:
            self.cuts -= 1
            request.environ["werkzeug.socket"].shutdown(SHUT_RDWR)
        return response
