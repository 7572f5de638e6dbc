"""Who is unreachable: nobody can write to him, or whatever was written did not arrive."""

from collections.abc import Iterator

import pytest

from registry.consents.decisions import decision_of
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.usecases.asking import ask
from registry.letters import models
from registry.letters.rules import Channel, ContactPoint, LetterKind, LetterState
from registry.letters.usecases import Draft, write
from registry.people.models.tables import contacts
from registry.people.usecases.corrections import correct_field
from registry.programmes.rules import NoticeKind
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, Town

AGREEMENT, ABOUT_TEEN = NoticeKind.CODE_AGREEMENT, NoticeKind.STUDENT_BY_GUARDIAN
ADDRESS = {Channel.EMAIL: "p1@example.ru", Channel.SMS: "+79140000001"}
BOTH = (Channel.EMAIL, Channel.SMS)
SAID = {
    "school": "Школа № 17",
    "student": "Пётр И.",
    "programme": "МЭШ",
    "deadline": "11.11.2020",
    "link": "https://consents.example.org/l/AbCdEfGhIjKl",
}


@pytest.fixture
def asked(town: Town) -> Iterator[Town]:
    """A town where everybody was asked and only the mother may be written to about her child."""
    with town.work() as work:
        ask(work, town.school, MESH)
        others = [person for name, person in town.people.items() if name != "mother"]
        work.connection.execute(contacts.delete().where(contacts.c.person_id.in_(others)))
    assert town.state("child") is State.ASKED
    yield town
    with town.registry.reading(SYSTEM) as work:
        one = decision_of(work, town.school, MESH, town.people["child"])
    assert one.decision.state is town.state("child"), "one student is told the same as the whole school"


def letter(
    town: Town, channel: Channel, state: LetterState, kind: LetterKind = LetterKind.INVITATION
) -> None:
    """Write to the mother, and let the letter end so."""
    said = SAID if kind is LetterKind.INVITATION else {"school": "Школа № 17", "day": "02.11.2020"}
    with town.work(town.tutor()) as work:
        to = ContactPoint(channel, ADDRESS[channel])
        written = write(work, Draft(kind, town.school, town.people["mother"], to, said))
        if state is LetterState.FAILED:
            models.mark_failed(work.connection, written.id, "mail-refused")
        elif state is LetterState.HANDED_OVER:
            models.mark_handed_over(work.connection, written.id, work.now, "provider")


def fail_all(town: Town) -> None:
    for channel in BOTH:
        letter(town, channel, LetterState.FAILED)


def test_who_has_a_contact_at_which_no_letter_failed_is_reachable(asked: Town):
    letter(asked, Channel.EMAIL, LetterState.FAILED)
    assert asked.state("child") is State.ASKED


def test_who_gets_no_letter_at_any_of_his_contacts_is_unreachable(asked: Town):
    fail_all(asked)
    assert asked.state("child") is State.UNREACHABLE


def test_a_contact_is_all_that_counts_where_there_is_no_other(asked: Town):
    with asked.work() as work:
        work.connection.execute(contacts.delete().where(contacts.c.kind == "phone"))
    letter(asked, Channel.EMAIL, LetterState.FAILED)
    assert asked.state("child") is State.UNREACHABLE


@pytest.mark.parametrize("channel", BOTH)
def test_a_letter_that_arrives_later_makes_reachable_again(asked: Town, channel: Channel):
    fail_all(asked)
    letter(asked, channel, LetterState.HANDED_OVER)
    assert asked.state("child") is State.ASKED


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.VOID])
def test_a_letter_that_only_waits_or_came_to_nothing_changes_nothing(asked: Town, state: LetterState):
    fail_all(asked)
    letter(asked, Channel.EMAIL, state)
    if state is LetterState.VOID:
        with asked.work() as work:
            models.void_waiting(work.connection, asked.school, asked.people["mother"])
    assert asked.state("child") is State.UNREACHABLE


@pytest.mark.parametrize(("field", "value"), [("phone", "+79149999999"), ("email", "new@example.org")])
def test_a_changed_contact_makes_reachable_until_letters_fail_there_too(asked: Town, field: str, value: str):
    fail_all(asked)
    with asked.work(asked.tutor()) as work:
        correct_field(work, asked.school, asked.people["mother"], field, value)
    assert asked.state("child") is State.ASKED
    fail_all(asked)
    assert asked.state("child") is State.UNREACHABLE


def test_what_arrived_before_a_change_says_nothing_of_the_new_contact(asked: Town):
    for channel in BOTH:
        letter(asked, channel, LetterState.HANDED_OVER)
    for field, value in (("phone", "+79149999999"), ("email", "new@example.org")):
        with asked.work(asked.tutor()) as work:
            correct_field(work, asked.school, asked.people["mother"], field, value)
    fail_all(asked)
    assert asked.state("child") is State.UNREACHABLE


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.HANDED_OVER])
def test_a_warning_to_an_old_contact_says_nothing_of_the_new_one(asked: Town, state: LetterState):
    failed = state is LetterState.FAILED
    if not failed:
        fail_all(asked)
    for channel in BOTH:
        letter(asked, channel, state, LetterKind.CONTACT_CHANGED)
    assert asked.state("child") is (State.ASKED if failed else State.UNREACHABLE)


def test_an_act_makes_its_signer_reachable_for_everything_else(asked: Town):
    fail_all(asked)
    asked.say("mother", asked.read("mother", AGREEMENT), ActKind.GIVEN)
    with asked.work() as work:
        # Of what arrived, nothing is left but her act.
        work.connection.execute(models.letters.delete().where(models.letters.c.kind == LetterKind.CODE))
    assert asked.state("child") is State.ASKED
    fail_all(asked)
    assert asked.state("child") is State.UNREACHABLE
