"""The way out over SFTP, against OpenSSH's own server (Debian: openssh-server) in a process of its own."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from registry.errors import TamperedError
from registry.transports import cleared as clearing
from registry.transports.cleared import Cleared
from registry.transports.sftp import SftpLine, SftpTransport
from registry.transports.transport import Outcome, Result
from tests.servers import free_port
from tests.transports.sshd import Cut, Sshd, make_key, running_sshd

MESSAGE_ID = UUID("01942f7e-1111-7000-8000-000000000001")
SEALED = os.urandom(400_000)
NAME = f"{MESSAGE_ID}.pgp"


def clear(sha256: str = "", receiver: str = "platform") -> Cleared:
    return Cleared(
        message_id=MESSAGE_ID,
        school_id=UUID("01942f7e-2222-7000-8000-000000000002"),
        file_id="f",
        sha256=sha256 or hashlib.sha256(SEALED).hexdigest(),
        receiver=receiver,
        gate_pass=clearing._PASS,  # noqa: SLF001 - the test stands in for the gate
    )


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def sshd(whole_run: Sshd) -> Iterator[Sshd]:
    """The server with nothing in its folder."""
    yield whole_run
    for path in whole_run.inbox.iterdir():
        path.unlink()


@pytest.fixture
def cut(sshd: Sshd) -> Iterator[Callable[[int], Cut]]:
    opened: list[Cut] = []

    def open_cut(after: int) -> Cut:
        opened.append(Cut(sshd.port, after))
        return opened[-1]

    yield open_cut
    for one in opened:
        one.close()


def line_to(sshd: Sshd) -> SftpLine:
    return SftpLine(
        receiver="platform",
        host="127.0.0.1",
        port=sshd.port,
        user=sshd.user,
        folder=str(sshd.inbox),
        key=sshd.key,
        host_keys=frozenset({sshd.fingerprint}),
    )


def send(line: SftpLine) -> Outcome:
    return SftpTransport(line, lambda _: SEALED).send(clear())


def ask(line: SftpLine) -> Outcome:
    return SftpTransport(line, lambda _: SEALED).ask(MESSAGE_ID)


def names(sshd: Sshd) -> list[str]:
    return sorted(path.name for path in sshd.inbox.iterdir())


def test_a_message_lies_in_the_folder_whole_under_its_id_and_nothing_else_does(sshd: Sshd):
    assert send(line_to(sshd)).result is Result.HANDED_OVER
    assert names(sshd) == [NAME]
    assert (sshd.inbox / NAME).read_bytes() == SEALED
    assert ask(line_to(sshd)).result is Result.HANDED_OVER


def test_the_same_message_twice_is_one_file_that_is_not_written_again(sshd: Sshd):
    send(line_to(sshd))
    before = (sshd.inbox / NAME).stat()
    assert send(line_to(sshd)).result is Result.HANDED_OVER
    after = (sshd.inbox / NAME).stat()
    assert names(sshd) == [NAME]
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_other_bytes_under_our_id_are_neither_ours_nor_replaced(sshd: Sshd):
    (sshd.inbox / NAME).write_bytes(SEALED[:-1] + b"?")
    outcome = send(line_to(sshd))
    assert (outcome.result, outcome.reason) == (Result.REFUSED, "another-message-there")
    assert (sshd.inbox / NAME).read_bytes()[-1:] == b"?"


def test_the_answer_beside_the_message_is_brought_home(sshd: Sshd):
    send(line_to(sshd))
    (sshd.inbox / f"{MESSAGE_ID}.ack.json").write_bytes(b'{"the":"answer"}')
    for outcome in (ask(line_to(sshd)), send(line_to(sshd))):
        assert (outcome.result, outcome.acknowledgement) == (Result.ANSWERED, b'{"the":"answer"}')


def test_an_answer_longer_than_64_kib_is_none(sshd: Sshd):
    (sshd.inbox / f"{MESSAGE_ID}.ack.json").write_bytes(b"x" * 65_537)
    assert (ask(line_to(sshd)).result, ask(line_to(sshd)).reason) == (Result.UNKNOWN, "answer-too-large")


def test_a_folder_with_neither_message_nor_answer_says_not_received(sshd: Sshd):
    assert ask(line_to(sshd)).result is Result.NOT_RECEIVED


def test_a_folder_that_is_not_there_says_nothing_about_a_message(sshd: Sshd, tmp_path: Path):
    absent = replace(line_to(sshd), folder=str(tmp_path / "unmounted"))
    assert ask(absent).result is Result.UNKNOWN
    assert (send(absent).result, send(absent).reason) == (Result.NOT_SENT, "sftp-no-such-file")


@pytest.mark.parametrize("pinned", [set(), {"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}])
def test_a_server_whose_key_is_not_the_pinned_one_gets_no_byte(sshd: Sshd, pinned: set[str]):
    outcome = send(replace(line_to(sshd), host_keys=frozenset(pinned)))
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "host-key-not-verifiable")
    assert names(sshd) == []


def test_any_of_several_pinned_keys_opens_so_that_a_key_can_be_changed(sshd: Sshd):
    pinned = frozenset({"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", sshd.fingerprint})
    assert send(replace(line_to(sshd), host_keys=pinned)).result is Result.HANDED_OVER


def test_a_refused_login_leaves_nothing(sshd: Sshd, tmp_path: Path):
    make_key(tmp_path / "stranger")
    outcome = send(replace(line_to(sshd), key=tmp_path / "stranger"))
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "permission-denied")
    assert names(sshd) == []


@pytest.mark.parametrize("content", [None, b"no key at all"])
def test_a_key_file_that_cannot_be_read_is_said(sshd: Sshd, tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    broken = replace(line_to(sshd), key=tmp_path / "key")
    assert (send(broken).result, send(broken).reason) == (Result.NOT_SENT, "key-file")
    assert ask(broken).result is Result.UNKNOWN


def test_a_closed_port_leaves_nothing(sshd: Sshd):
    closed = replace(line_to(sshd), port=free_port())
    assert (send(closed).result, send(closed).reason) == (Result.NOT_SENT, "connection-refused-error")
    assert ask(closed).result is Result.UNKNOWN


def test_a_line_that_is_cut_before_we_are_let_in_leaves_nothing(sshd: Sshd, cut: Callable[[int], Cut]):
    assert send(replace(line_to(sshd), port=cut(1_000).port)).result is Result.NOT_SENT


def test_a_line_that_is_cut_in_the_middle_is_unknown_and_asking_resolves_it(
    sshd: Sshd, cut: Callable[[int], Cut]
):
    cut_line = replace(line_to(sshd), port=cut(200_000).port)
    assert send(cut_line).result is Result.UNKNOWN
    assert NAME not in names(sshd)
    assert ask(line_to(sshd)).result is Result.NOT_RECEIVED
    assert send(line_to(sshd)).result is Result.HANDED_OVER
    assert names(sshd) == [NAME]
    assert (sshd.inbox / NAME).read_bytes() == SEALED


def test_a_disk_that_is_full_at_the_other_end_is_a_refusal_that_leaves_nothing_behind(sshd: Sshd):
    (sshd.inbox / f"{NAME}.part").symlink_to("/dev/full")
    outcome = send(line_to(sshd))
    assert (outcome.result, outcome.reason) == (Result.REFUSED, "sftp-failure")
    assert names(sshd) == []


def test_a_server_that_falls_silent_costs_no_more_than_the_whole_time(sshd: Sshd):
    silent = Cut(None, None)
    line = replace(line_to(sshd), port=silent.port, total=0.5)
    outcome = send(line)
    silent.close()
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "total-timeout")


@pytest.mark.parametrize("changes", [{"sha256": "00" * 32}, {"receiver": "another"}])
def test_bytes_that_were_not_cleared_for_this_receiver_do_not_leave(sshd: Sshd, changes: dict[str, str]):
    with pytest.raises(TamperedError):
        SftpTransport(line_to(sshd), lambda _: SEALED).send(clear(**changes))
    assert names(sshd) == []
