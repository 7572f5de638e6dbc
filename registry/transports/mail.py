"""The way out by e-mail: encrypted MIME (RFC 3156), handed to a mail server; the answer is a mail too."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from registry.transports.armor import armored
from registry.transports.attempt import Attempt
from registry.transports.cleared import Cleared
from registry.transports.inbox import Inbox, InboxError
from registry.transports.sealed import Fetch, load
from registry.transports.transport import Outcome, Result, Way, log_attempt

IMPLICIT_TLS: Final = 465
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_TAKEN: Final = 400


@dataclass(frozen=True, slots=True)
class MailLine:
    """From whom to whom, and over which server.

    Attributes:
        receiver: name of the receiver as manifests state it.
        address: the receiver's mailbox; sender: ours, where the answer goes.
        host, port: of the mail server; TLS with a verified certificate, except on this machine.
        authorities: trusted certificates instead of the system's, or None.
        wait, total: seconds between two answers of the server, and for everything.
    """

    receiver: str
    address: str
    sender: str
    host: str
    port: int
    authorities: str | None = None
    wait: float = 30.0
    total: float = 120.0

    def id_of(self, message_id: UUID) -> str:
        """Give the Message-ID of a message: the same for every copy of it."""
        return f"<{message_id}@{self.sender.rpartition('@')[2]}>"


def make_mail(line: MailLine, message_id: UUID, sealed: bytes, at: datetime) -> EmailMessage:
    """Make the mail: heads name the two mailboxes and the message's id, and nothing of anybody."""
    control = EmailMessage(policy=SMTP)
    control.set_content(b"Version: 1\n", maintype="application", subtype="pgp-encrypted", cte="7bit")
    body = EmailMessage(policy=SMTP)
    body.set_content(
        armored(sealed), maintype="application", subtype="octet-stream", cte="7bit", filename="message.asc"
    )
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = line.id_of(message_id)
    mail["Date"] = format_datetime(at)
    mail["From"] = line.sender
    mail["To"] = line.address
    mail["Subject"] = f"Registry message {message_id}"
    mail["Auto-Submitted"] = "auto-generated"
    mail.make_mixed()
    mail.set_type("multipart/encrypted")
    mail.set_param("protocol", "application/pgp-encrypted")
    mail.attach(control)
    mail.attach(body)
    return mail


class MailTransport:
    """Sends to one receiver; `inbox` is where answers arrive, if the registry may read it."""

    way = Way.MAIL
    asks = False

    def __init__(
        self, line: MailLine, fetch: Fetch, clock: Callable[[], datetime], inbox: Inbox | None = None
    ) -> None:
        self._line = line
        self._fetch = fetch
        self._clock = clock
        self._inbox = inbox

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def send(self, cleared: Cleared) -> Outcome:
        """Hand the mail to the server once; that it took the mail says nothing of the receiver.

        Raises:
            TamperedError: the stored bytes are not the ones that were cleared, or for another receiver.
        """
        sealed = load(cleared, self._line.receiver, self._fetch)
        mail = make_mail(self._line, cleared.message_id, sealed, self._clock())
        return log_attempt(cleared.message_id, self._hand_over(mail.as_bytes()))

    def ask(self, message_id: UUID) -> Outcome:
        """Look for the acknowledgement among the mail that came back; nobody can be asked for more."""
        if self._inbox is None:
            return log_attempt(message_id, Outcome(Result.UNKNOWN, reason="no-inbox"))
        try:
            found = self._inbox.answers(message_id, self._line.id_of(message_id))
        except InboxError as error:
            return log_attempt(message_id, Outcome(Result.UNKNOWN, reason=error.slug))
        if not found:
            return log_attempt(message_id, Outcome(Result.UNKNOWN, reason="no-answer-yet"))
        return log_attempt(
            message_id, Outcome(Result.ANSWERED, found[0], reason="answer-there", others=tuple(found[1:]))
        )

    def _hand_over(self, data: bytes) -> Outcome:
        with Attempt(self._line.total) as attempt:
            try:
                connection = self._connect(attempt)
            except (OSError, smtplib.SMTPException) as error:
                return Outcome(Result.NOT_SENT, reason=attempt.slug(error))
            try:
                return _transact(connection, self._line, data, attempt)
            except (OSError, smtplib.SMTPException) as error:
                result = Result.UNKNOWN if attempt.began else Result.NOT_SENT
                return Outcome(result, reason=attempt.slug(error))
            finally:
                connection.close()

    def _connect(self, attempt: Attempt) -> smtplib.SMTP:
        """Connect, with TLS from the first byte or by STARTTLS; never in the clear but on this machine.

        Raises:
            OSError, smtplib.SMTPException: no connection, no TLS, or not this server's certificate.
        """
        line = socket.create_connection((self._line.host, self._line.port), self._line.wait)
        try:
            attempt.watch(line)
            if self._line.port == IMPLICIT_TLS:
                line = self._trusted().wrap_socket(line, server_hostname=self._line.host)
            connection = _Conversation(line, self._line)
            connection.ehlo()
            if self._needs_starttls(connection):
                connection.starttls(context=self._trusted())
                connection.ehlo()
        except BaseException:
            line.close()
            raise
        return connection

    def _trusted(self) -> ssl.SSLContext:
        """Whom to trust; to read the system's certificates takes longer than to send, so only for TLS."""
        return ssl.create_default_context(cafile=self._line.authorities)

    def _needs_starttls(self, connection: smtplib.SMTP) -> bool:
        distant = self._line.host not in LOOPBACK or connection.has_extn("starttls")
        return distant and self._line.port != IMPLICIT_TLS


class _Conversation(smtplib.SMTP):
    """Speaks over a line that is open already, so that it can be cut from its first byte on."""

    def __init__(self, opened: socket.socket, line: MailLine) -> None:
        self._opened = opened
        super().__init__(line.host, line.port, timeout=line.wait)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - the library's own hook
        return self._opened


def _transact(connection: smtplib.SMTP, line: MailLine, data: bytes, attempt: Attempt) -> Outcome:
    code, _ = connection.mail(line.sender)
    if code < _TAKEN:
        code, _ = connection.rcpt(line.address)
    if code >= _TAKEN:
        return Outcome(Result.NOT_SENT, reason=f"smtp-{code}")
    attempt.began = True
    try:
        code, _ = connection.data(data)
    except smtplib.SMTPDataError as refused:
        code = refused.smtp_code  # The server wanted no content at all.
    return Outcome(Result.HANDED_OVER if code < _TAKEN else Result.REFUSED, reason=f"smtp-{code}")
