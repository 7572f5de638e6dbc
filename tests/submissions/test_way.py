"""The whole way against the real platform: one message, signed off by another, stopped by any change."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, event, update

from registry.consents.models.tables import disclosures
from registry.consents.rules.acts import ActKind
from registry.errors import ConflictError, ForbiddenError
from registry.keys.models import keys
from registry.people.models.tables import schools
from registry.programmes.usecases import programme_of
from registry.submissions import usecases
from registry.submissions.models.records import Submission
from registry.submissions.rules import What
from registry.submissions.way_out import way_out
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import PROGRAMME, Pupil, School, withdraw


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ConflictError) as caught:
        act()
    return caught.value.slug


def signed(school: School) -> Submission:
    submission = way.prepare(school)
    assert way.sign_off(school, submission).changes == ()
    return way.now(school, submission)


def changes_of(submission: Submission) -> list[tuple[str, str | None, str | None]]:
    return [(one["what"], one["was"], one["now"]) for one in submission.changes["students"]]


@pytest.mark.proves("S1-11", "S1-12")
def test_a_whole_school_leaves_as_one_message_and_is_acknowledged(school: School, platform: Platform):
    yes, no = school.enrol(3), school.enrol(2, "6Б")
    school.decide(yes)
    school.decide(no, ActKind.REFUSED)
    submission = way.sent(school)
    assert (submission.state, submission.verdict) == ("acknowledged", "accepted")
    assert [(row["kind"], row["included"], row["roster"]) for row in platform.messages()] == [("full", 3, 5)]
    assert len(platform.held()) == 3
    assert way.attempts_of(school, submission) == ["answered"]
    assert way.open_promises(school.registry) == []


@pytest.mark.proves("S1-22")
def test_the_ledger_names_the_receiver_and_the_acts_for_each_person_that_left(school: School):
    pupils = school.enrol(2)
    school.decide(pupils)
    submission = way.sent(school)
    with school.registry.reading(SYSTEM) as work:
        rows = work.connection.execute(disclosures.select()).all()
    assert {row.message_id for row in rows} == {submission.message_id}
    assert {row.person_id for row in rows} == {one.id for one in pupils} | {one.guardian for one in pupils}
    assert all("города Москвы" in row.receiver and row.act_ids for row in rows)


@pytest.mark.proves("S1-10")
def test_nothing_is_prepared_while_a_decision_is_open_and_the_words_name_the_classes(school: School):
    school.decide(school.enrol(2))
    school.enrol(3, "6Б")
    with pytest.raises(ConflictError, match=r"обучающихся: 3\. Классы: 6Б \(3\)") as caught:
        way.prepare(school)
    assert caught.value.slug == "not-ready"
    assert way.all_of(school) == []


def test_a_school_without_its_number_is_told_so_before_anything_is_frozen(school: School):
    way.ready_school(school)
    with school.registry.work(SYSTEM) as work:
        work.connection.execute(update(schools).values(inn=None))
    assert refused(lambda: way.prepare(school)) == "no-inn"


@pytest.mark.proves("S1-11")
def test_a_second_whole_message_is_refused(school: School):
    way.ready_school(school)
    way.sent(school)
    assert refused(lambda: way.prepare(school)) == "case-closed"
    with school.registry.work(school.clerk) as work:
        assert refused(lambda: usecases.open_submission(work, school.id, PROGRAMME)) == "one-message"


def test_who_prepared_does_not_sign_off(school: School):
    way.ready_school(school)
    submission = way.prepare(school, school.director)
    assert refused(lambda: way.sign_off(school, submission)) == "same-person"
    other = Actor("staff", school.clerk.id, "director", "password", school.id)
    assert way.sign_off(school, submission, other).submission.state == "signed_off"


def test_only_a_director_signs_off(school: School):
    way.ready_school(school)
    submission = way.prepare(school)
    with pytest.raises(ForbiddenError):
        way.sign_off(school, submission, Actor("staff", school.director.id, "clerk", "password", school.id))


def test_a_sign_off_is_of_the_manifest_that_was_shown(school: School):
    way.ready_school(school)
    submission = way.prepare(school)
    with school.registry.work(school.director) as work:
        assert refused(lambda: usecases.sign_off(work, submission.id, "00" * 32)) == "manifest-changed"


def test_data_that_change_after_the_freeze_void_it_and_are_named(school: School):
    pupils = school.enrol(2)
    school.decide(pupils)
    submission = way.prepare(school)
    school.rename(pupils[0], "Мария")
    answer = way.sign_off(school, submission)
    assert [(one.student_id, one.what) for one in answer.changes] == [(pupils[0].id, What.DATA)]
    voided = way.now(school, submission)
    assert (voided.state, voided.signed_by) == ("collecting", None)
    assert changes_of(voided) == [("data", "given", "given")]
    again = way.prepare(school)
    assert again.message_id != submission.message_id
    assert changes_of(again) == [("data", "given", "given")]
    assert way.sign_off(school, again).submission.state == "signed_off"


@pytest.mark.proves("S1-01")
def test_an_act_between_sign_off_and_sending_stops_it(school: School, platform: Platform):
    pupils = school.enrol(3)
    school.decide(pupils)
    submission = signed(school)
    school.withdraw(pupils[1])
    way.drain(school.registry)
    stopped = way.now(school, submission)
    assert stopped.state == "collecting"
    assert changes_of(stopped) == [("decision", "given", "withdrawn")]
    assert platform.received == []
    assert way.attempts_of(school, submission) == []


def test_a_student_who_joins_between_sign_off_and_sending_stops_it(school: School, platform: Platform):
    way.ready_school(school)
    submission = signed(school)
    school.enrol(1, "6Б")
    way.drain(school.registry)
    assert changes_of(way.now(school, submission)) == [("added", None, "not_asked")]
    assert platform.received == []


def at_statement(registry: Registry, words: str, do: Callable[[], None]) -> None:
    """Do something once, in the middle of the transaction whose statement begins with these words."""
    done: list[bool] = []

    def look(*arguments: object) -> None:
        if not done and str(arguments[2]).startswith(words):
            done.append(True)
            do()

    event.listen(registry.engine, "before_cursor_execute", look)


@pytest.mark.proves("S1-01")
def test_an_act_during_the_hand_over_waits_for_it_and_has_its_entry_destroyed(
    school: School, platform: Platform
):
    pupils = school.enrol(3)
    school.decide(pupils)
    submission = signed(school)
    acting = threading.Thread(target=school.withdraw, args=(pupils[0],))
    waited: list[bool] = []

    def begin() -> None:
        acting.start()
        acting.join(0.3)
        waited.append(acting.is_alive())

    at_statement(school.registry, "INSERT INTO submission_attempts", begin)
    way.drain(school.registry)
    acting.join()
    way.drain(school.registry)
    assert waited == [True]
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.held()) == 2


@pytest.mark.proves("S1-01")
def test_an_act_that_is_not_committed_yet_keeps_the_hand_over_waiting_and_stops_it(
    school: School, platform: Platform
):
    pupils = school.enrol(3)
    school.decide(pupils)
    submission = signed(school)
    way.hurry(school.registry)
    assert way.now(school, submission).state == "sealed"
    sending = threading.Thread(target=way.drain, args=(school.registry,))
    with school.registry.work(SYSTEM) as work:
        withdraw(work, school.id, pupils[0])
        sending.start()
        sending.join(0.5)
        assert sending.is_alive()
    sending.join()
    way.drain(school.registry)
    assert way.now(school, submission).state == "collecting"
    assert platform.received == []


def test_correction_replaces_the_whole_and_omits_who_withdrew(school: School, platform: Platform):
    pupils = school.enrol(3)
    school.decide(pupils)
    first = way.sent(school)
    school.withdraw(pupils[0])
    way.drain(school.registry)
    joined = school.enrol(1, "6Б")
    school.decide(joined)
    with pytest.raises(ConflictError):
        way.prepare(school)
    second = way.correct(school)
    assert changes_of(second) == [("decision", "given", "withdrawn"), ("added", None, "given")]
    way.sign_off(school, second)
    way.drain(school.registry)
    assert way.now(school, second).state == "acknowledged"
    kinds = [(row["kind"], row["sequence"], row["included"]) for row in platform.messages()]
    assert kinds == [("full", 1, 3), ("withdrawal", 2, None), ("correction", 3, 3)]
    assert {row["message"] for row in platform.held()} == {str(second.message_id)}
    assert second.corrects == first.message_id
    assert refused(lambda: way.prepare(school)) == "case-closed"


def test_a_correction_waits_until_something_was_acknowledged(school: School):
    way.ready_school(school)
    assert refused(lambda: way.correct(school)) == "nothing-to-correct"
    way.prepare(school)
    assert refused(lambda: way.correct(school)) == "nothing-to-correct"


def test_withdrawal_tells_the_platform_at_once_which_entry_to_destroy(school: School, platform: Platform):
    pupils = school.enrol(3)
    school.decide(pupils)
    way.sent(school)
    before = {row["id"] for row in platform.held()}
    school.enrol(4, "6Б")  # open decisions do not hold a withdrawal up
    school.withdraw(pupils[2])
    way.drain(school.registry)
    told = way.all_of(school)[0]
    assert (told.kind, told.state, told.verdict) == ("withdrawal", "acknowledged", "accepted")
    destroyed = platform.held("SELECT id FROM entries WHERE destroyed_at IS NOT NULL")
    assert len(destroyed) == 1
    assert {row["id"] for row in platform.held()} == before - {destroyed[0]["id"]}


def test_withdrawing_twice_tells_once(school: School, platform: Platform):
    pupils = school.enrol(2)
    school.decide(pupils)
    way.sent(school)
    with school.registry.work(SYSTEM) as work:
        withdraw(work, school.id, pupils[0])
        said = {"school_id": str(school.id), "programme_id": PROGRAMME, "student_id": str(pupils[0].id)}
        work.later("submissions.tell_of_withdrawal", **said)
    way.drain(school.registry)
    assert [row["kind"] for row in platform.messages()] == ["full", "withdrawal"]


def test_a_withdrawal_while_the_outcome_is_unknown_waits_for_it(school: School, platform: Platform):
    pupils = school.enrol(2)
    school.decide(pupils)
    platform.lost = True
    submission = way.sent(school)
    assert submission.state == "unknown"
    school.withdraw(pupils[0])
    way.hurry(school.registry)
    platform.lost = False
    for _ in range(4):
        way.hurry(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert [row["kind"] for row in platform.messages()] == ["full", "withdrawal"]
    assert len(platform.held()) == 1


def test_a_correction_that_was_signed_off_before_a_withdrawal_arrived_is_made_anew(
    school: School, platform: Platform
):
    pupils = school.enrol(3)
    school.decide(pupils)
    way.sent(school)
    with school.registry.work(SYSTEM) as work:
        withdraw(work, school.id, pupils[0])
    correction = way.correct(school)  # frozen before the worker told the platform
    way.sign_off(school, correction)
    for _ in range(6):
        way.hurry(school.registry)
    voided = way.now(school, correction)
    assert (voided.state, voided.changes["reason"]) == ("collecting", "out-of-order")
    again = way.prepare(school)
    way.sign_off(school, again)
    way.drain(school.registry)
    assert way.now(school, again).state == "acknowledged"
    assert [row["sequence"] for row in platform.messages()] == [1, 3, 4]


def test_a_school_where_all_refused_sends_an_empty_whole(school: School, platform: Platform):
    pupils: list[Pupil] = school.enrol(2)
    school.decide(pupils, ActKind.REFUSED)
    assert way.sent(school).state == "acknowledged"
    assert [(row["included"], row["roster"]) for row in platform.messages()] == [(0, 2)]


def test_the_way_out_is_refused_with_words_when_no_platform_key_is_pinned(school: School):
    with school.registry.work(SYSTEM) as work:
        work.connection.execute(delete(keys).where(keys.c.kind == "platform"))
    with pytest.raises(Exception, match="Ключи обмена"), way_out(school.registry):
        pass


@pytest.mark.proves("S1-13")
@pytest.mark.parametrize(("day", "days_late"), [(date(2020, 11, 11), 0), (date(2020, 11, 12), 1)])
def test_the_last_day_is_in_time_and_the_next_one_is_late_but_not_forbidden(
    school: School, registry: Registry, day: date, days_late: int
):
    way.ready_school(school)
    on_that_day = Registry.open(replace(registry.settings, today=day))
    submission = way.sent(replace(school, registry=on_that_day))
    on_that_day.engine.dispose()
    assert (submission.state, submission.sent_on) == ("acknowledged", day)
    with registry.reading(SYSTEM) as work:
        programme = programme_of(work, school.id, PROGRAMME)
    assert (submission.sent_on - programme.deadline).days == days_late
