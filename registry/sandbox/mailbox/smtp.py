"""The SMTP door: takes any letter for anybody on loopback and puts it into the box."""

import logging
import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from registry.sandbox.mailbox.box import Box, Handed

MAX_LETTER = 20 * 1024 * 1024
_TAG = re.compile(r"<[^>]*>")


class Postman:
    """Puts each recipient's copy into the box."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - named by the library
        """Called by the library when a letter has arrived whole."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            letter = message_from_bytes(content, policy=default)
            subject, text = str(letter["Subject"] or ""), _text(letter)
        except (MessageError, LookupError, ValueError):
            return "550 the letter cannot be read"
        for to in envelope.rcpt_tos:
            self._box.add(
                Handed(channel="email", to=to, text=text, sender=envelope.mail_from or "", subject=subject)
            )
        return "250 kept"


def open_smtp(box: Box, host: str, port: int) -> Controller:
    """A started SMTP server in a thread of its own; the caller stops it.

    Raises:
        OSError: the port is taken.
    """
    # The library writes what clients say, addresses among it, into its log.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    controller = Controller(Postman(box), hostname=host, port=port, data_size_limit=MAX_LETTER)
    controller.start()
    return controller


def _text(letter: EmailMessage) -> str:
    """The words of a letter, from its plain part or else from HTML without its tags."""
    body = letter.get_body(("plain", "html"))
    if body is None:
        return ""
    text = str(body.get_content())
    return text if body.get_content_subtype() == "plain" else _TAG.sub("", text)
