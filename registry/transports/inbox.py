"""Where acknowledgements arrive by mail: a mailbox over IMAP, or the door of a mailbox over HTTP.

Anybody can write to a mailbox. So everything here is only a candidate, few and small ones are taken, and
what counts is the signature that is verified afterwards.
"""

import imaplib
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import httpx

from registry.transports.acknowledgement import MAX_BYTES
from registry.transports.attempt import slug_of
from registry.transports.trust import trusted

MOST = 50
"""How many candidates of one message are looked at, the oldest first."""
MAX_MAIL = 4 * MAX_BYTES
_WAIT = 30.0


class InboxError(Exception):
    """The mailbox cannot be read now.

    Attributes:
        slug: stable name of what went wrong.
    """

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


class Inbox(Protocol):
    """A mailbox that the registry may read."""

    def answers(self, message_id: UUID, replied_to: str) -> Sequence[bytes]:
        """Give what came as acknowledgement of a message, the oldest first; each at most 64 KiB.

        Raises:
            InboxError: the mailbox cannot be read.
        """


@dataclass(frozen=True, slots=True)
class ImapInbox:
    """A folder of a mailbox over IMAP with TLS; what is read there stays there, unmarked.

    Attributes:
        password: file that holds it.
        authorities: trusted certificates instead of the system's, or None.
    """

    host: str
    port: int
    user: str
    password: Path
    folder: str = "INBOX"
    authorities: str | None = None

    def answers(self, message_id: UUID, replied_to: str) -> Sequence[bytes]:
        """Search for replies to a message and take the agreed attachment out of each."""
        try:
            secret = self.password.read_text("utf-8").strip()
            known = trusted(f"imaps://{self.host}", self.authorities)
            with imaplib.IMAP4_SSL(self.host, self.port, ssl_context=known, timeout=_WAIT) as box:
                box.login(self.user, secret)
                _demand(box.select(f'"{self.folder}"', readonly=True))
                found = _demand(box.uid("SEARCH", "HEADER", "In-Reply-To", f'"{replied_to}"'))
                mails = [_fetch(box, number) for number in bytes(found[0] or b"").split()[:MOST]]
        except imaplib.IMAP4.error:
            message = "imap-error"
            raise InboxError(message) from None
        except (OSError, UnicodeError) as error:
            raise InboxError(slug_of(error)) from None
        attached = (attachment(mail, message_id) for mail in mails if mail is not None)
        return [one for one in attached if one is not None]


@dataclass(frozen=True, slots=True)
class HttpInbox:
    """A mailbox that lists letters as JSON, as the sandbox's does; loopback only.

    Attributes:
        address: ``http://127.0.0.1:8082``; owner: the e-mail address whose letters are meant.
    """

    address: str
    owner: str

    def answers(self, message_id: UUID, replied_to: str) -> Sequence[bytes]:  # noqa: ARG002 - a plain list cannot be searched
        """List the owner's letters and take those that carry the agreed attachment."""
        try:
            with httpx.Client(verify=trusted(self.address), trust_env=False, timeout=_WAIT) as client:
                answer = client.get(f"{self.address}/messages", params={"to": self.owner})
                letters = answer.raise_for_status().json()["messages"]
                attached = [one["attached"] for one in letters]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise InboxError(slug_of(error)) from None
        name = file_name(message_id)
        found = (one[name].encode() for one in attached if name in one)
        return [one for one in found if len(one) <= MAX_BYTES][:MOST]


def file_name(message_id: UUID) -> str:
    """Name the file in which an acknowledgement comes."""
    return f"{message_id}.ack.json"


def attachment(mail: bytes, message_id: UUID) -> bytes | None:
    """Take the acknowledgement of a message out of a mail; None when there is none, or too large a one."""
    try:
        parts = list(message_from_bytes(mail, policy=default).iter_attachments())
        named = (part.get_content() for part in parts if part.get_filename() == file_name(message_id))
        found = next(named, None)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError):
        return None
    data = found.encode() if isinstance(found, str) else found
    return data if isinstance(data, bytes) and len(data) <= MAX_BYTES else None


def _fetch(box: imaplib.IMAP4, number: bytes) -> bytes | None:
    """Fetch one mail, unless it is larger than an answer can be."""
    place = number.decode("ascii")
    size = _demand(box.uid("FETCH", place, "(RFC822.SIZE)"))
    said = size[0] if size and isinstance(size[0], bytes) else b""
    digits = said.rpartition(b"RFC822.SIZE ")[2].split(b")")[0].split()
    if not digits or not digits[0].isdigit() or int(digits[0]) > MAX_MAIL:
        return None
    parts = _demand(box.uid("FETCH", place, "(BODY.PEEK[])"))
    return next((bytes(one[1]) for one in parts if isinstance(one, tuple)), None)


def _demand(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        message = "refused"
        raise imaplib.IMAP4.error(message)
    return data
