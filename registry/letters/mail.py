"""E-mail: making a message, and handing it over by SMTP on connections that stay open."""

import smtplib
import ssl
import threading
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from time import monotonic
from typing import Final
from uuid import UUID

from registry.errors import N_, InvalidError
from registry.letters.envelopes import Envelope
from registry.letters.outcome import LaterError, NeverError

TIMEOUT: Final = 20.0
LONGEST_IDLE: Final = 20.0
REFUSED: Final = 500
PROVIDER_ID: Final = 200
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes along: its name and its bytes."""

    name: str
    data: bytes


def make_message(
    letter_id: UUID,
    sender: str,
    envelope: Envelope,
    at: datetime,
    attachment: Attachment | None = None,
) -> EmailMessage:
    """Make the message of a letter; its Message-ID is the letter's id, so that a second copy can be told.

    Raises:
        InvalidError: an address or the subject cannot stand in a head (a line break, for example).
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["Message-ID"] = f"<{letter_id.hex}@{sender.rpartition('@')[2]}>"
        message["Date"] = format_datetime(at)
        message["From"] = sender
        message["To"] = envelope.address
        message["Subject"] = envelope.subject
        message["Auto-Submitted"] = "auto-generated"
    except (ValueError, HeaderParseError, IndexError):
        raise InvalidError(
            N_("Письмо не составлено: адрес или тема записаны неверно."), code="head"
        ) from None
    if not _is_one_address(message, envelope.address):
        raise InvalidError(N_("Адрес или номер записан неверно: исправьте его."), code="address")
    message.set_content(envelope.text, cte="base64")
    if attachment is not None:
        message.add_attachment(
            attachment.data, maintype="application", subtype="pdf", filename=attachment.name
        )
    return message


def _is_one_address(message: EmailMessage, address: str) -> bool:
    """Hold what the head is read as against what was meant: one plain address and nothing beside it."""
    read = message["To"].addresses
    return len(read) == 1 and "@" in address and bool(read[0].addr_spec == address)


@dataclass(slots=True)
class _Idle:
    connection: smtplib.SMTP
    since: float


@dataclass(slots=True)
class Mailer:
    """Hands messages over to one SMTP server; keeps connections that are not in use for a little while."""

    host: str
    port: int
    _idle: list[_Idle] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hand_over(self, message: EmailMessage, sender: str, address: str) -> str:
        """Hand a message over and give the server's answer, which names it there.

        Raises:
            LaterError: the server cannot be reached, is busy, or broke off.
            NeverError: the server refuses the address or the message.
        """
        data = message.as_bytes()
        try:
            return self._send(sender, address, data)
        except (OSError, smtplib.SMTPException) as error:
            raise LaterError(
                N_("Почтовый сервер не отвечает: письмо будет отправлено позже (%(what)s)."),
                what=type(error).__name__,
            ) from None

    def close(self) -> None:
        """Take leave of the server on every idle connection."""
        with self._lock:
            idle, self._idle = self._idle, []
        for one in idle:
            one.connection.close()

    def _send(self, sender: str, address: str, data: bytes) -> str:
        connection, fresh = self._take()
        try:
            return _transact(connection, sender, address, data)
        except smtplib.SMTPServerDisconnected:
            if fresh:
                raise
            # A server may close an idle connection at any time; nothing of the letter has left yet.
            connection = self._connect()
            return _transact(connection, sender, address, data)
        finally:
            self._give_back(connection)

    def _take(self) -> tuple[smtplib.SMTP, bool]:
        with self._lock:
            idle = self._idle.pop() if self._idle else None
        if idle is not None and monotonic() - idle.since < LONGEST_IDLE:
            return idle.connection, False
        if idle is not None:
            idle.connection.close()
        return self._connect(), True

    def _connect(self) -> smtplib.SMTP:
        connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        connection.ehlo()
        if self.host not in LOOPBACK and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        return connection

    def _give_back(self, connection: smtplib.SMTP) -> None:
        if connection.sock is None:
            return
        with self._lock:
            self._idle.append(_Idle(connection, monotonic()))


def _transact(connection: smtplib.SMTP, sender: str, address: str, data: bytes) -> str:
    """Send one message over an open connection; the connection can be used again after any answer."""
    code, answer = connection.mail(sender)
    if code < 400:  # noqa: PLR2004 - RFC 5321: below 400 the server agrees
        code, answer = connection.rcpt(address)
    if code < 400:  # noqa: PLR2004 - the same
        code, answer = _send_data(connection, data)
    if code >= 400:  # noqa: PLR2004 - the same
        _reset(connection)
        raise _refusal(code)
    return answer.decode("ascii", "replace")[:PROVIDER_ID]


def _send_data(connection: smtplib.SMTP, data: bytes) -> tuple[int, bytes]:
    try:
        return connection.data(data)
    except smtplib.SMTPDataError as refused:
        answer = refused.smtp_error
        return refused.smtp_code, answer.encode() if isinstance(answer, str) else answer
    except (OSError, smtplib.SMTPServerDisconnected):
        connection.close()
        # Whether the server took it is not known: a second copy carries the same Message-ID.
        raise LaterError(N_("Почтовый сервер прервал связь: письмо будет отправлено ещё раз.")) from None


def _reset(connection: smtplib.SMTP) -> None:
    try:
        connection.rset()
    except (OSError, smtplib.SMTPException):
        connection.close()


def _refusal(code: int) -> LaterError | NeverError:
    if code >= REFUSED:
        return NeverError(N_("Почтовый сервер отказал (%(answer)s): проверьте адрес."), answer=code)
    return LaterError(N_("Почтовый сервер занят: письмо будет отправлено позже."))
