"""Scanned stacks: each page finds its form or the queue, and form by form the class is entered."""

from dataclasses import replace

import pytest

from benchmarks.scanning import Lay, blank
from registry.consents.models import checks
from registry.consents.rules.decisions import State
from registry.consents.rules.stacks import CheckState, Fault, FormState, PageState, StackState, Thrown
from registry.consents.usecases import checking, queueing, stack_entry
from registry.consents.usecases.printing import mark_tag
from registry.consents.usecases.queueing import Typed
from registry.documents.marks import PageMark, readable_code, write_mark
from registry.errors import ConflictError, ForbiddenError, InvalidError
from registry.storage.file_names import named_files
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, Town, confirm_everything
from tests.consents.papers import Stapler, scan, stack, stapler_of, with_check, with_square


@pytest.fixture
def desk(town: Town) -> Stapler:
    confirm_everything(town)
    return stapler_of(town)


@pytest.fixture
def sheets(desk: Stapler) -> list[bytes]:
    """Every form that the class lacks, scanned straight."""
    return scan(desk.printed())


def kept_files(town: Town) -> set[object]:
    with town.registry.reading(SYSTEM) as work:
        return set(named_files(work.connection))


@pytest.mark.proves("S1-14")
def test_a_stack_becomes_forms_of_the_people_for_whom_they_were_printed(
    desk: Stapler, sheets: list[bytes]
) -> None:
    brought = desk.bring(stack(sheets))
    assert (brought.state, brought.done, brought.pages) == (StackState.READ, len(sheets), len(sheets))
    forms = desk.sheets(brought)
    assert all(one.ready for one in forms)
    assert {one.state for one in desk.pages(brought)} == {PageState.PLACED}
    awaited = {
        (who.person, who.notice) for one in desk.town.decisions().values() for who in one.decision.awaited
    }
    assert awaited <= {(one.form.signer_id, one.form.notice) for one in forms}


def test_a_stack_is_entered_form_by_form_and_its_scans_stay_with_the_acts(
    desk: Stapler, sheets: list[bytes]
) -> None:
    brought = desk.bring(stack(sheets))
    for one in desk.sheets(brought):
        assert desk.enter(brought, one).signed is not None
        assert desk.enter(brought, one).signed is None  # twice is once
    assert desk.town.state("child") is State.GIVEN
    assert desk.town.state("teen") is State.GIVEN
    assert {one.form.state for one in desk.sheets(brought)} == {FormState.DONE}
    assert not [one for one in desk.pages(brought) if one.picture_file]


def test_unreadable_foreign_and_repeated_pages_wait_with_their_reason(
    desk: Stapler, sheets: list[bytes]
) -> None:
    torn = scan(desk.printed(), iter([Lay(stain=1.6)] * 50))[0]
    brought = desk.bring(stack([sheets[0], blank(), torn, sheets[0]]))
    assert desk.reasons(brought) == [None, "unreadable", "unreadable", "duplicate"]


def test_the_code_of_an_unreadable_page_is_typed_and_the_page_finds_its_form(
    desk: Stapler, sheets: list[bytes]
) -> None:
    form = desk.sheets(desk.bring(stack(sheets[:1])))[0].form
    with desk.town.work(desk.town.tutor()) as work:
        stack_entry.take_apart(work, desk.stack(form.stack_id), form.id)
    brought = desk.stack(form.stack_id)
    (page,) = desk.pages(brought)
    assert (page.state, page.reason) == (PageState.QUEUED, "not_this")
    typed = Typed(readable_code(form.consent_id).lower().replace("-", " "), 1, form.pages)
    for _ in range(2):
        with desk.town.work(desk.town.tutor()) as work:
            queueing.type_code(work, brought, page.id, typed)
    (again,) = desk.sheets(brought)
    assert (again.form.consent_id, again.form.state) == (form.consent_id, FormState.OPEN)
    with desk.town.work(desk.town.tutor()) as work, pytest.raises(InvalidError):
        queueing.type_code(work, brought, page.id, replace(typed, code="0000"))


def test_a_page_is_thrown_away_with_a_reason_and_its_picture_goes(desk: Stapler) -> None:
    brought = desk.bring(stack([blank()]))
    (page,) = desk.pages(brought)
    assert page.picture_file in kept_files(desk.town)
    for _ in range(2):
        with desk.town.work(desk.town.tutor()) as work:
            queueing.throw_page(work, brought, page.id, Thrown.BLANK)
    (page,) = desk.pages(brought)
    assert (page.state, page.reason, page.picture_file) == (PageState.THROWN, "blank", None)


def test_a_form_without_a_page_is_not_entered_until_the_page_comes(
    desk: Stapler, sheets: list[bytes]
) -> None:
    whole = desk.sheets(desk.bring(stack(sheets[:1])))[0]
    lost = replace(whole, form=replace(whole.form, pages=2))
    assert lost.missing == (2,)
    with pytest.raises(ConflictError):
        desk.enter(desk.stack(whole.form.stack_id), lost)


def test_a_form_that_was_to_be_mended_gives_way_to_its_next_scan(desk: Stapler, sheets: list[bytes]) -> None:
    first = desk.bring(stack(sheets[:2]))
    (old,) = desk.sheets(first)
    with desk.town.work(desk.town.tutor()) as work:
        stack_entry.put_off(work, first, old.form.id, Fault.NO_SIGNATURE)
    second = desk.bring(stack(sheets[:2]))
    assert desk.reasons(second) == [None, None]
    assert desk.sheets(first) == []
    (new,) = desk.sheets(second)
    assert desk.enter(second, new).signed is not None


def test_codes_of_others_are_foreign_even_if_they_look_like_ours(desk: Stapler, sheets: list[bytes]) -> None:
    (form,) = desk.sheets(desk.bring(stack(sheets[:1])))
    mark = PageMark(form.form.consent_id, form.form.notice_version, 1, form.form.pages)
    with desk.town.work() as work:
        own = mark_tag(work.vault)
    forged = write_mark(mark, lambda said: own(said + "another key"))
    brought = desk.bring(stack([with_square(one) for one in (forged, "https://example.org", "1" * 2_000)]))
    assert desk.reasons(brought) == ["foreign"] * 3


def entered_for_check(desk: Stapler, sheets: list[bytes]) -> tuple[Stapler, checks.Check]:
    strict = Stapler(replace(desk.town, registry=with_check(desk.town.registry, 100)), desk.room)
    brought = strict.bring(stack(sheets))
    own = [one for one in strict.sheets(brought) if one.form.about_id == desk.town.people["adult"]]
    entered = strict.enter(brought, own[0])
    assert entered.signed is None
    with strict.town.registry.reading(SYSTEM) as work:
        (check,) = checks.checks_waiting(work.connection, strict.town.school, MESH)
    assert check.id == entered.check_id
    return strict, check


@pytest.mark.proves("S1-14")
def test_a_paper_counts_only_when_a_second_person_has_confirmed_it(
    desk: Stapler, sheets: list[bytes]
) -> None:
    strict, check = entered_for_check(desk, sheets)
    assert strict.town.state("adult") is State.ASKED
    with strict.town.work(strict.town.tutor()) as work, pytest.raises(ForbiddenError):
        checking.confirm(work, check.school_id, check.id)
    for _ in range(2):
        with strict.town.work(strict.town.tutor(2)) as work:
            checking.confirm(work, check.school_id, check.id)
    assert strict.town.state("adult") is State.GIVEN
    act = next(iter(strict.town.decisions()["adult"].acts.values()))
    assert act.recorded_by == strict.town.tutor(1).id


def test_a_paper_that_is_sent_back_decides_nothing_and_is_looked_at_twice_again(
    desk: Stapler, sheets: list[bytes]
) -> None:
    strict, check = entered_for_check(desk, sheets)
    for _ in range(2):
        with strict.town.work(strict.town.tutor(2)) as work:
            checking.send_back(work, check.school_id, check.id, Fault.WRONG_ENTRY)
    assert strict.town.state("adult") is State.ASKED
    rare = Stapler(replace(desk.town, registry=with_check(desk.town.registry, 1)), desk.room)
    with rare.town.registry.reading(SYSTEM) as work:
        one = stack_entry.sheets_of_form(work, check.school_id, check.form_id or check.id)
    brought = rare.stack(one.form.stack_id)
    assert one.form.state is FormState.BACK
    assert rare.enter(brought, one).check_id is not None
    with rare.town.registry.reading(SYSTEM) as work:
        every = checks.checks_of_student(work.connection, check.school_id, MESH, check.student_id)
    assert [each.state for each in every] == [CheckState.SENT_BACK, CheckState.WAITING]
    assert every[1].draw.again
