"""The mailbox where answers arrive, read over IMAP from a real server (Dovecot, Debian: dovecot-imapd)."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from registry.transports.inbox import ImapInbox, InboxError
from registry.transports.mail import MailLine, MailTransport
from registry.transports.transport import Result
from tests.servers import free_port
from tests.transports.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.transports.test_mail import LINE, NOW, reply
from tests.transports.test_sftp import MESSAGE_ID

NAME = f"{MESSAGE_ID}.ack.json"
OTHER = UUID("01942f7e-1111-7000-8000-000000000009")


@pytest.fixture(scope="module")
def whole_run() -> Iterator[Dovecot]:
    with running_dovecot() as running:
        yield running


@pytest.fixture
def dovecot(whole_run: Dovecot) -> Iterator[Dovecot]:
    """The server with nothing in its mailbox."""
    yield whole_run
    whole_run.empty()


@pytest.fixture
def inbox(dovecot: Dovecot, tmp_path: Path) -> ImapInbox:
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    return ImapInbox("127.0.0.1", dovecot.port, "registry", password, authorities=dovecot.authorities)


def answers(inbox: ImapInbox) -> list[bytes]:
    return list(inbox.answers(MESSAGE_ID, LINE.id_of(MESSAGE_ID)))


def strange(line: MailLine, body: bytes) -> bytes:
    """A reply to another message that carries our file."""
    mail = EmailMessage()
    mail["In-Reply-To"] = line.id_of(OTHER)
    mail.set_content("words")
    mail.add_attachment(body, maintype="application", subtype="json", filename=NAME)
    return mail.as_bytes()


def test_replies_to_a_message_are_found_among_others_the_oldest_first(dovecot: Dovecot, inbox: ImapInbox):
    assert answers(inbox) == []
    dovecot.deliver(strange(LINE, b'{"of":"another"}'))
    dovecot.deliver(reply(NAME, b'{"number":1}'))
    dovecot.deliver(b"Subject: words\r\n\r\nno reply at all\r\n")
    dovecot.deliver(reply("other.json", b"{}"))
    dovecot.deliver(reply(NAME, b'{"number":2}'))
    assert answers(inbox) == [b'{"number":1}', b'{"number":2}']
    assert answers(inbox) == [b'{"number":1}', b'{"number":2}']


def test_mails_larger_than_an_answer_can_be_are_not_fetched(dovecot: Dovecot, inbox: ImapInbox):
    dovecot.deliver(reply(NAME, b"x" * 300_000))
    dovecot.deliver(reply(NAME, b"{}"))
    assert answers(inbox) == [b"{}"]


def test_an_answer_that_came_by_mail_is_the_outcome_of_asking(dovecot: Dovecot, inbox: ImapInbox):
    transport = MailTransport(LINE, lambda _: b"", lambda: NOW, inbox)
    assert transport.ask(MESSAGE_ID).reason == "no-answer-yet"
    for number in b"12":
        dovecot.deliver(reply(NAME, b"{%d}" % number))
    outcome = transport.ask(MESSAGE_ID)
    assert (outcome.result, outcome.acknowledgement, outcome.others) == (
        Result.ANSWERED,
        b"{49}",
        (b"{50}",),
    )


def test_a_mailbox_that_cannot_be_read_says_why_and_nothing_is_known(
    dovecot: Dovecot, inbox: ImapInbox, tmp_path: Path
):
    wrong = tmp_path / "wrong"
    wrong.write_text("guessed")
    for broken, why in (
        (replace(inbox, password=wrong), "imap-error"),
        (replace(inbox, password=tmp_path / "absent"), "file-not-found-error"),
        (replace(inbox, port=free_port()), "connection-refused-error"),
        (replace(inbox, authorities=None), "ssl-cert-verification-error"),
        (replace(inbox, folder="Nowhere"), "imap-error"),
    ):
        with pytest.raises(InboxError) as caught:
            answers(broken)
        assert caught.value.slug == why
        outcome = MailTransport(LINE, lambda _: b"", lambda: NOW, broken).ask(MESSAGE_ID)
        assert (outcome.result, outcome.reason) == (Result.UNKNOWN, why)
