"""Stand-ins of an SMTP server and of an SMS gateway that remember what they got."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler

from aiosmtpd import smtp
from aiosmtpd.smtp import Envelope, Session

SCHOOL_SENDER = "registry@school.example"


@dataclass
class Post:
    """What the SMTP server got, and what it is to answer."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    rcpt_answer: str = ""
    data_answer: str = ""
    before_data: Callable[[], None] = lambda: None

    async def handle_EHLO(  # noqa: N802 - the name that aiosmtpd looks for
        self, _server: smtp.SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, _server: smtp.SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: smtp.SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        self.before_data()
        if self.data_answer:
            return self.data_answer
        self.messages.append(BytesParser(policy=SMTP).parsebytes(envelope.content))
        return f"250 OK queued as {len(self.messages)}"


@dataclass
class Sms:
    """What the gateway got, and the status that it answers."""

    url: str = ""
    status: int = 200
    said: list[tuple[dict[str, str], str]] = field(default_factory=list)


def gateway_handler(sms: Sms) -> type[BaseHTTPRequestHandler]:
    """Make the handler of an HTTP server that notes texts in `sms`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sms.said.append((said, self.headers["Idempotency-Key"]))
            answer = json.dumps({"id": f"sms-{len(sms.said)}"}).encode()
            self.send_response(sms.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
