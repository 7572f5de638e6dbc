"""The way out by e-mail, against a real SMTP server (aiosmtpd), read there by gpg and by Sequoia."""

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pysequoia
import pytest
from aiosmtpd.controller import Controller

from registry.sealing.sealer import Parties, seal_bytes
from registry.transports.armor import armored, dearmored
from registry.transports.inbox import attachment
from registry.transports.mail import MailLine, MailTransport, make_mail
from registry.transports.transport import Outcome, Result
from tests.sealing.conftest import Side, make_side
from tests.servers import free_port
from tests.transports.test_https import _certificate
from tests.transports.test_sftp import MESSAGE_ID, SEALED, clear

NOW = datetime(2020, 11, 2, 12, tzinfo=UTC)
LINE = MailLine("platform", "intake@platform.example", "registry@region.example", "127.0.0.1", 0)
HEADS = {"Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"}
ADDED = {"X-Peer", "X-MailFrom", "X-RcptTo"}
"""What this server writes in front of a mail."""


@dataclass
class Post:
    """A server that keeps what it was given; a test may say what it answers."""

    mails: list[bytes] = field(default_factory=list)
    answer: str = "250 kept"
    rcpt: str = "250 ok"
    cut: bool = False

    async def handle_RCPT(self, *said: Any) -> str:  # noqa: N802 - named by the library
        envelope, address = said[2:4]
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - named by the library
        self.mails.append(envelope.content)
        if self.cut:
            server.transport.abort()
        return self.answer


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def serve(post: Post) -> Iterator[Callable[..., MailLine]]:
    running: list[Controller] = []

    def start(**more: Any) -> MailLine:
        controller = Controller(post, hostname="127.0.0.1", port=free_port(), **more)
        controller.start()
        running.append(controller)
        return replace(LINE, port=controller.port)

    yield start
    for one in running:
        one.stop()


def send(line: MailLine) -> Outcome:
    return MailTransport(line, lambda _: SEALED, lambda: NOW).send(clear())


def test_the_mail_is_encrypted_mime_and_its_heads_say_nothing_of_anybody(
    post: Post, serve: Callable[..., MailLine]
):
    assert send(serve()).result is Result.HANDED_OVER
    mail = message_from_bytes(post.mails[0], policy=default)
    assert isinstance(mail, EmailMessage)
    assert (mail.get_content_type(), mail.get_param("protocol")) == (
        "multipart/encrypted",
        "application/pgp-encrypted",
    )
    control, body = mail.iter_parts()
    assert control.get_content_type() == "application/pgp-encrypted"
    assert control.get_content().split() == [b"Version:", b"1"]
    assert body.get_content_type() == "application/octet-stream"
    assert dearmored(body.get_content()) == SEALED
    assert max(map(len, post.mails[0].splitlines())) <= 78
    assert set(mail.keys()) - ADDED == HEADS
    assert mail["Message-ID"] == f"<{MESSAGE_ID}@region.example>"
    assert mail["Subject"] == f"Registry message {MESSAGE_ID}"


def test_every_copy_of_a_message_has_the_same_message_id(post: Post, serve: Callable[..., MailLine]):
    line = serve()
    assert [send(line).result, send(line).result] == [Result.HANDED_OVER] * 2
    ids = {message_from_bytes(mail, policy=default)["Message-ID"] for mail in post.mails}
    assert ids == {f"<{MESSAGE_ID}@region.example>"}


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Side, Side]]:
    folder = tmp_path_factory.mktemp("m")
    school, platform = make_side(folder, "school"), make_side(folder, "platform")
    school.sealer.pin(platform.sealer.export_public(platform.key), platform.key)
    platform.sealer.pin(school.sealer.export_public(school.key), school.key)
    yield school, platform
    for side in (school, platform):
        side.sealer.close()


def test_the_part_is_opened_as_it_stands_by_gpg_and_by_another_implementation(sides: tuple[Side, Side]):
    school, platform = sides
    content = os.urandom(100_000)
    sealed = seal_bytes(school.sealer, content, Parties(school.key, platform.key))
    mail = message_from_bytes(make_mail(LINE, MESSAGE_ID, sealed, NOW).as_bytes(), policy=default)
    part = list(mail.iter_parts())[1].get_content()  # type: ignore[attr-defined]
    platform.gpg("--import", data=school.sealer.export_public(school.key))
    assert platform.gpg("--decrypt", data=part) == content
    passphrase = platform.passphrase_file.read_text().strip()
    secret = pysequoia.Tsk.from_bytes(platform.gpg("--armor", "--export-secret-keys", platform.key))
    certificate = pysequoia.Cert.from_bytes(school.sealer.export_public(school.key))
    opened = pysequoia.decrypt(part, secret.decryptor(passphrase), lambda _: [certificate])
    assert opened.bytes == content


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 1000])
def test_armor_is_read_back_to_the_last_byte(size: int):
    data = os.urandom(size) or b"x"
    assert dearmored(armored(data)) == data
    assert dearmored(armored(data).replace(b"\n", b"\r\n")) == data
    assert dearmored(armored(data) + b"more") is None


@pytest.mark.parametrize("answer", ["550 no such mailbox", "452 later"])
def test_a_refused_mailbox_leaves_nothing(post: Post, serve: Callable[..., MailLine], answer: str):
    post.rcpt = answer
    outcome = send(serve())
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, f"smtp-{answer[:3]}")
    assert post.mails == []


@pytest.mark.parametrize("answer", ["552 mailbox full", "451 disk full"])
def test_a_mail_that_the_server_did_not_take_is_refused(
    post: Post, serve: Callable[..., MailLine], answer: str
):
    post.answer = answer
    outcome = send(serve())
    assert (outcome.result, outcome.reason) == (Result.REFUSED, f"smtp-{answer[:3]}")


def test_a_line_that_is_cut_after_the_content_leaves_the_outcome_unknown(
    post: Post, serve: Callable[..., MailLine]
):
    post.cut = True
    assert send(serve()).result is Result.UNKNOWN


def test_a_closed_port_leaves_nothing():
    outcome = send(replace(LINE, port=free_port()))
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "connection-refused-error")


def test_a_server_that_falls_silent_costs_no_more_than_the_whole_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = send(replace(LINE, port=silent.getsockname()[1], total=0.3))
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "total-timeout")


def test_tls_is_spoken_and_the_certificate_is_verified(
    post: Post, serve: Callable[..., MailLine], tmp_path: Path
):
    context, authorities = _certificate(tmp_path)
    line = serve(tls_context=context, require_starttls=True)
    strange = send(line)
    assert (strange.result, strange.reason) == (Result.NOT_SENT, "ssl-cert-verification-error")
    assert post.mails == []
    assert send(replace(line, authorities=str(authorities))).result is Result.HANDED_OVER


def test_a_distant_server_without_tls_gets_nothing(
    monkeypatch: pytest.MonkeyPatch, post: Post, serve: Callable[..., MailLine]
):
    monkeypatch.setattr("registry.transports.mail.LOOPBACK", frozenset())
    outcome = send(serve())
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "smtp-not-supported-error")
    assert post.mails == []


def reply(name: str, data: bytes) -> bytes:
    mail = EmailMessage()
    mail["In-Reply-To"] = LINE.id_of(MESSAGE_ID)
    mail.set_content("см. вложение")
    mail.add_attachment(data, maintype="application", subtype="json", filename=name)
    return mail.as_bytes()


def test_only_the_agreed_attachment_of_a_reply_is_an_answer():
    assert attachment(reply(f"{MESSAGE_ID}.ack.json", b'{"a":1}'), MESSAGE_ID) == b'{"a":1}'
    assert attachment(reply("other.json", b"{}"), MESSAGE_ID) is None
    assert attachment(reply(f"{MESSAGE_ID}.ack.json", b"x" * 65_537), MESSAGE_ID) is None
    assert attachment(b"no mail at all", MESSAGE_ID) is None


def test_without_a_mailbox_nothing_is_known_and_nothing_is_guessed():
    outcome = MailTransport(LINE, lambda _: SEALED, lambda: NOW).ask(MESSAGE_ID)
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "no-inbox")
    assert not MailTransport.asks
