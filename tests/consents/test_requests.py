"""A request from the asking to its end: reminders, the deadline, paper, and who cannot be written to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from registry.app import load_names
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases.asking import ask
from registry.consents.usecases.chasing import Aim, AimAt, chase
from registry.consents.usecases.correcting import invalidate_act
from registry.consents.usecases.inviting import send_links, without_link
from registry.letters.rules import LetterKind
from registry.people.models.tables import contacts, enrolments, guardianships
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, OWN, C, S, Town, add_family, confirm_everything, counted
from tests.consents.requests import Days, Hours, on_paper, remind_by_hand

load_names()
DEADLINE = date(2020, 11, 11)


def november(day: int) -> date:
    return date(2020, 11, day)


@pytest.fixture
def days(town: Town) -> Iterator[Days]:
    """A town where everybody was asked and invited on 2 November; the answers are due on the 11th."""
    confirm_everything(town)
    clock = Hours(town.registry)
    with clock.at(time(12)):
        days = Days(town, clock)
        days.publish()
        with town.work() as work:
            send_links(work, town.school, MESH, without_link(work, town.school, MESH))
        days.tick()
        yield days


def answer(days: Days) -> None:
    """Let the child's mother answer everything: nobody is awaited about the child any longer."""
    days.paper("mother", "child")
    days.paper("mother", "child", OWN)


def test_asking_begins_one_request_and_one_case_for_each_student(days: Days):
    assert {days.stage(student) for student in ("child", "teen", "adult")} == {"asked"}
    before = {student: days.request(student) for student in ("child", "teen", "adult")}
    with days.registry.work(SYSTEM) as work:
        ask(work, days.town.school, MESH)
    days.tick()
    assert {student: days.request(student) for student in before} == before


def test_reminders_go_on_the_third_and_seventh_day_and_the_day_before_the_last(days: Days):
    everybody = Counter({"mother": 1, "father": 1, "teen": 1, "adult": 1})
    reminded = {day: days.go_to(november(day)) for day in range(3, 11)}
    assert {day: who for day, who in reminded.items() if who} == {5: everybody, 9: everybody, 10: everybody}
    assert days.go_to(DEADLINE) == Counter()


def test_who_has_time_enough_is_reminded_on_day_12_too(days: Days):
    """The day of the asking does not count: asked on 26 October, the twelfth day is 7 November."""
    days.day = date(2020, 10, 26)
    add_family(replace(days.town, registry=days.registry), "early", date(2010, 3, 1), ["parent"])
    confirm_everything(days.town)
    invite(days, "early", "parent")
    gone = [days.day + timedelta(days=number) for number in range(1, 18)]
    assert [one for one in gone if days.go_to(one)["parent"]] == [
        date(2020, 10, 29),
        november(2),
        november(7),
        november(10),
    ]


def test_who_is_asked_anew_is_reminded_on_days_3_7_and_12_of_a_term_of_his_own(days: Days):
    answer(days)
    days.tick()
    given = next(one for one in days.town.decisions()["child"].acts.values() if one.notice is C)
    with days.registry.work(days.town.tutor(2)) as work:
        invalidate_act(work, days.town.school, given.id, InvalidReason.WRONG_PERSON, "не тот человек")
    days.tick()
    assert [day for day in range(3, 17) if days.go_to(november(day))["father"]] == [5, 9, 14]
    assert days.stage("child") == "asked_anew"
    days.go_to(november(17))
    assert days.stage("child") == "late"


def test_who_answered_gets_no_reminder_though_the_case_did_not_follow_yet(days: Days):
    answer(days)
    assert days.stage("child") == "asked"
    assert days.go_to(november(5)) == Counter({"mother": 1, "teen": 1, "adult": 1}), "the mother: of the teen"


def test_a_case_follows_the_act_within_a_minute_and_the_act_writes_nothing_for_it(days: Days):
    answer(days)
    days.tick()
    assert days.stage("child") == "decided"
    with counted(days.registry) as statements:
        days.paper("mother", "teen")
    assert not [one for one in statements if "consent_requests" in one or "cases" in one]


def test_a_reminder_by_hand_replaces_the_automatic_one_of_the_next_three_days(days: Days):
    days.go_to(november(5))
    days.go_to(november(7))
    assert remind_by_hand(days, "child") == 2
    assert remind_by_hand(days, "child") == 0, "once a day"
    assert days.go_to(november(9)) == Counter({"teen": 1, "adult": 1, "mother": 1}), "the mother: of the teen"
    assert days.go_to(november(10)) == Counter({"teen": 1, "adult": 1, "mother": 1})


def test_the_whole_class_is_reminded_by_one_letter_to_each(days: Days):
    days.go_to(november(3))
    with days.registry.work(days.tutor) as work:
        decided = days.town.decisions()["child"]
        aim = Aim(days.town.school, MESH, AimAt.CLASS, decided.family.class_id)
        assert chase(work, aim, days.town.tutor().id or aim.id) == 4
    assert days.reminded() == Counter({"mother": 1, "father": 1, "teen": 1, "adult": 1})


def test_nobody_gets_more_than_five_reminders_of_a_request(days: Days):
    for day in range(3, 11):
        days.go_to(november(day))
        remind_by_hand(days, "adult")
    assert days.reminded()["adult"] == 5


def test_what_is_managed_on_paper_gets_no_letters_until_it_is_not(days: Days):
    on_paper(days, "adult")
    assert days.stage("adult") == "on_paper"
    assert days.case("adult").assignee_role == "tutor"
    assert "adult" not in days.go_to(november(5))
    assert remind_by_hand(days, "adult") == 0
    on_paper(days, "adult", stop=True)
    assert days.stage("adult") == "asked"
    assert days.go_to(november(10))["adult"] == 1


def test_whoever_may_act_no_longer_gets_no_reminder(days: Days):
    """The father is barred, the mother's term is over."""
    people = days.town.people
    with days.town.work() as work:
        tie = guardianships.c
        of = guardianships.update().where(tie.student_id == people["child"])
        work.connection.execute(of.where(tie.guardian_id == people["father"]).values(barred=True))
        ended = of.where(tie.guardian_id == people["mother"]).values(valid_until=november(3))
        work.connection.execute(ended)
    assert days.go_to(november(5)) == Counter({"mother": 1, "teen": 1, "adult": 1}), "the mother: of the teen"


def test_who_cannot_be_written_to_is_a_task_of_the_tutor_until_he_can(days: Days):
    with days.town.work() as work:
        kept = work.connection.execute(contacts.select()).mappings().all()
        mine = contacts.c.person_id == days.town.people["adult"]
        work.connection.execute(contacts.delete().where(mine))
    assert "adult" not in days.go_to(november(5))
    assert (days.stage("adult"), days.case("adult").assignee_role) == ("unreachable", "tutor")
    with days.town.work() as work:
        mine = [dict(row) for row in kept if row["person_id"] == days.town.people["adult"]]
        work.connection.execute(contacts.insert(), mine)
    days.go_to(november(6))
    assert days.stage("adult") == "asked"
    assert days.written_to(LetterKind.INVITATION)["adult"] == 2, "he is invited when he can be"


def test_after_the_deadline_it_is_the_tutors_task_and_then_the_directors(days: Days):
    answer(days)
    days.go_to(DEADLINE + timedelta(days=1))
    assert {name: days.stage(name) for name in ("child", "teen")} == {"child": "decided", "teen": "late"}
    assert days.case("teen").assignee_role == "tutor"
    days.go_to(november(20))
    assert days.case("teen").assignee_role == "director"
    assert remind_by_hand(days, "teen") == 2


def test_what_opens_a_decision_again_opens_the_request_and_asks_anew(days: Days):
    answer(days)
    days.tick()
    given = next(one for one in days.town.decisions()["child"].acts.values() if one.notice is C)
    invited = days.written_to(LetterKind.INVITATION)["mother"]
    with days.registry.work(days.town.tutor(2)) as work:
        invalidate_act(work, days.town.school, given.id, InvalidReason.WRONG_PERSON, "не тот человек")
    days.tick()
    assert days.stage("child") == "asked_anew"
    assert days.written_to(LetterKind.INVITATION)["mother"] == invited + 1
    assert days.go_to(november(5))["father"] == 1


def test_at_14_the_student_is_asked_too_and_the_tutor_knows_two_weeks_ahead(days: Days):
    """Where a guardian refused, nothing is left to ask."""
    for student, parent in (("young", "parent"), ("unasked", "refuser")):
        add_family(days.town, student, date(2006, 11, 25), [parent])
        invite(days, student, parent)
    days.paper("refuser", "unasked", kind=ActKind.REFUSED)
    days.paper("parent", "young")
    days.paper("parent", "young", OWN)
    confirm_everything(days.town)
    days.go_to(november(10))
    assert days.stage("young") == "decided"
    days.go_to(november(12))
    assert (days.stage("young"), days.case("young").assignee_role) == ("coming_of_age", "tutor")
    assert not days.written_to(LetterKind.INVITATION)["young"]
    days.go_to(november(25))
    assert days.stage("young") == "asked_anew"
    assert days.written_to(LetterKind.INVITATION)["young"] == 1, "the student alone: the parent has answered"
    assert days.written_to(LetterKind.INVITATION)["parent"] == 1
    assert days.stage("unasked") == "decided"
    assert not days.written_to(LetterKind.INVITATION)["unasked"]
    days.paper("young", "young", S)
    days.tick()
    assert days.stage("young") == "decided"


def test_a_birthday_while_an_answer_is_awaited_asks_whom_the_rule_needs_then(days: Days):
    """At 18 the student alone decides: the guardian is not written to any more."""
    add_family(days.town, "young", date(2002, 11, 4), ["parent"])
    invite(days, "young", "parent")
    days.go_to(november(4))
    assert days.written_to(LetterKind.INVITATION)["young"] == 1
    assert days.go_to(november(5))["parent"] == 0


def test_at_18_whom_a_guardian_refused_decides_alone_and_the_tutor_knows_two_weeks_ahead(days: Days):
    add_family(days.town, "young", date(2002, 11, 25), ["parent"])
    invite(days, "young", "parent")
    days.paper("parent", "young", kind=ActKind.REFUSED)
    confirm_everything(days.town)
    days.go_to(november(10))
    assert days.stage("young") == "decided"
    days.go_to(november(12))
    assert (days.stage("young"), days.case("young").assignee_role) == ("coming_of_age", "tutor")
    days.go_to(november(24))
    assert (days.stage("young"), days.written_to(LetterKind.INVITATION)["young"]) == ("coming_of_age", 0)
    days.go_to(november(25))
    assert days.stage("young") == "asked_anew"
    assert days.written_to(LetterKind.INVITATION)["young"] == 1
    assert days.go_to(november(28)) == Counter({"young": 1}), "the guardian is awaited no longer"
    days.paper("young", "young", S)
    days.tick()
    assert days.stage("young") == "decided"


def test_at_18_nobody_is_asked_again_who_consented_himself(days: Days):
    add_family(days.town, "young", date(2002, 11, 25), ["parent"])
    invite(days, "young", "parent")
    days.paper("parent", "young")
    days.paper("parent", "young", OWN)
    days.paper("young", "young", S)
    confirm_everything(days.town)
    for day in (10, 12, 25, 28):
        days.go_to(november(day))
        assert days.stage("young") == "decided"
    assert days.written_to(LetterKind.INVITATION)["young"] == 0
    assert days.reminded()["young"] == 0


def test_what_was_withdrawn_stays_closed_and_who_left_owes_nothing(days: Days):
    answer(days)
    with days.town.work() as work:
        mine = enrolments.c.person_id == days.town.people["adult"]
        work.connection.execute(enrolments.update().where(mine).values(valid_until=november(3)))
    days.tick()
    days.paper("mother", "child", kind=ActKind.WITHDRAWN)
    days.tick()
    assert days.stage("child") == "decided"
    assert days.go_to(november(5)).keys() == {"mother", "teen"}, "of the teen alone"
    assert days.stage("adult") == "decided"


def test_with_the_last_day_of_the_programme_every_request_is_over(days: Days):
    answer(days)
    days.day = date(2026, 1, 1)
    days.tick()
    assert {days.stage(name) for name in ("child", "teen", "adult")} == {"expired"}
    assert days.case("child").closed_at
    assert days.reminded() == Counter()


def test_at_night_a_reminder_waits_for_the_morning(days: Days):
    days.day = november(5)
    with days.clock.at(time(23)):
        days.tick()
        assert remind_by_hand(days, "child") is None
        assert days.reminded() == Counter()
        answer(days)
    with days.clock.at(time(9), days=1):
        days.tick()
    assert days.reminded() == Counter({"mother": 1, "teen": 1, "adult": 1}), "who answered at night gets none"


def test_a_class_is_read_and_a_whole_school_begun_in_a_fixed_number_of_statements(days: Days):
    assert begun(days, "first", 1) == begun(days, "second", 4)


def invite(days: Days, student: str, signer: str) -> None:
    """Ask a family, and send the link to one of it."""
    with days.registry.work(SYSTEM) as work:
        ask(work, days.town.school, MESH, {days.town.people[student]})
        send_links(work, days.town.school, MESH, [days.town.people[signer]])
    days.tick()


def begun(days: Days, name: str, students: int) -> int:
    """Add some families, ask them, and count the statements of the asking."""
    for number in range(students):
        add_family(days.town, f"{name}{number}", date(2010, 3, 1), [f"{name}mother{number}"])
    with days.registry.work(SYSTEM) as work, counted(days.registry) as statements:
        ask(work, days.town.school, MESH)
    days.tick()
    assert days.stage(f"{name}0") == "asked"
    return len(statements)
