"""The platform's doors besides HTTP, as `python -m registry sandbox` opens them by the registry's address."""

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from registry.errors import SettingsError
from registry.sandbox.platform import PlatformSettings
from registry.sandbox.platform.doors import sftp_home
from registry.sandbox.platform.sftp import make_key_pair
from registry.sandbox.serve import Sandbox
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.transports import cleared as clearing
from registry.transports.cleared import Cleared
from registry.transports.folder import FolderLine, FolderTransport
from registry.transports.inbox import HttpInbox
from registry.transports.mail import MailLine, MailTransport
from registry.transports.sftp import SftpLine, SftpTransport
from registry.transports.transport import Outcome, Result, Transport
from tests.sandbox.conftest import RECEIVER, SCHOOL, Draft, Sender
from tests.servers import free_port

ADDRESS, OURS = "intake@platform.example", "registry@region.example"
Opened = tuple[Sandbox, Transport]
PATIENCE_S = 20


@contextmanager
def opened(home: Path, messages_at: str) -> Iterator[Sandbox]:
    with closing(Sandbox(home, (0, 0, 0), PlatformSettings(receiver=RECEIVER), messages_at)) as sandbox:
        yield sandbox


@contextmanager
def over_sftp(folder: Path, fetch: Callable[[str], bytes]) -> Iterator[Opened]:
    home = folder / "sandbox"
    kept = sftp_home(home)
    fingerprint = kept.prepare()
    kept.let_in(make_key_pair(folder / "key"))
    port = free_port()
    line = SftpLine(
        RECEIVER, "127.0.0.1", port, "registry", "/inbox", folder / "key", frozenset({fingerprint})
    )
    with opened(home, f"sftp://registry@127.0.0.1:{port}/inbox") as sandbox:
        yield sandbox, SftpTransport(line, fetch)


@contextmanager
def over_mail(folder: Path, fetch: Callable[[str], bytes]) -> Iterator[Opened]:
    with opened(folder / "sandbox", f"mailto:{ADDRESS}") as sandbox:
        line = MailLine(RECEIVER, ADDRESS, OURS, "127.0.0.1", sandbox.smtp_port)
        inbox = HttpInbox(f"http://127.0.0.1:{sandbox.mailbox_port}", OURS)
        yield sandbox, MailTransport(line, fetch, lambda: datetime.now(UTC), inbox)


@contextmanager
def over_folder(folder: Path, fetch: Callable[[str], bytes]) -> Iterator[Opened]:
    carried = folder / "carried"
    carried.mkdir()
    with opened(folder / "sandbox", f"file://{carried}") as sandbox:
        yield sandbox, FolderTransport(FolderLine(RECEIVER, carried), fetch)


def answered(transport: Transport, message_id: UUID) -> Outcome:
    """Ask until the platform has answered."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        outcome = transport.ask(message_id)
        if outcome.result is Result.ANSWERED:
            return outcome
        time.sleep(0.05)
    pytest.fail("the platform did not answer")


def clear(draft: Draft, sealed: bytes) -> Cleared:
    return Cleared(
        message_id=draft.message_id,
        school_id=SCHOOL,
        file_id="f",
        sha256=hashlib.sha256(sealed).hexdigest(),
        receiver=RECEIVER,
        gate_pass=clearing._PASS,  # noqa: SLF001 - the test stands in for the gate
    )


@pytest.fixture
def sealer(tmp_path: Path) -> Iterator[OpenPgpSealer]:
    create_passphrase(tmp_path / "passphrase")
    with OpenPgpSealer(tmp_path / "school", tmp_path / "passphrase") as made:
        yield made


@pytest.mark.parametrize("over", [over_sftp, over_mail, over_folder])
def test_a_message_is_taken_in_by_every_door_and_answered_where_the_sender_looks(
    tmp_path: Path, sealer: OpenPgpSealer, over: Callable[..., Iterator[Opened]]
):
    draft = Draft().with_students(2)
    held: list[bytes] = []
    with over(tmp_path, lambda _: held[0]) as (sandbox, transport):  # type: ignore[attr-defined]
        intake = sandbox.intake
        key = sealer.create_key("operator")
        sealer.pin(intake.sealer.export_public(intake.key), intake.key)
        intake.senders.add("operator", sealer.export_public(key), key)
        school = Sender(sealer, key, intake.key, client=None)  # type: ignore[arg-type]  # the line replaces it
        held.append(school.seal(draft.pack()))
        assert transport.send(clear(draft, held[0])).result is Result.HANDED_OVER
        answer = answered(transport, draft.message_id)
        said = school.verified(answer.acknowledgement)
        assert (said.message_id, said.verdict) == (draft.message_id, "accepted")
        assert transport.send(clear(draft, held[0])).result in {Result.HANDED_OVER, Result.ANSWERED}
        assert len(intake.store.rows("SELECT * FROM messages")) == 1


@pytest.mark.parametrize("over", [over_folder])
def test_what_nobody_known_has_signed_is_answered_with_a_rejection(
    tmp_path: Path, sealer: OpenPgpSealer, over: Callable[..., Iterator[Opened]]
):
    draft = Draft().with_students(1)
    with over(tmp_path, lambda _: b"no message at all") as (sandbox, transport):  # type: ignore[attr-defined]
        transport.send(clear(draft, b"no message at all"))
        answer = answered(transport, draft.message_id)
        sealer.pin(sandbox.intake.sealer.export_public(sandbox.intake.key), sandbox.intake.key)
        school = Sender(sealer, "", sandbox.intake.key, client=None)  # type: ignore[arg-type]
        assert school.verified(answer.acknowledgement).verdict == "rejected"
        assert sandbox.intake.store.rows("SELECT * FROM answers") == []


def test_nobody_is_let_into_the_sftp_server_before_his_key_is_known(tmp_path: Path):
    port = free_port()
    make_key_pair(tmp_path / "key")
    with opened(tmp_path / "sandbox", f"sftp://registry@127.0.0.1:{port}/inbox"):
        pinned = frozenset({sftp_home(tmp_path / "sandbox").prepare()})
        line = SftpLine(RECEIVER, "127.0.0.1", port, "registry", "/inbox", tmp_path / "key", pinned)
        stranger = SftpTransport(line, lambda _: b"")
        assert stranger.ask(Draft().message_id).reason == "permission-denied"
        sftp_home(tmp_path / "sandbox").let_in(tmp_path / "key.pub")
        assert stranger.ask(Draft().message_id).result is Result.NOT_RECEIVED


def test_a_taken_sftp_port_is_said_plainly(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=str(port)), opened(tmp_path, f"sftp://r@127.0.0.1:{port}/in"):
            pass
