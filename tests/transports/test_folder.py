"""The way out by hand: a folder that a person carries from."""

import hashlib
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from registry.errors import TamperedError
from registry.transports.folder import FolderLine, FolderTransport
from registry.transports.transport import Outcome, Result
from tests.transports.test_sftp import MESSAGE_ID, NAME, SEALED, clear

Folder = Callable[[Path], FolderTransport]


def transport(folder: Path) -> FolderTransport:
    return FolderTransport(FolderLine("platform", folder), lambda _: SEALED)


def send(folder: Path) -> Outcome:
    return transport(folder).send(clear())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_message_and_note_lie_in_the_folder_and_the_note_names_id_digest_and_receiver(tmp_path: Path):
    assert send(tmp_path).result is Result.HANDED_OVER
    assert names(tmp_path) == [NAME, f"{MESSAGE_ID}.txt"]
    assert (tmp_path / NAME).read_bytes() == SEALED
    note = (tmp_path / f"{MESSAGE_ID}.txt").read_text("utf-8")
    for said in (str(MESSAGE_ID), hashlib.sha256(SEALED).hexdigest(), str(len(SEALED)), "platform"):
        assert said in note


def test_the_same_message_twice_is_one_file_that_is_not_written_again(tmp_path: Path):
    send(tmp_path)
    before = (tmp_path / NAME).stat()
    assert send(tmp_path).result is Result.HANDED_OVER
    assert (tmp_path / NAME).stat() == before


def test_other_bytes_under_our_id_are_not_replaced(tmp_path: Path):
    (tmp_path / NAME).write_bytes(b"?")
    assert (send(tmp_path).result, send(tmp_path).reason) == (Result.REFUSED, "another-message-there")
    assert (tmp_path / NAME).read_bytes() == b"?"


def test_the_answer_is_found_in_the_folder_also_when_the_message_was_carried_away(tmp_path: Path):
    send(tmp_path)
    (tmp_path / f"{MESSAGE_ID}.ack.json").write_bytes(b"{}")
    (tmp_path / NAME).unlink()
    outcome = transport(tmp_path).ask(MESSAGE_ID)
    assert (outcome.result, outcome.acknowledgement) == (Result.ANSWERED, b"{}")


def test_a_message_that_was_carried_away_says_nothing_about_its_arrival(tmp_path: Path):
    send(tmp_path)
    assert transport(tmp_path).ask(MESSAGE_ID).result is Result.HANDED_OVER
    (tmp_path / NAME).unlink()
    assert transport(tmp_path).ask(MESSAGE_ID).result is Result.UNKNOWN
    assert not FolderTransport.asks


def test_an_answer_longer_than_64_kib_is_none(tmp_path: Path):
    (tmp_path / f"{MESSAGE_ID}.ack.json").write_bytes(b"x" * 65_537)
    outcome = transport(tmp_path).ask(MESSAGE_ID)
    assert (outcome.result, outcome.reason) == (Result.UNKNOWN, "answer-too-large")


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """Let the system refuse to make files longer than this, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def another_user() -> Iterator[None]:
    """Be somebody who may not write into root's folders; who is not root may not anyhow."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_disk_that_is_full_leaves_no_part_of_a_message(tmp_path: Path):
    with small_files(100_000):
        outcome = send(tmp_path)
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "efbig")
    assert names(tmp_path) == [f"{MESSAGE_ID}.txt"]
    assert send(tmp_path).result is Result.HANDED_OVER


def test_a_folder_that_is_not_writable_is_said_and_nothing_is_sent():
    with another_user():
        outcome = send(Path("/usr"))
    assert (outcome.result, outcome.reason) == (Result.NOT_SENT, "eacces")


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path):
    """It may be a medium that is not plugged in: what is written beneath it would go nowhere."""
    assert (send(tmp_path / "stick").result, send(tmp_path / "stick").reason) == (Result.NOT_SENT, "enoent")
    assert not (tmp_path / "stick").exists()


def test_bytes_that_were_not_cleared_for_this_receiver_do_not_leave(tmp_path: Path):
    with pytest.raises(TamperedError):
        transport(tmp_path).send(clear(receiver="another"))
    assert names(tmp_path) == []
