"""Delivery of letters against real servers: once, later, never, and nothing left behind."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.jobs.worker import drain, keep_due_promises
from registry.letters import jobs, models
from registry.letters.models import Letter, letters
from registry.letters.outcome import LaterError
from registry.letters.rules import MOST_ATTEMPTS, Channel, ContactPoint, LetterKind, LetterState
from registry.letters.usecases import void
from registry.storage.outbox import promises
from registry.trail.models import trail_event
from registry.work import Registry

SCHOOL = UUID("01932b3e-7c00-7000-8000-000000000017")
PHONE = ContactPoint(Channel.SMS, "+79140000000")


def keep(registry: Registry) -> None:
    drain(registry, timedelta(seconds=60), registry.now())


def row_of(registry: Registry, letter: Letter):
    with registry.engine.connect() as connection:
        return connection.execute(select(letters).where(letters.c.id == letter.id)).one()


def test_an_invitation_arrives_once_with_its_words_and_an_id_of_its_own(registry, post, invite) -> None:
    letter = invite()
    keep(registry)
    (message,) = post[0].messages
    assert message["To"] == "parent@example.org"
    assert message["Message-ID"] == f"<{letter.id.hex}@school.example>"
    assert message["Subject"] == "Нужно ваше решение о согласии: Пётр И."
    assert "https://consents.example.org/l/AbCdEfGhIjKl" in message.get_content()
    row = row_of(registry, letter)
    assert row.state == LetterState.HANDED_OVER
    assert row.provider_id == "OK queued as 1"
    assert row.handed_over_at is not None


def test_a_text_message_arrives_with_the_letters_id_as_key(registry, gateway, invite) -> None:
    letter = invite(contact=PHONE)
    keep(registry)
    ((said, key),) = gateway.said
    assert said["to"] == "+79140000000"
    assert said["reference"] == key == letter.id.hex
    assert said["text"].endswith("https://consents.example.org/l/AbCdEfGhIjKl")
    assert row_of(registry, letter).provider_id == "sms-1"


def test_where_it_goes_and_what_it_says_is_sealed_and_the_words_are_wiped(registry, invite, tmp_path) -> None:
    letter = invite()
    before = row_of(registry, letter)
    assert b"AbCdEfGhIjKl" not in before.content
    assert b"parent@" not in before.destination
    keep(registry)
    assert row_of(registry, letter).content is None
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("registry.sqlite3*"))
    assert b"AbCdEfGhIjKl" not in stored
    assert b"parent@example.org" not in stored


def test_the_trail_tells_that_a_letter_was_promised_and_sent(registry, invite) -> None:
    letter = invite()
    keep(registry)
    with registry.engine.connect() as connection:
        leaves = [leaf for (leaf,) in connection.execute(select(trail_event.c.leaf))]
    about = [leaf for leaf in leaves if str(letter.id).encode() in leaf]
    assert sorted(b"letter.sent" in leaf for leaf in about) == [False, True]


def test_a_promise_that_runs_twice_sends_one_letter(registry, post, invite) -> None:
    letter = invite()
    jobs.deliver(registry, letter_id=letter.id.hex)
    jobs.deliver(registry, letter_id=letter.id.hex)
    keep(registry)
    assert len(post[0].messages) == 1


def test_a_promise_that_runs_twice_at_the_same_time_sends_one_letter(registry, post, invite) -> None:
    letter = invite()
    inside, go = threading.Event(), threading.Event()

    def pause() -> None:
        inside.set()
        go.wait(10)

    post[0].before_data = pause
    first = threading.Thread(target=jobs.deliver, args=(registry, letter.id.hex))
    first.start()
    assert inside.wait(10)
    with pytest.raises(LaterError):
        jobs.deliver(registry, letter_id=letter.id.hex)
    go.set()
    first.join()
    jobs.deliver(registry, letter_id=letter.id.hex)
    assert len(post[0].messages) == 1


def test_a_crash_after_the_servers_yes_sends_a_second_copy_that_can_be_told(
    registry, post, invite, monkeypatch
) -> None:
    letter = invite()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_settle", crash)
        with pytest.raises(KeyboardInterrupt):
            jobs.deliver(registry, letter_id=letter.id.hex)
    with registry.engine.begin() as connection:
        connection.execute(letters.update().values(taken_until=datetime(2020, 1, 1, tzinfo=UTC)))
    jobs.deliver(registry, letter_id=letter.id.hex)
    first, second = (message["Message-ID"] for message in post[0].messages)
    assert first == second


def test_a_busy_server_is_tried_again_after_a_growing_pause(registry, post, invite) -> None:
    letter = invite()
    post[0].data_answer = "451 later"
    keep_due_promises(registry)
    with registry.engine.connect() as connection:
        kept = connection.execute(select(promises)).one()
    assert kept.due_at > registry.now()
    assert kept.last_error == "LaterError letter-later"
    assert row_of(registry, letter).state == LetterState.QUEUED
    post[0].data_answer = ""
    jobs.deliver(registry, letter_id=letter.id.hex)
    assert len(post[0].messages) == 1


def test_a_refused_address_fails_at_once_and_can_be_seen(registry, post, invite) -> None:
    letter = invite()
    post[0].rcpt_answer = "550 no such user"
    keep(registry)
    row = row_of(registry, letter)
    assert (row.state, row.last_error, row.content) == (LetterState.FAILED, "letter-refused", None)
    with registry.engine.connect() as connection:
        assert [one.id for one in models.failed_letters(connection, SCHOOL)] == [letter.id]
        assert connection.execute(select(promises.c.done_at)).scalar() is not None


def test_the_last_try_fails_the_letter_and_can_be_seen(registry, gateway, invite) -> None:
    letter = invite(contact=PHONE)
    gateway.status = 503
    with registry.engine.begin() as connection:
        connection.execute(letters.update().values(attempts=MOST_ATTEMPTS - 2))
    with pytest.raises(LaterError):
        jobs.deliver(registry, letter_id=letter.id.hex)
    jobs.deliver(registry, letter_id=letter.id.hex)
    assert row_of(registry, letter).state == LetterState.FAILED


@pytest.mark.parametrize(("status", "state"), [(400, LetterState.FAILED), (429, LetterState.QUEUED)])
def test_a_gateway_says_never_or_later(registry, gateway, invite, status: int, state: LetterState) -> None:
    letter = invite(contact=PHONE)
    gateway.status = status
    keep_due_promises(registry)
    assert row_of(registry, letter).state == state


def test_a_server_that_is_down_loses_nothing(registry, post, invite, monkeypatch) -> None:
    letter = invite()
    monkeypatch.setattr(jobs, "_mailer", lambda *_: jobs.Mailer("127.0.0.1", 1))
    keep_due_promises(registry)
    monkeypatch.undo()
    assert row_of(registry, letter).state == LetterState.QUEUED
    jobs.deliver(registry, letter_id=letter.id.hex)
    assert len(post[0].messages) == 1


def test_an_expired_code_is_not_delivered_late(registry, gateway, invite) -> None:
    letter = invite(
        kind=LetterKind.CODE,
        contact=PHONE,
        values={"code": "123456", "minutes": "10", "host": "consents.example.org"},
        expires_at=datetime(2020, 11, 2, tzinfo=UTC),
    )
    keep(registry)
    assert gateway.said == []
    assert row_of(registry, letter).state == LetterState.VOID


def test_a_void_letter_is_not_delivered(registry, post, invite, person) -> None:
    letter = invite()
    with registry.work(jobs.WORKER) as work:
        assert void(work, SCHOOL, person) == 1
    keep(registry)
    assert post[0].messages == []
    assert row_of(registry, letter).content is None


def test_a_pdf_goes_along(registry, post, invite) -> None:
    file_id = UUID("01932b3e-7c00-7000-8000-0000000000ff")
    registry.files.put(file_id, b"%PDF-1.3 receipt")
    values = {"school": "Ш", "student": "П. И.", "programme": "МЭШ", "decision": "согласие дано"}
    values |= {"reference": "К-1", "link": "https://a.example/r", "proof": "registry-receipt/v1\nabc"}
    invite(kind=LetterKind.RECEIPT, values=values, attachment_id=file_id)
    keep(registry)
    (message,) = post[0].messages
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == b"%PDF-1.3 receipt"
    assert "registry-receipt/v1\nabc" in message.get_body().get_content().replace("\r\n", "\n")


def test_an_erased_person_gets_no_letter(registry, post, invite, person) -> None:
    letter = invite()
    with registry.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM subject_keys")
    keep(registry)
    assert post[0].messages == []
    assert row_of(registry, letter).state == LetterState.FAILED


def test_staff_without_a_key_of_their_own_get_letters(registry, post, invite) -> None:
    values = {
        "school": "Школа № 17",
        "task": "Проверить бланки",
        "due": "05.11.2020",
        "link": "https://a.example/t",
    }
    invite(kind=LetterKind.TASK, person_id=UUID(int=7), values=values)
    keep(registry)
    assert post[0].messages[0]["Subject"] == "Задача: Проверить бланки"


def test_the_connection_is_kept_from_letter_to_letter_and_made_again_when_it_broke(
    registry, post, invite
) -> None:
    for _ in range(20):
        invite()
    keep(registry)
    assert len(post[0].messages) == 20
    assert post[0].connections == 1
    for mailer in jobs._mailers.values():  # noqa: SLF001 - a break in the line cannot be made otherwise
        for idle in mailer._idle:  # noqa: SLF001 - the same
            idle.connection.sock.shutdown(2)
    invite()
    keep(registry)
    assert len(post[0].messages) == 21
    assert post[0].connections == 2


def test_letters_leave_fast_enough(registry, post, invite) -> None:
    for _ in range(150):
        invite()
    started = time.perf_counter()
    keep(registry)
    rate = 150 / (time.perf_counter() - started)
    print(f"letters handed over: {rate:.0f} a second")
    assert len(post[0].messages) == 150
    assert rate > 20


def test_the_history_of_several_persons_takes_one_statement(registry, invite, person) -> None:
    written: list[Letter] = [invite() for _ in range(3)]
    ask: Callable[..., list[Letter]] = models.letters_to
    with registry.engine.connect() as connection:
        assert [one.id for one in ask(connection, SCHOOL, [person])] == [one.id for one in written]
        assert ask(connection, UUID(int=1), [person]) == []
