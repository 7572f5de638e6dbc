"""An act that should never have counted: asked for by one, agreed by another, told to its signer."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.app import present_states
from registry.consents.models import invalidations
from registry.consents.models.acts import get_act
from registry.consents.reasons import ReasonOf, choices_of, codes_of, words_of
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.rules.invalidations import Answer, Invalidation, demand_second
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases import invalidating
from registry.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from registry.letters.envelopes import open_envelope
from registry.letters.models import letters, take
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.trail.verify import verify
from tests.consents.conftest import Town
from tests.consents.test_staff import paper

NOTE = "Внесли отказ не в ту строку"


def ask(town: Town, act_id: UUID, by: int = 1, note: str = NOTE) -> UUID:
    with town.work(town.tutor(by)) as work:
        act = get_act(work.connection, town.school, act_id)
        return invalidating.ask_invalidation(work, act, town.people["child"], InvalidReason.WRONG_ENTRY, note)


def agree(town: Town, asked: UUID, by: int = 2) -> UUID:
    with town.work(town.tutor(by)) as work:
        return invalidating.agree(work, town.school, asked)


def test_a_second_person_agrees_and_the_decision_is_open_again(town: Town) -> None:
    """The one who entered it by mistake may ask; nothing changes before another has agreed."""
    refused = paper(town, "mother", kind=ActKind.REFUSED)
    asked = ask(town, refused.act_id)
    assert town.state("child") is State.REFUSED
    with pytest.raises(ForbiddenError) as same:
        agree(town, asked, by=1)
    assert same.value.slug == "same-person"
    agree(town, asked)

    assert town.state("child") is State.ASKED
    with pytest.raises(ConflictError) as again:
        agree(town, asked, by=3)
    assert again.value.slug == "answered"
    with town.registry.reading(SYSTEM) as work:
        kept = get_act(work.connection, town.school, refused.act_id)
        assert kept.kind is ActKind.REFUSED
        told = list(work.connection.execute(select(promises.c.job)).scalars())
    assert "submissions.tell_of_withdrawal" in told


def test_an_invalid_withdrawal_leaves_what_was_given_before(town: Town) -> None:
    paper(town, "mother")
    withdrawn = paper(town, "mother", kind=ActKind.WITHDRAWN)
    assert town.state("child") is State.WITHDRAWN
    agree(town, ask(town, withdrawn.act_id))
    assert town.state("child") in {State.PARTLY_GIVEN, State.INCOMPLETE}


def test_the_signer_is_told_by_a_letter_that_names_nobody(town: Town) -> None:
    agree(town, ask(town, paper(town, "mother", kind=ActKind.REFUSED).act_id))
    with town.work() as work:
        of = letters.c
        letter = work.connection.execute(
            select(of.id).where(of.kind == "invalidated", of.person_id == town.people["mother"])
        ).scalar_one()
        taken = take(work.connection, letter, work.now)
        assert taken
        words = open_envelope(work.vault, work.connection, taken).text
    assert "20.10.2020" in words
    for secret in ("Иванова", "Child", "Mother", NOTE):
        assert secret not in words


def test_declined_it_stays_as_it_was_and_can_be_asked_again(town: Town) -> None:
    act = paper(town, "mother", kind=ActKind.REFUSED).act_id
    asked = ask(town, act)
    with pytest.raises(ConflictError) as twice:
        ask(town, act, by=3)
    assert twice.value.slug == "asked-already"
    with town.work(town.tutor(2)) as work:
        invalidating.decline(work, town.school, asked)
    assert town.state("child") is State.REFUSED
    again = ask(town, act, by=3)
    with town.registry.reading(SYSTEM) as work:
        waiting = invalidations.open_of_school(work.connection, work.vault, town.school)
    assert [(one.invalidation.id, one.note) for one in waiting] == [(again, NOTE)]
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    report = verify(town.registry.engine, town.registry.vault, town.registry.trail, present_states())
    assert report.status == 0, report.findings


def test_who_entered_the_act_cannot_be_the_second(town: Town) -> None:
    asked = ask(town, paper(town, "mother").act_id, by=2)
    with pytest.raises(ForbiddenError):
        agree(town, asked, by=1)
    agree(town, asked, by=3)


def test_words_are_needed_and_somebody_who_says_them(town: Town) -> None:
    act = paper(town, "mother").act_id
    for note in ("  ", "я" * 1001):
        with pytest.raises(InvalidError):
            ask(town, act, note=note)
    with pytest.raises(NotFoundError):
        agree(town, UUID(int=5))
    with town.registry.reading(SYSTEM) as work:
        one = get_act(work.connection, town.school, act)
    with pytest.raises(ForbiddenError), town.work() as work:
        invalidating.ask_invalidation(work, one, town.people["child"], InvalidReason.WRONG_ENTRY, NOTE)


def test_a_deputy_does_not_answer_for_whom_he_stands_in(town: Town) -> None:
    with town.registry.reading(SYSTEM) as work:
        one = Invalidation(
            UUID(int=1),
            town.school,
            UUID(int=2),
            UUID(int=3),
            UUID(int=4),
            InvalidReason.WRONG_ENTRY,
            UUID(int=5),
            work.now,
        )
    with pytest.raises(ForbiddenError) as refused:
        demand_second(one, UUID(int=6), {UUID(int=5)})
    assert refused.value.slug == "deputy"
    demand_second(one, UUID(int=6), {UUID(int=7)})
    with pytest.raises(ConflictError):
        demand_second(replace(one, answer=Answer.AGREED), UUID(int=6), ())


@pytest.mark.parametrize("what", ReasonOf)
def test_every_reason_has_its_words_in_each_language(what: ReasonOf) -> None:
    for language in ("ru", "en", "bg"):
        words = choices_of(what, language)
        assert tuple(words) == codes_of(what)
        assert all(words.values())
        assert all(len(code) <= 40 for code in words)
    assert words_of(what, None, "ru") == ""
    assert words_of(what, "of-old", "ru") == "of-old"


def test_the_reasons_of_invalidations_are_those_that_the_rules_know() -> None:
    assert codes_of(ReasonOf.INVALIDATED) == tuple(InvalidReason)


@pytest.mark.proves("S1-21")
def test_a_refusal_keeps_its_reason_by_code_and_its_words_sealed(town: Town) -> None:
    """S1-21: "I do not consent" with its date and, if the signer says so, its reason."""
    made = paper(town, "mother", kind=ActKind.REFUSED, reason="no_trust", note="Не верю обещаниям")
    with town.registry.reading(SYSTEM) as work:
        assert get_act(work.connection, town.school, made.act_id).reason == "no_trust"
    with pytest.raises(InvalidError):
        paper(town, "father", kind=ActKind.REFUSED, reason="left_programme")
