"""The platform's mailbox: an encrypted mail is taken in, and its answer goes back as a mail with one file."""

from collections.abc import Callable
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from registry.sandbox.platform.inspect.findings import uuid_of
from registry.sandbox.platform.intake import Intake, envelope_of
from registry.transports.armor import dearmored


class MailDoor:
    """Reads what arrives for the platform's address and hands the answer to the post."""

    def __init__(self, intake: Intake, address: str, post: Callable[[EmailMessage], None]) -> None:
        self.address = address
        self._intake = intake
        self._post = post

    def take_in(self, content: bytes) -> bool:
        """Answer a mail that carries a message; false when it carries none, and nobody answers."""
        try:
            mail = message_from_bytes(content, policy=default)
            message_id, sealed = _message_of(mail)
        except (MessageError, LookupError, ValueError, TypeError):
            return False
        if message_id is None or sealed is None:
            return False
        answer = envelope_of(self._intake.receive_unaddressed(message_id, sealed))
        self._post(_reply(mail, message_id, answer, self.address))
        return True


def _message_of(mail: EmailMessage) -> tuple[UUID | None, bytes | None]:
    """The id out of the mail's Message-ID, and the sealed bytes out of its second part (RFC 3156)."""
    parts = list(mail.iter_parts())
    kinds = [part.get_content_type() for part in parts]
    if mail.get_content_type() != "multipart/encrypted" or kinds != [
        "application/pgp-encrypted",
        "application/octet-stream",
    ]:
        return None, None
    name = str(mail["Message-ID"]).strip("<> ").partition("@")[0]
    return uuid_of(name), dearmored(parts[1].get_content())


def _reply(mail: EmailMessage, message_id: UUID, answer: bytes, address: str) -> EmailMessage:
    reply = EmailMessage()
    reply["From"] = address
    reply["To"] = str(mail["From"])
    reply["Subject"] = f"Acknowledgement of {message_id}"
    reply["In-Reply-To"] = str(mail["Message-ID"])
    reply.set_content(f"Acknowledgement of the message {message_id}.\n")
    name = f"{message_id}.ack.json"
    reply.add_attachment(answer, maintype="application", subtype="json", filename=name)
    return reply
