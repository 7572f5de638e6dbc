"""Taking an approved list back: what it brought leaves, what it changed goes back, what stands is kept."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from registry.access.rules import Role
from registry.app import present_states
from registry.consents.rules.acts import ActKind
from registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError
from registry.people.contacts import ContactKind
from registry.people.models import batches, tables
from registry.people.models.batches import BatchState, HeldRow, held_rows_of
from registry.people.models.persons import Confirmed
from registry.people.rosters.workbook import write_workbook
from registry.people.usecases import rosters
from registry.people.usecases.contacts import confirm_contact
from registry.people.usecases.corrections import correct_field
from registry.people.usecases.families import bar_guardian, leave_school
from registry.people.usecases.undo_plan import Kept
from registry.people.usecases.undoing import Undo, plan_undo
from registry.sandbox.sample.families import Inventor, Pupil
from registry.sandbox.sample.schools import pages_of_school
from registry.trail.entries import SYSTEM, Actor
from registry.trail.models import trail_event
from registry.trail.sequencer import integrate_all
from registry.trail.verify import verify
from registry.work import Registry
from registry.workflows import clock, usecases
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Employ, Office
from tests.submissions import school as families
from tests.web.browsers import Browser

EXAMPLES = max(6, settings().max_examples // 20)


def row(**values: object) -> list[object]:
    changed = list(CLEAN)
    for place, value in values.items():
        changed[int(place[1:])] = value
    return changed


SECOND = row(_1="Ёлкин", _2="Олег", _5="112-233-445 95", _6="+79160000001", _7="e@example.org")
ONE = book(**{"9Б": [HEADER, CLEAN]})
TWO = book(**{"9Б": [HEADER, CLEAN, SECOND]})


def approved(office: Office, data: bytes) -> UUID:
    batch = office.upload(data)
    mark = office.review(batch).mark
    with office.registry.work(office.clerk) as work:
        rosters.approve(work, office.school, batch, mark)
    return batch


def planned(office: Office, batch: UUID) -> Undo:
    with office.registry.reading(SYSTEM) as work:
        return plan_undo(work, office.school, batch)


def undone(office: Office, batch: UUID, actor: Actor | None = None) -> Undo:
    plan = planned(office, batch)
    with office.registry.work(actor or office.clerk) as work:
        assert rosters.undo(work, office.school, batch, plan.mark).state is BatchState.UNDONE
    return plan


def kept(undo: Undo) -> set[tuple[int, str, str]]:
    """What is kept: row of the file, reason, field."""
    return {
        (undo.changes[one].row, why, field)
        for one, reasons in undo.plan.kept.items()
        for why, field in reasons
    }


def refusal(run: Callable[[], object]) -> str:
    with pytest.raises(RegistryError) as caught:
        run()
    return caught.value.slug


def count(registry: Registry, table: object) -> int:
    with registry.reading(SYSTEM) as work:
        return work.connection.execute(select(func.count()).select_from(table)).scalar_one()


def held(office: Office) -> list[HeldRow]:
    with office.registry.reading(SYSTEM) as work:
        return held_rows_of(work.connection, work.vault, office.school)


def decided(office: Office, student: UUID, guardian: UUID) -> None:
    with office.registry.work(SYSTEM) as work:
        families.decide(work, office.school, [families.Pupil(student, guardian, "9Б", "")], ActKind.GIVEN)


def test_what_a_list_brought_leaves_the_roster_at_once_and_nothing_is_deleted(
    registry: Registry, office: Office
):
    batch = approved(office, TWO)
    people = count(registry, tables.persons)
    plan = undone(office, batch)
    assert plan.plan.counts == {"left": 2, "restored": 0, "untied": 2, "kept": 0}
    assert office.families() == ()
    assert count(registry, tables.persons) == people
    assert count(registry, tables.enrolments) == 2
    assert count(registry, tables.past_contacts) == 6


def test_the_right_list_is_taken_after_a_wrong_one_that_gave_numbers_to_the_wrong_people(office: Office):
    wrong = [row(_5=SECOND[5], _6=SECOND[6]), row(_1="Ёлкин", _2="Олег", _5=CLEAN[5], _7="e@example.org")]
    undone(office, approved(office, book(**{"9Б": [HEADER, *wrong]})))
    found = office.approve(TWO)
    assert [(one.level, one.state) for one in found.rows] == [("ok", "new")] * 2
    assert {one.student.snils for one in office.families()} == {"13777686320", "11223344595"}


def test_what_a_list_changed_goes_back_with_the_confirmation_of_its_contact(
    registry: Registry, office: Office
):
    approved(office, ONE)
    (before,) = office.families()
    with registry.work(SYSTEM) as work:
        confirm_contact(work, before.student.id, ContactKind.PHONE, Confirmed.CODE)
    (before,) = office.families()
    batch = approved(office, book(**{"9В": [HEADER, row(_1="Грачёв-Белый", _6="+79160000009")]}))
    assert office.families()[0].student.phone.confirmed_at is None
    plan = undone(office, batch)
    assert (plan.plan.counts["restored"], plan.plan.counts["kept"]) == (2, 0)
    (after,) = office.families()
    assert str(after.class_name) == "9Б"
    assert after.student.last_name == before.student.last_name
    assert replace(after.student.phone, version=0) == replace(before.student.phone, version=0)


def test_a_contact_that_was_not_there_before_is_taken_away_again(office: Office):
    approved(office, book(**{"9Б": [HEADER, row(_6=None)]}))
    batch = approved(office, ONE)
    assert office.families()[0].student.phone is not None
    undone(office, batch)
    assert office.families()[0].student.phone is None


def test_a_guardian_whom_a_list_gave_to_a_student_who_was_there_goes_again(office: Office):
    approved(office, book(**{"9Б": [HEADER, CLEAN[:8]]}))
    batch = approved(office, ONE)
    assert len(office.families()[0].guardians) == 1
    undone(office, batch)
    assert office.families()[0].guardians == ()
    approved(office, ONE)
    assert [one.person.last_name for one in office.families()[0].guardians] == ["Грачёва"]


def test_what_somebody_changed_since_is_not_written_over_but_named_row_by_row(
    registry: Registry, office: Office
):
    approved(office, TWO)
    rows = [
        row(_1="Белый", _7="new@example.org"),
        row(**{f"_{n}": SECOND[n] for n in (2, 5, 6, 7)}, _1="Чёрный"),
    ]
    batch = approved(office, book(**{"9Б": [HEADER, *rows]}))
    student = next(one.student.id for one in office.families() if one.student.last_name == "Белый")
    with registry.work(office.clerk) as work:
        correct_field(work, office.school, student, "last_name", "Серый")
    plan = undone(office, batch)
    assert kept(plan) == {(2, Kept.CHANGED, "last_name")}
    assert {one.student.last_name for one in office.families()} == {"Серый", "Ёлкин"}
    assert {one.student.email.value for one in office.families()} == {CLEAN[7], SECOND[7]}


def test_a_contact_that_was_confirmed_since_stays(registry: Registry, office: Office):
    approved(office, ONE)
    batch = approved(office, book(**{"9Б": [HEADER, row(_6="+79160000009", _1="Белый")]}))
    with registry.work(SYSTEM) as work:
        confirm_contact(work, office.families()[0].student.id, ContactKind.PHONE, Confirmed.CODE)
    assert kept(undone(office, batch)) == {(2, Kept.CHANGED, "phone")}
    (family,) = office.families()
    assert (family.student.phone.value, family.student.last_name) == ("+79160000009", "Грачёв")


@pytest.mark.parametrize("what", ["card", "guardian", "left", "barred"])
def test_a_new_student_whose_family_was_worked_on_since_stays_and_is_named(
    registry: Registry, office: Office, what: str
):
    others = row(_1="Ёлкин", _2="Олег", _5="112-233-445 95", _6="+79160000001", _7="e@example.org")
    others[8:16] = ["Ёлкина", "Анна", None, "мать", date(1970, 2, 3), None, None, None]
    batch = approved(office, book(**{"9Б": [HEADER, CLEAN, others]}))
    family = next(one for one in office.families() if one.student.last_name == "Ёлкин")
    student, guardian = family.student.id, family.guardians[0].person.id
    with registry.work(office.clerk) as work:
        if what == "card":
            correct_field(work, office.school, student, "address", "Хабаровск, ул. Выдуманная, 1")
        elif what == "guardian":
            correct_field(work, office.school, guardian, "phone", "+79160000077")
        elif what == "left":
            leave_school(work, office.school, student)
        else:
            bar_guardian(work, office.school, student, guardian)
    assert kept(undone(office, batch)) == {(3, Kept.CHANGED, "")}
    (after,) = office.families()
    assert (after.student.id, after.guardians[0].person.id) == (student, guardian)
    assert after.student.snils == "11223344595"


def test_a_student_about_whom_somebody_decided_stays_and_is_named_and_the_others_leave(office: Office):
    batch = approved(office, TWO)
    family = next(one for one in office.families() if one.student.last_name == "Грачёв")
    decided(office, family.student.id, family.guardians[0].person.id)
    assert kept(undone(office, batch)) == {(2, Kept.ACT, "")}
    (after,) = office.families()
    assert after == family


def test_a_decision_of_before_the_list_keeps_nothing_from_going_back(office: Office):
    approved(office, ONE)
    (family,) = office.families()
    decided(office, family.student.id, family.guardians[0].person.id)
    batch = approved(office, book(**{"9Б": [HEADER, row(_1="Белый")]}))
    assert kept(undone(office, batch)) == set()
    assert office.families()[0].student.last_name == "Грачёв"


def test_a_decision_since_keeps_the_data_on_which_it_was_made(office: Office):
    approved(office, ONE)
    (family,) = office.families()
    batch = approved(office, book(**{"9Б": [HEADER, row(_1="Белый", _8="Белая")]}))
    decided(office, family.student.id, family.guardians[0].person.id)
    assert refusal(lambda: undone(office, batch)) == "nothing-to-undo"
    assert {why for _, why, _ in kept(planned(office, batch))} == {Kept.ACT}
    assert office.families()[0].student.last_name == "Белый"


def test_a_value_that_another_took_meanwhile_is_named_and_the_rest_goes_back(
    registry: Registry, office: Office
):
    approved(office, TWO)
    batch = approved(office, book(**{"9Б": [HEADER, row(_6="+79160000009", _1="Белый")]}))
    other = next(one.student.id for one in office.families() if one.student.last_name == "Ёлкин")
    with registry.work(office.clerk) as work:
        correct_field(work, office.school, other, "phone", str(CLEAN[6]))
    assert kept(undone(office, batch)) == {(2, Kept.TAKEN, "phone")}
    assert {one.student.last_name for one in office.families()} == {"Грачёв", "Ёлкин"}


def test_a_value_that_somebody_of_the_same_list_took_meanwhile_is_named(registry: Registry, office: Office):
    approved(office, ONE)
    batch = approved(office, book(**{"9Б": [HEADER, row(_6="+79160000009", _1="Белый"), SECOND]}))
    new = next(one.student.id for one in office.families() if one.student.last_name == "Ёлкин")
    with registry.work(office.clerk) as work:
        correct_field(work, office.school, new, "phone", str(CLEAN[6]))
    assert kept(undone(office, batch)) == {(2, Kept.TAKEN, "phone"), (3, Kept.CHANGED, "")}
    assert {one.student.last_name for one in office.families()} == {"Грачёв", "Ёлкин"}


def test_a_parent_whom_another_child_needs_keeps_number_and_contacts(office: Office):
    batch = approved(office, ONE)
    sibling = book(**{"9А": [HEADER, row(_2="Олег", _5=SECOND[5], _6=SECOND[6], _7=SECOND[7])]})
    approved(office, sibling)
    undone(office, batch)
    (family,) = office.families()
    assert (family.student.first_name, family.guardians[0].person.snils) == ("Олег", "00836064433")
    assert family.guardians[0].person.phone is not None


def test_a_student_known_from_another_school_leaves_this_one_only(offices: list[Office]):
    approved(offices[0], ONE)
    undone(offices[1], approved(offices[1], ONE))
    assert offices[1].families() == ()
    assert offices[0].families()[0].student.snils == "13777686320"


def test_twice_is_once_and_a_plan_that_changed_meanwhile_is_not_carried_out(
    registry: Registry, office: Office
):
    batch = approved(office, TWO)
    seen = planned(office, batch).mark
    family = office.families()[0]
    decided(office, family.student.id, family.guardians[0].person.id)

    def undo(mark: str) -> BatchState:
        with registry.work(office.clerk) as work:
            return rosters.undo(work, office.school, batch, mark).state

    assert refusal(lambda: undo(seen)) == "undo-changed"
    assert len(office.families()) == 2
    for _ in range(2):
        assert undo(planned(office, batch).mark) is BatchState.UNDONE


def test_a_later_list_of_the_same_class_is_taken_back_first_and_one_of_another_class_does_not_matter(
    office: Office,
):
    first = approved(office, ONE)
    approved(office, book(**{"9А": [HEADER, [*SECOND[:8]]]}))
    later = approved(office, book(**{"9Б": [HEADER, row(_1="Белый")]}))
    assert planned(office, first).later == ("9Б",)
    assert refusal(lambda: undone(office, first)) == "later-upload"
    undone(office, later)
    undone(office, first)
    assert [one.student.last_name for one in office.families()] == ["Ёлкин"]


def test_only_an_approved_list_can_be_taken_back(registry: Registry, office: Office):
    waiting = office.upload(ONE)
    assert refusal(lambda: undone(office, waiting)) == "not-undoable"
    with registry.work(office.clerk) as work:
        rosters.cancel(work, office.school, waiting)
    assert refusal(lambda: undone(office, waiting)) == "not-undoable"


def test_after_two_weeks_an_approval_is_final(registry: Registry, office: Office):
    batch = approved(office, ONE)
    for day, state in ((16, BatchState.APPROVED), (17, BatchState.SETTLED)):
        clock.follow_clock(replace(registry, settings=replace(registry.settings, today=date(2020, 11, day))))
        with registry.reading(SYSTEM) as work:
            assert batches.get_batch(work.connection, office.school, batch).state is state
    assert refusal(lambda: undone(office, batch)) == "not-undoable"
    assert len(office.families()) == 1


def test_rows_that_an_earlier_list_held_back_are_held_back_again(office: Office):
    wrong = row(_1="Ёлкин", _2="Олег", _5="112-233-445 96", _6="+79160000001", _7="e@example.org")
    approved(office, book(**{"9Б": [HEADER, CLEAN, wrong]}))
    before = held(office)
    assert [(one.class_name, one.row) for one in before] == [("9Б", 3)]
    batch = approved(office, book(**{"9Б": [HEADER, SECOND, row(_5="1", _1="Третий", _6=None, _7=None)]}))
    assert held(office) != before
    undone(office, batch)
    assert held(office) == before


def test_who_may_approve_may_take_back_and_another_school_may_not(registry: Registry, offices: list[Office]):
    office, other = offices
    batch = approved(office, ONE)
    stranger = Actor("staff", UUID(int=3), "tutor", "password", other.school)
    refused = ForbiddenError if registry.engine.dialect.name == "sqlite" else NotFoundError
    with pytest.raises(refused):
        undone(office, batch, stranger)
    undone(office, batch, replace(stranger, school=office.school))


def test_the_history_and_the_trail_tell_of_an_undo_and_the_trail_stays_whole(
    registry: Registry, office: Office
):
    approved(office, ONE)
    batch = approved(office, book(**{"9В": [HEADER, row(_1="Белый", _6="+79160000009"), SECOND]}))
    undone(office, batch)
    with registry.reading(SYSTEM) as work:
        case_id = batches.get_batch(work.connection, office.school, batch).case_id
        history = usecases.look(work, case_id).history
        leaves = [leaf.decode() for leaf in work.connection.execute(select(trail_event.c.leaf)).scalars()]
    assert [one.transition for one in history] == [None, "approve", "undo"]
    for told in (
        "roster.undone",
        "enrolment.ended",
        "enrolment.changed",
        "guardianship.ended",
        "person.changed",
    ):
        assert [leaf for leaf in leaves if f'"type":"{told}"' in leaf], told
    integrate_all(registry.engine)
    assert verify(registry.engine, registry.vault, registry.trail, present_states()).status == 0


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 1 << 32), first=st.integers(1, 12), more=st.integers(1, 12))
def test_an_undo_with_nothing_in_between_leaves_the_roster_as_it_was(
    office: Office, seed: int, first: int, more: int
):
    pupils = list(Inventor(seed << 8 | len(office.families())).pupils(first + more))
    undone_now = [one.student.id for one in office.families()]
    assert approved(office, write_workbook(pages_of_school(pupils[:first])))
    before = office.families()
    changed = [renamed(pupil) for pupil in pupils[: first // 2]]
    batch = approved(office, write_workbook(pages_of_school([*changed, *pupils[first // 2 :]])))
    assert len(office.families()) == len(undone_now) + first + more
    undone(office, batch)
    assert [plain(one) for one in office.families()] == [plain(one) for one in before]


def renamed(pupil: Pupil) -> Pupil:
    return replace(
        pupil,
        person=replace(pupil.person, last_name="Переименованный", phone=f"{pupil.person.phone[:-3]}000"),
    )


def plain(family: object) -> str:
    """A family without the counters of versions, which only ever grow."""
    return re.sub(r"version=\d+", "", repr(family))


def test_an_undo_waits_for_an_act_that_is_not_committed_yet_and_keeps_its_student(
    registry: Registry, office: Office
):
    batch = approved(office, TWO)
    family = office.families()[0]
    mark = planned(office, batch).mark
    found: list[str] = []

    def undo() -> None:
        try:
            with registry.work(office.clerk) as work:
                rosters.undo(work, office.school, batch, mark)
        except ConflictError as error:
            found.append(error.slug)

    waiting = threading.Thread(target=undo)
    with registry.work(SYSTEM) as work:
        pupil = families.Pupil(family.student.id, family.guardians[0].person.id, "9Б", "")
        families.decide(work, office.school, [pupil], ActKind.GIVEN)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
    waiting.join()
    assert found == ["undo-changed"]
    assert len(office.families()) == 2


def test_a_clerk_reads_what_an_undo_would_do_and_does_it(clerk: Browser, office: Office):
    batch = approved(office, TWO)
    family = next(one for one in office.families() if one.student.last_name == "Грачёв")
    decided(office, family.student.id, family.guardians[0].person.id)
    path = f"/schools/{office.school}/rosters/{batch}"
    assert f"{path}/undo" in clerk.get(path).text
    shown = clerk.get(f"{path}/undo").text
    assert "по 16.11.2020 включительно" in shown
    assert "уже записано решение о согласии" in shown
    assert "Грачёв Ярослав Анатольевич" in shown
    mark = planned(office, batch).mark
    assert mark in shown
    assert clerk.post(f"{path}/undo", mark="0").status_code == 409
    done = clerk.post(f"{path}/undo", mark=mark)
    assert done.status_code == 303
    told = clerk.get(done.location).text
    assert "Загрузка отменена" in told
    assert "Грачёв Ярослав Анатольевич" in told
    assert "отменён после утверждения" in clerk.get(f"/schools/{office.school}/rosters").text
    assert clerk.get(path).location == f"{path}/undo"


def test_a_tutor_takes_back_his_own_upload_and_nobody_elses(browser: Browser, office: Office, employ: Employ):
    batch = approved(office, ONE)
    employ("tutor", Role.TUTOR, office.school, office.families()[0].class_id)
    browser.sign_in("tutor")
    path = f"/schools/{office.school}/rosters/{batch}/undo"
    assert browser.get(path).status_code == 404
    assert browser.post(path, mark=planned(office, batch).mark).status_code == 404
    assert len(office.families()) == 1


def test_an_undo_of_a_whole_school_takes_a_fixed_number_of_statements_to_plan(office: Office):
    few, many = (
        approved(office, write_workbook(pages_of_school(Inventor(seed).pupils(students))))
        for seed, students in ((1, 12), (2, 240))
    )
    assert statements(office, many) == statements(office, few)


def statements(office: Office, batch: UUID) -> int:
    seen: list[object] = []

    def see(*what: object) -> None:
        seen.append(what[2])

    event.listen(office.registry.engine, "before_cursor_execute", see)
    planned(office, batch)
    event.remove(office.registry.engine, "before_cursor_execute", see)
    return len(seen)
