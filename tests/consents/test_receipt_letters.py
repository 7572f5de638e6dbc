"""Receipts by e-mail: one letter a sitting, some minutes after its last act, and nothing personal in it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import delete, select

from registry.cli.setting_up import migrate
from registry.consents.clock import send_receipts
from registry.consents.models.receipts import acts_without_letter, move_mark
from registry.consents.models.tables import act_receipts
from registry.consents.rules.acts import ActKind
from registry.consents.rules.receipts import MOST_ACTS, QUIET, Unwritten, due_sittings
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases.correcting import invalidate_act
from registry.consents.usecases.receipt_letters import write_receipts
from registry.documents.marks import readable_code
from registry.letters.envelopes import Envelope, open_envelope
from registry.letters.models import letters, take
from registry.people.contacts import ContactKind
from registry.people.models.tables import contacts
from registry.programmes.rules import NoticeKind
from registry.storage.failpoints import Action, Strike, listening
from registry.storage.migrate import alembic_config
from registry.trail.entries import SYSTEM
from registry.trail.merkle import leaf_hash
from registry.trail.models import trail_event, trail_object
from registry.trail.receipt import open_receipt
from tests.clocks import Later
from tests.consents.conftest import AGREEMENT, PASSPORT, C, Town, confirm_everything
from tests.consents.test_staff import paper
from tests.owner import owner_of

MINUTE = timedelta(minutes=1)
PLACE = "receipts.letter-before-note"


@pytest.fixture
def clock() -> Iterator[Later]:
    """The registry's clock, which a test moves on."""
    with Later().ticking() as later:
        yield later


def round_after(town: Town, clock: Later, waited: timedelta) -> None:
    """Let time pass, and the clock's tick come."""
    clock.waited += waited
    send_receipts(town.registry)


def receipts(town: Town) -> list[tuple[str, UUID]]:
    """List channel and addressee of every receipt letter that was written."""
    wanted = select(letters.c.channel, letters.c.person_id).where(letters.c.kind == "receipt")
    with town.registry.reading(SYSTEM) as work:
        return [(row.channel, row.person_id) for row in work.connection.execute(wanted)]


def read_letters(town: Town) -> list[Envelope]:
    """Open the receipt letters that wait."""
    waiting = select(letters.c.id).where(letters.c.kind == "receipt", letters.c.state == "queued")
    with town.work() as work:
        ids = list(work.connection.execute(waiting.order_by(letters.c.id)).scalars())
        found = [take(work.connection, one, work.now) for one in ids]
        return [open_envelope(work.vault, work.connection, one) for one in found if one]


def noted(town: Town) -> dict[UUID, UUID | None]:
    with town.registry.reading(SYSTEM) as work:
        rows = work.connection.execute(select(act_receipts))
        return {row.act_id: row.letter_id for row in rows}


def without_email(town: Town, name: str) -> None:
    gone = (contacts.c.person_id == town.people[name]) & (contacts.c.kind == ContactKind.EMAIL.value)
    with town.work() as work:
        work.connection.execute(delete(contacts).where(gone))


def test_ten_minutes_after_the_last_act_one_letter_goes_out_for_all_of_them(town: Town, clock: Later):
    confirm_everything(town)
    first = town.give("mother", AGREEMENT)
    round_after(town, clock, 9 * MINUTE)
    second = town.give("mother", C, "child")
    round_after(town, clock, 9 * MINUTE)
    assert receipts(town) == []
    round_after(town, clock, MINUTE)
    assert receipts(town) == [("email", town.people["mother"])]
    (letter,) = read_letters(town)
    for signed in (first, second):
        assert readable_code(signed.act_id) in letter.text
        assert f"/decide/acts/{signed.act_id}/copy" in letter.text
        assert signed.recorded.receipt.rstrip() in letter.text
    assert "Соглашение о простой электронной подписи" in letter.text
    assert "Согласие на обработку данных ребёнка" in letter.text
    assert letter.address == "p2@example.ru"
    for _ in range(3):
        round_after(town, clock, 11 * MINUTE)
    assert len(receipts(town)) == 1


def test_a_later_sitting_has_a_letter_of_its_own(town: Town, clock: Later):
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    round_after(town, clock, 11 * MINUTE)
    town.give("mother", C, "child")
    round_after(town, clock, 11 * MINUTE)
    first, second = (letter.text for letter in read_letters(town))
    assert "Соглашение о простой" in first
    assert "Соглашение о простой" not in second


def test_the_signed_text_in_the_letter_proves_the_entry_in_the_trail(town: Town, clock: Later):
    signed = town.give("mother", AGREEMENT)
    round_after(town, clock, 11 * MINUTE)
    (letter,) = read_letters(town)
    note = re.search(r"registry-receipt/v1\n(?:.+\n)+\n— .+", letter.text)
    assert note
    receipt = open_receipt(f"{note[0]}\n", [town.registry.trail.receipt.verifier])
    event = select(trail_event.c.leaf).where(trail_event.c.event_id == signed.recorded.event_id)
    with town.registry.reading(SYSTEM) as work:
        leaf = work.connection.execute(event).scalar_one()
    assert receipt.leaf_hash == leaf_hash(leaf)


def test_the_letter_names_nobody(town: Town, clock: Later):
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    round_after(town, clock, 11 * MINUTE)
    (letter,) = read_letters(town)
    said = (letter.subject + letter.text).lower()
    numbers = [f"+7914{number:07d}" for number in range(1, 6)] + [f"{number:011d}" for number in range(1, 6)]
    personal = ["иванов", "мария", "петровна", "child", "mother", "example.ru", "ленина", PASSPORT, *numbers]
    ids = [str(person) for person in town.people.values()] + [one.hex for one in town.people.values()]
    assert not [one for one in (*personal, *ids) if one in said]


def test_a_paper_that_staff_entered_is_answered_by_a_letter_to_its_signer(town: Town, clock: Later):
    entered = paper(town, "father")
    round_after(town, clock, 11 * MINUTE)
    assert receipts(town) == [("email", town.people["father"])]
    (letter,) = read_letters(town)
    assert readable_code(entered.act_id) in letter.text


def test_who_has_no_address_for_it_gets_nothing_and_is_asked_for_once(town: Town, clock: Later):
    without_email(town, "mother")
    signed = town.give("mother", AGREEMENT)
    entered = paper(town, "mother")
    round_after(town, clock, 11 * MINUTE)
    assert receipts(town) == []
    assert noted(town) == {signed.act_id: None, entered.act_id: None}
    with town.registry.reading(SYSTEM) as work:
        assert acts_without_letter(work.connection, work.now) == []


def test_an_act_that_staff_declare_invalid_is_no_act_of_the_signer(town: Town, clock: Later):
    confirm_everything(town)
    signed = town.give("mother", AGREEMENT)
    with town.work(town.tutor()) as work:
        invalidate_act(work, town.school, signed.act_id, InvalidReason.WRONG_ENTRY, "не тот человек")
    round_after(town, clock, 11 * MINUTE)
    assert len(receipts(town)) == 1
    assert set(noted(town)) == {signed.act_id}


def test_two_rounds_at_a_time_write_one_letter(town: Town, clock: Later):
    town.give("mother", AGREEMENT)
    clock.waited += 11 * MINUTE
    rounds = [Thread(target=send_receipts, args=(town.registry,)) for _ in range(4)]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    assert len(receipts(town)) == 1


def test_a_letter_that_another_round_has_written_meanwhile_is_not_written_again(town: Town, clock: Later):
    town.give("mother", AGREEMENT)
    with town.registry.reading(SYSTEM) as work:
        seen = acts_without_letter(work.connection, work.now)
    round_after(town, clock, 11 * MINUTE)
    with town.work() as work:
        assert write_receipts(work, town.registry.trail, seen) is None
    assert len(receipts(town)) == 1


def test_a_blow_between_the_letter_and_its_note_leaves_neither_and_the_next_round_writes_it(
    town: Town, clock: Later
):
    town.give("mother", AGREEMENT)
    with listening(Strike(PLACE, Action.RAISE)):
        round_after(town, clock, 11 * MINUTE)
    assert (receipts(town), noted(town)) == ([], {})
    round_after(town, clock, MINUTE)
    assert len(receipts(town)) == len(noted(town)) == 1


def test_one_sitting_that_goes_wrong_keeps_nobody_elses_letter_back(town: Town, clock: Later):
    broken = town.give("mother", AGREEMENT)
    town.give("father", AGREEMENT)
    with town.work() as work:
        work.connection.execute(delete(trail_object).where(trail_object.c.id == broken.act_id))
    round_after(town, clock, 11 * MINUTE)
    assert receipts(town) == [("email", town.people["father"])]


def test_after_days_without_a_worker_every_letter_is_still_written(town: Town, clock: Later):
    town.give("mother", AGREEMENT)
    clock.waited += timedelta(days=4)
    town.sittings.clear()
    town.give("father", AGREEMENT)
    round_after(town, clock, 11 * MINUTE)
    assert sorted(person for _, person in receipts(town)) == sorted(
        [town.people["mother"], town.people["father"]]
    )


def test_what_was_decided_before_there_were_such_letters_stays_unanswered(town: Town, clock: Later):
    town.give("mother", AGREEMENT)
    clock.waited += timedelta(hours=2)
    with town.work() as work:
        move_mark(work.connection, work.now)
    round_after(town, clock, 11 * MINUTE)
    assert receipts(town) == []


def test_an_upgrade_of_a_standing_installation_writes_to_nobody_about_old_acts(town: Town, clock: Later):
    clock.waited -= timedelta(hours=3)
    town.give("mother", AGREEMENT)
    clock.waited = timedelta(0)
    migrate_anew(town)
    town.sittings.clear()
    town.give("father", AGREEMENT)
    round_after(town, clock, 11 * MINUTE)
    assert receipts(town) == [("email", town.people["father"])]


def migrate_anew(town: Town) -> None:
    """Take the tables of these letters away, and migrate as an installation does that never had them."""
    with owner_of(town.registry) as owner:
        with owner.connect() as connection:
            config = alembic_config(connection)
            every = ScriptDirectory.from_config(config).walk_revisions()
            (before,) = (one.down_revision for one in every if one.path.endswith("_receipts_by_e_mail.py"))
            command.downgrade(config, str(before))
            connection.commit()
        # A connection keeps its turn to write until it is given back.
        migrate(town.registry.settings, owner)


def test_the_mark_passes_what_was_seen_to_and_waits_for_what_was_not(town: Town, clock: Later):
    town.give("mother", AGREEMENT)
    round_after(town, clock, timedelta(hours=3))
    clock.waited += timedelta(hours=1)
    town.sittings.clear()
    town.give("father", AGREEMENT)
    for _ in range(3):
        round_after(town, clock, 4 * MINUTE)
    assert len(receipts(town)) == 2


def test_a_clock_that_ran_ahead_and_was_put_back_loses_nobody(town: Town, clock: Later):
    round_after(town, clock, timedelta(days=30))
    clock.waited = timedelta(0)
    town.give("mother", AGREEMENT)
    round_after(town, clock, 11 * MINUTE)
    assert len(receipts(town)) == 1


@pytest.mark.usefixtures("clock")
def test_very_many_acts_are_told_in_several_letters(town: Town):
    with town.registry.reading(SYSTEM) as work:
        now = work.now
    many = [
        Unwritten(UUID(int=number), town.school, "p", UUID(int=7), NoticeKind.STUDENT_BY_GUARDIAN, now, now)
        for number in range(MOST_ACTS + 1)
    ]
    assert [len(one) for one in due_sittings(many, now)] == [MOST_ACTS, 1]
    assert due_sittings(many, now - QUIET) == []


def test_a_refusal_is_receipted_too(town: Town, clock: Later):
    town.say("mother", town.where("mother", C, "child"), ActKind.REFUSED)
    round_after(town, clock, 11 * MINUTE)
    assert len(receipts(town)) == 1
