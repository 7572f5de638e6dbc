"""A document's text changes: who decided stands or is asked anew, and who is reading is told."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from registry.consents.models import asking
from registry.consents.models.acts import acts_of_programme
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.rules.parts import Reason
from registry.consents.usecases import presenting
from registry.consents.usecases.asking import ask
from registry.consents.usecases.renewing import take_up_texts
from registry.consents.usecases.sitting import desk_of, read_signed
from registry.errors import ConflictError
from registry.programmes import models, usecases
from registry.programmes.definition.edited import EDITED
from registry.programmes.drafts import usecases as drafts
from registry.programmes.drafts.usecases import words_of
from registry.programmes.rules import NoticeKind
from registry.programmes.rules.numbers import Change
from registry.programmes.shipped import shipped_definitions
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM, Actor
from tests.consents.conftest import AGREEMENT, MESH, OWN, C, S, Town, add_family, confirm_everything

FIRST = Actor("staff", UUID(int=901), "operator", "password")
SECOND = Actor("staff", UUID(int=902), "operator", "password")


def publish(town: Town, kind: NoticeKind, change: Change, mark: str = "Новая строка.") -> None:
    """Publish a document with one more paragraph, as two operators do; schools have not gone over yet."""
    with town.work(FIRST) as work:
        draft = drafts.take(work, MESH, kind)
        words = {
            language: replace(one, text=one.text.replace("\n\n**", f"\n\n{mark}\n\n**", 1))
            for language, one in words_of(models.latest_version(work.connection, MESH), kind).items()
        }
        draft = drafts.write(work, draft.id, draft.revision, words)
        draft = drafts.propose(work, draft.id, draft.revision, change, "так понятнее")
    with town.work(SECOND) as work:
        drafts.approve(work, draft.id, draft.revision)


def go_over(town: Town) -> None:
    """Do what was promised for the school."""
    with town.work() as work:
        take_up_texts(work, town.school, MESH)


def numbers(town: Town, signer: str, notice: NoticeKind) -> list[str]:
    with town.registry.reading(SYSTEM) as work:
        held = asking.consents_of_signer(work.connection, town.school, MESH, town.people[signer])
    return [one.notice_version for one in held if one.notice is notice]


@pytest.fixture
def given(town: Town) -> Town:
    """The child's mother gave for him and for herself."""
    confirm_everything(town)
    for notice, about in ((AGREEMENT, None), (C, "child"), (OWN, "child")):
        town.give("mother", notice, about)
    assert town.state("child") is State.GIVEN
    return town


def test_a_change_that_does_not_matter_leaves_what_was_decided_and_reaches_who_is_silent(given: Town):
    publish(given, C, Change.MINOR)
    go_over(given)

    assert given.state("child") is State.GIVEN
    assert numbers(given, "mother", C) == ["1.0", "1.0", "1.1"], "her silent document about the teenager only"
    assert numbers(given, "father", C) == ["1.0", "1.1"]
    assert numbers(given, "father", OWN) == ["1.0"]
    with given.registry.reading(SYSTEM) as work:
        desk = desk_of(work, given.sit("mother"))
        shown = {(one.consent.notice, one.consent.about_id): one.consent.notice_version for one in desk.tasks}
    assert shown[C, given.people["child"]] == "1.0"
    assert shown[C, given.people["teen"]] == "1.1"
    with given.work() as work:
        assert ask(work, given.school, MESH).added == 0


@pytest.mark.proves("S1-01")
def test_a_change_that_matters_opens_the_decision_again_and_says_why(given: Town):
    publish(given, C, Change.MAJOR)
    assert given.state("child") is State.GIVEN, "the school has not gone over yet"
    go_over(given)

    decision = given.decisions()["child"].decision
    assert decision.state is State.ASKED
    assert Reason.TEXT_CHANGED in decision.reasons
    assert [one.kind for one in given.decisions()["child"].lapsed] == [ActKind.GIVEN]
    with given.registry.reading(SYSTEM) as work:
        asked = work.connection.execute(promises.select()).all()
        assert any(one.job == "consents.follow_requests" for one in asked)
        desk = desk_of(work, given.sit("mother"))
        task = next(
            one
            for one in desk.tasks
            if one.consent.notice is C and one.consent.about_id == given.people["child"]
        )
    assert (task.act, task.consent.notice_version) == (None, "2.0")
    assert task.lapsed
    assert task.lapsed.consent_id in task.also

    with given.work(given.signer("mother")) as work:
        where = presenting.present(
            work, replace(given.where("mother", C, "child"), consent_id=task.consent.id), "ru"
        )
    assert "Новая строка" in where.rendered.body.decode()
    given.say("mother", where.where, ActKind.GIVEN)
    assert given.state("child") is State.GIVEN


def test_what_a_signer_read_before_a_change_that_does_not_matter_he_may_sign(given: Town):
    read = given.read("father", AGREEMENT), given.read("mother", C, "teen")
    publish(given, C, Change.MINOR)
    publish(given, OWN, Change.MAJOR)
    go_over(given)

    given.say("mother", read[1], ActKind.GIVEN)
    given.say("father", read[0], ActKind.GIVEN)

    with given.registry.reading(SYSTEM) as work:
        acts = acts_of_programme(work.connection, given.school, MESH)
    assert [one.notice_version for one in acts if one.about == given.people["teen"]] == ["1.0"]
    with given.work(given.signer("father")) as work, pytest.raises(ConflictError) as refused:
        presenting.present(work, given.where("father", C, "child"), "ru")
    assert refused.value.slug == "text-changed"


def test_what_a_signer_read_before_a_change_that_matters_he_has_to_read_again(given: Town):
    read = given.read("mother", C, "teen")
    publish(given, C, Change.MINOR)
    publish(given, C, Change.MAJOR, "Ещё строка.")
    go_over(given)

    with pytest.raises(ConflictError) as refused:
        given.say("mother", read, ActKind.GIVEN)
    assert refused.value.slug == "text-changed"
    assert numbers(given, "mother", C)[-2:] == ["2.0", "2.0"]


def test_a_no_is_a_no_on_whatever_text(given: Town):
    given.say("mother", given.where("mother", C, "teen"), ActKind.REFUSED)
    given.say("mother", given.where("mother", C, "child"), ActKind.WITHDRAWN)
    publish(given, C, Change.MAJOR)
    go_over(given)

    assert given.state("teen") is State.REFUSED
    assert given.state("child") is State.WITHDRAWN
    assert numbers(given, "mother", C) == ["1.0", "1.0"]


def test_what_lapsed_can_still_be_taken_back_and_an_agreement_does_not_lapse(given: Town):
    publish(given, AGREEMENT, Change.MAJOR)
    publish(given, C, Change.MAJOR)
    go_over(given)

    assert numbers(given, "mother", AGREEMENT) == ["1.0"]
    given.say("mother", given.where("mother", C, "child"), ActKind.WITHDRAWN)
    assert given.state("child") is State.WITHDRAWN


def test_everybody_reads_again_exactly_what_he_signed(given: Town):
    with given.registry.reading(SYSTEM) as work:
        before = models.latest_version(work.connection, MESH).programme
    publish(given, C, Change.MINOR)
    go_over(given)
    with given.registry.reading(SYSTEM) as work:
        desk = desk_of(work, given.sit("mother"))
        task = next(one for one in desk.tasks if one.act and one.consent.notice is C)
        signed = read_signed(work, desk, task)
        assert task.act
        assert models.notice_of_digest(work.connection, before.notice(C, "ru").sha256)
    assert "Новая строка" not in signed.body.decode()
    assert signed.text_sha256 == task.act.text_sha256


def test_a_newer_file_of_the_registry_takes_nobodys_words_away(given: Town):
    publish(given, C, Change.MAJOR)
    shipped = shipped_definitions()[0]
    newer = shipped.texts[shipped.file].replace('version = "1.1"\n', 'version = "1.2"\n', 1)
    with given.work() as work:
        usecases.publish_one(work, replace(shipped, texts={**shipped.texts, shipped.file: newer}))
        assert (
            usecases.publish_one(work, replace(shipped, texts={**shipped.texts, shipped.file: newer})) is None
        )
        latest = models.latest_version(work.connection, MESH)
        _, texts = models.texts_of(work.connection, latest.id)
    assert latest.programme.version == "1.2+1"
    assert "Новая строка" in latest.programme.notice(C, "ru").text
    assert latest.programme.notice(C, "bg").version == "2.0"
    assert EDITED in texts


def test_a_student_reads_and_signs_the_simple_words_with_the_document(town: Town):
    confirm_everything(town)
    town.give("adult", AGREEMENT)
    where = town.where("adult", S)
    with town.work(town.signer("adult")) as work:
        reading = presenting.present(work, where, "bg")
    text = reading.rendered.body.decode()
    assert text.index("С прости думи") < text.index("Съгласие на обучаем")
    assert "решава руският текст" in text
    town.say("adult", reading.where, ActKind.GIVEN)
    with town.registry.reading(SYSTEM) as work:
        act = acts_of_programme(work.connection, town.school, MESH)[-1]
    assert (act.language, act.text_sha256) == ("bg", reading.rendered.sha256)


def test_a_family_that_comes_later_is_asked_with_the_new_text_only(given: Town):
    publish(given, C, Change.MAJOR)
    go_over(given)
    add_family(given, "newcomer", date(2009, 3, 3), ["aunt"])
    with given.work() as work:
        ask(work, given.school, MESH)
    assert numbers(given, "aunt", C) == ["2.0"]
