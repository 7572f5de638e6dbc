"""The SMTP door: takes any letter for anybody on loopback and puts it into the box."""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from registry.sandbox.mailbox.box import Box, Handed, address

MAX_LETTER = 20 * 1024 * 1024
Doors = Mapping[str, Callable[[bytes], object]]
"""Who takes whole letters for an address himself; addresses in lower case."""
_TAG = re.compile(r"<[^>]*>")


class Postman:
    """Puts each recipient's copy into the box, or gives it to whoever has a door for this address."""

    def __init__(self, box: Box, doors: Doors) -> None:
        self._box = box
        self._doors = doors

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - named by the library
        """Called by the library when a letter has arrived whole."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            letter = message_from_bytes(content, policy=default)
            read = Handed("email", "", _text(letter), envelope.mail_from or "", str(letter["Subject"] or ""))
        except (MessageError, LookupError, ValueError):
            return "550 the letter cannot be read"
        for to in envelope.rcpt_tos:
            door = self._doors.get(address(to))
            if door is None:
                self._box.add(replace(read, to=to))
            else:
                # In a thread: whoever stands behind the door may take his time.
                await asyncio.to_thread(door, content)
        return "250 kept"


def deliver(box: Box, letter: EmailMessage) -> None:
    """Put a letter that somebody in this sandbox wrote into the box, with the JSON files in it."""
    attached = {
        str(part.get_filename()): bytes(part.get_content()).decode()
        for part in letter.iter_attachments()
        if part.get_content_type() == "application/json"
    }
    sender, to, subject = (str(letter[name]) for name in ("From", "To", "Subject"))
    box.add(Handed("email", to, _text(letter), sender, subject, attached=attached))


def open_smtp(box: Box, host: str, port: int, doors: Doors | None = None) -> Controller:
    """A started SMTP server in a thread of its own; the caller stops it.

    Raises:
        OSError: the port is taken.
    """
    # The library writes what clients say, addresses among it, into its log.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    controller = Controller(Postman(box, doors or {}), hostname=host, port=port, data_size_limit=MAX_LETTER)
    controller.start()
    return controller


def _text(letter: EmailMessage) -> str:
    """The words of a letter, from its plain part or else from HTML without its tags."""
    body = letter.get_body(("plain", "html"))
    if body is None:
        return ""
    text = str(body.get_content())
    return text if body.get_content_subtype() == "plain" else _TAG.sub("", text)
