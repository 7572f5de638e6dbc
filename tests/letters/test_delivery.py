"""Delivery of letters against real servers: once, later, never, and nothing left behind."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, select

from registry.jobs.worker import drain, keep_due_promises
from registry.letters import jobs
from registry.letters.models import Letter, letters
from registry.letters.outcome import LaterError
from registry.letters.rules import MOST_ATTEMPTS, Channel, ContactPoint, LetterKind, LetterState
from registry.letters.usecases import void
from registry.storage.outbox import promises
from registry.trail.models import trail_event
from registry.work import Registry
from tests.letters.providers import Post, Sms

Invite = Callable[..., Letter]
SCHOOL = UUID("01932b3e-7c00-7000-8000-000000000017")
PHONE = ContactPoint(Channel.SMS, "+79140000000")


def keep(registry: Registry) -> None:
    drain(registry, timedelta(seconds=60), registry.now())


def deliver(registry: Registry, letter: Letter) -> None:
    """Run the job as the worker does: the errand, then its conclusion in a unit of work."""
    conclude = jobs.deliver(registry, letter_id=letter.id.hex)
    if conclude is not None:
        with registry.work(jobs.WORKER) as work:
            conclude(work)


def row_of(registry: Registry, letter: Letter) -> Row[Any]:
    with registry.engine.connect() as connection:
        return connection.execute(select(letters).where(letters.c.id == letter.id)).one()


def test_an_invitation_arrives_once_with_its_words_and_an_id_of_its_own(
    registry: Registry, post: Post, invite: Invite
) -> None:
    letter = invite()
    keep(registry)
    (message,) = post.messages
    assert message["To"] == "parent@example.org"
    assert message["Message-ID"] == f"<{letter.id.hex}@school.example>"
    assert message["Subject"] == "Нужно ваше решение о согласии: Пётр И."
    assert "https://consents.example.org/l/AbCdEfGhIjKl" in message.get_content()
    row = row_of(registry, letter)
    assert row.state == LetterState.HANDED_OVER
    assert row.provider_id == "OK queued as 1"
    assert row.handed_over_at is not None


def test_a_text_message_arrives_with_the_letters_id_as_key(
    registry: Registry, gateway: Sms, invite: Invite
) -> None:
    letter = invite(contact=PHONE)
    keep(registry)
    ((said, key),) = gateway.said
    assert said["to"] == "+79140000000"
    assert said["reference"] == key == letter.id.hex
    assert said["text"].endswith("https://consents.example.org/l/AbCdEfGhIjKl")
    assert row_of(registry, letter).provider_id == "sms-1"


def test_where_it_goes_and_what_it_says_is_sealed_and_the_words_are_wiped(
    registry: Registry, invite: Invite
) -> None:
    letter = invite()
    before = row_of(registry, letter)
    assert b"AbCdEfGhIjKl" not in before.content
    assert b"parent@" not in before.destination
    keep(registry)
    assert row_of(registry, letter).content is None
    with registry.engine.connect() as connection:
        stored = repr([connection.execute(select(table)).all() for table in (letters, promises, trail_event)])
    assert "AbCdEfGhIjKl" not in stored
    assert "parent@example.org" not in stored


def test_the_trail_tells_that_a_letter_was_promised_and_sent(registry: Registry, invite: Invite) -> None:
    letter = invite()
    keep(registry)
    with registry.engine.connect() as connection:
        leaves = [leaf for (leaf,) in connection.execute(select(trail_event.c.leaf))]
    about = [leaf for leaf in leaves if str(letter.id).encode() in leaf]
    assert sorted(b"letter.sent" in leaf for leaf in about) == [False, True]


def test_a_promise_that_runs_twice_sends_one_letter(registry: Registry, post: Post, invite: Invite) -> None:
    letter = invite()
    deliver(registry, letter)
    deliver(registry, letter)
    keep(registry)
    assert len(post.messages) == 1


def test_a_promise_that_runs_twice_at_the_same_time_sends_one_letter(
    registry: Registry, post: Post, invite: Invite
) -> None:
    letter = invite()
    inside, go = threading.Event(), threading.Event()

    def pause() -> None:
        inside.set()
        go.wait(10)

    post.before_data = pause
    first = threading.Thread(target=deliver, args=(registry, letter))
    first.start()
    assert inside.wait(10)
    with pytest.raises(LaterError):
        deliver(registry, letter)
    go.set()
    first.join()
    deliver(registry, letter)
    assert len(post.messages) == 1


def test_a_crash_after_the_servers_yes_sends_a_second_copy_that_can_be_told(
    registry: Registry, post: Post, invite: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = invite()

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_note_success", crash)
        with pytest.raises(KeyboardInterrupt):
            deliver(registry, letter)
    with registry.engine.begin() as connection:
        connection.execute(letters.update().values(taken_until=datetime(2020, 1, 1, tzinfo=UTC)))
    deliver(registry, letter)
    first, second = (message["Message-ID"] for message in post.messages)
    assert first == second


def test_a_busy_server_is_tried_again_after_a_growing_pause(
    registry: Registry, post: Post, invite: Invite
) -> None:
    letter = invite()
    post.data_answer = "451 later"
    keep_due_promises(registry)
    with registry.engine.connect() as connection:
        kept = connection.execute(select(promises)).one()
    assert kept.due_at > registry.now()
    assert kept.last_error == "LaterError letter-later"
    assert row_of(registry, letter).state == LetterState.QUEUED
    post.data_answer = ""
    deliver(registry, letter)
    assert len(post.messages) == 1


def test_a_refused_address_fails_at_once(registry: Registry, post: Post, invite: Invite) -> None:
    letter = invite()
    post.rcpt_answer = "550 no such user"
    keep(registry)
    row = row_of(registry, letter)
    assert (row.state, row.last_error, row.content) == (LetterState.FAILED, "letter-refused", None)
    with registry.engine.connect() as connection:
        assert connection.execute(select(promises.c.done_at)).scalar() is not None


def test_the_last_try_fails_the_letter_and_can_be_seen(
    registry: Registry, gateway: Sms, invite: Invite
) -> None:
    letter = invite(contact=PHONE)
    gateway.status = 503
    with registry.engine.begin() as connection:
        connection.execute(letters.update().values(attempts=MOST_ATTEMPTS - 2))
    with pytest.raises(LaterError):
        deliver(registry, letter)
    deliver(registry, letter)
    assert row_of(registry, letter).state == LetterState.FAILED


@pytest.mark.parametrize(("status", "state"), [(400, LetterState.FAILED), (429, LetterState.QUEUED)])
def test_a_gateway_says_never_or_later(
    registry: Registry, gateway: Sms, invite: Invite, status: int, state: LetterState
) -> None:
    letter = invite(contact=PHONE)
    gateway.status = status
    keep_due_promises(registry)
    assert row_of(registry, letter).state == state


def test_a_server_that_is_down_loses_nothing(
    registry: Registry, post: Post, invite: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = invite()
    monkeypatch.setattr(jobs, "_mailer", lambda *_: jobs.Mailer("127.0.0.1", 1))
    keep_due_promises(registry)
    monkeypatch.undo()
    assert row_of(registry, letter).state == LetterState.QUEUED
    deliver(registry, letter)
    assert len(post.messages) == 1


def test_an_expired_code_is_not_delivered_late(registry: Registry, gateway: Sms, invite: Invite) -> None:
    letter = invite(
        kind=LetterKind.CODE,
        contact=PHONE,
        values={"code": "123456", "minutes": "10", "host": "consents.example.org"},
        expires_at=datetime(2020, 11, 2, tzinfo=UTC),
    )
    keep(registry)
    assert gateway.said == []
    assert row_of(registry, letter).state == LetterState.VOID


def test_a_void_letter_is_not_delivered(registry: Registry, post: Post, invite: Invite, person: UUID) -> None:
    letter = invite()
    with registry.work(jobs.WORKER) as work:
        assert void(work, SCHOOL, person) == 1
    keep(registry)
    assert post.messages == []
    assert row_of(registry, letter).content is None


def test_a_pdf_goes_along(registry: Registry, post: Post, invite: Invite) -> None:
    file_id = UUID("01932b3e-7c00-7000-8000-0000000000ff")
    registry.files.put(file_id, b"%PDF-1.3 receipt")
    values = {"school": "Ш", "proof": "registry-receipt/v1\nabc"}
    invite(kind=LetterKind.RECEIPT, values=values, attachment_id=file_id)
    keep(registry)
    (message,) = post.messages
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == b"%PDF-1.3 receipt"
    assert "registry-receipt/v1\nabc" in message.get_body().get_content().replace("\r\n", "\n")


def test_an_erased_person_gets_no_letter(registry: Registry, post: Post, invite: Invite) -> None:
    letter = invite()
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM subject_keys")
    keep(registry)
    assert post.messages == []
    assert row_of(registry, letter).state == LetterState.FAILED


def test_staff_without_a_key_of_their_own_get_letters(registry: Registry, post: Post, invite: Invite) -> None:
    values = {
        "school": "Школа № 17",
        "task": "Проверить бланки",
        "due": "05.11.2020",
        "link": "https://a.example/t",
    }
    invite(kind=LetterKind.TASK, person_id=UUID(int=7), values=values)
    keep(registry)
    assert post.messages[0]["Subject"] == "Задача: Проверить бланки"


def test_the_connection_is_kept_from_letter_to_letter_and_made_again_when_it_broke(
    registry: Registry, post: Post, invite: Invite
) -> None:
    for _ in range(20):
        invite()
    keep(registry)
    assert len(post.messages) == 20
    assert post.connections == 1
    for mailer in jobs._mailers.values():  # noqa: SLF001 - a break in the line cannot be made otherwise
        for idle in mailer._idle:  # noqa: SLF001 - the same
            idle.connection.sock.shutdown(2)
    invite()
    keep(registry)
    assert len(post.messages) == 21
    assert post.connections == 2
