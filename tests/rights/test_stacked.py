"""What was scanned of a destroyed person goes: pages in forms and beside them, papers before a check."""

from uuid import UUID

import pytest
from sqlalchemy import select

from registry.app import load_names
from registry.consents.models.asking import Consent, consents_of_programme
from registry.consents.models.stack_forms import forms_of_stack
from registry.consents.models.stack_tables import paper_checks, paper_pages
from registry.consents.models.stacks import Stack
from registry.consents.rules.acts import ActKind
from registry.consents.rules.stacks import FormState
from registry.consents.usecases import stack_entry
from registry.consents.usecases.asking import ask as ask_all
from registry.documents.stacks.binding import bind
from registry.errors import NotFoundError
from registry.jobs.worker import keep_due_promises
from registry.people.models.places import list_classes
from registry.programmes.rules import NoticeKind
from registry.storage.file_names import named_files
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.consents.conftest import Town
from tests.consents.papers import Stapler, sheet_of, with_check, with_square
from tests.rights.test_erasures import ORDER, approve, ask, assert_verified
from tests.submissions.school import PROGRAMME, Pupil, School, found_school

load_names()

NOTE = "не хотим, чтобы наши данные передавали"


@pytest.fixture
def school(registry: Registry) -> School:
    return found_school(with_check(registry, 100))


def desk_of(school: School) -> Stapler:
    with school.registry.work(SYSTEM) as work:
        ask_all(work, school.id, PROGRAMME)
        room = list_classes(work.connection, school.id, 2020)[0].id
    return Stapler(Town(school.registry, school.id), room)


def asked_of(school: School, pupil: Pupil, notice: NoticeKind) -> Consent:
    with school.registry.reading(SYSTEM) as work:
        every = consents_of_programme(work.connection, school.id, PROGRAMME)
    return next(one for one in every if (one.signer_id, one.notice) == (pupil.guardian, notice))


def sheet(school: School, pupil: Pupil, notice: NoticeKind = NoticeKind.STUDENT_BY_GUARDIAN) -> bytes:
    return sheet_of(school.registry, asked_of(school, pupil, notice))


def bring_all(school: School, pupils: list[Pupil]) -> tuple[Stapler, Stack]:
    """Bring a stack: of each pupil a form that waits for a check, one laid aside, one that came twice."""
    desk = desk_of(school)
    other_notice = NoticeKind.GUARDIAN_SELF
    sheets = [
        each
        for one in pupils
        for each in (sheet(school, one), sheet(school, one), sheet(school, one, other_notice))
    ]
    brought = desk.bring(bind([*sheets, with_square("https://example.org")]))
    for one in desk.sheets(brought):
        if one.form.notice is NoticeKind.GUARDIAN_SELF:
            with school.registry.work(desk.town.tutor()) as work:
                stack_entry.take_apart(work, brought, one.form.id)
        else:
            desk.enter(brought, one, kind=ActKind.REFUSED, reason="other", note=NOTE)
    assert desk.reasons(brought) == [None, "duplicate", "not_this"] * len(pupils) + ["foreign"]
    return desk, brought


def keep_promises(school: School) -> None:
    while keep_due_promises(school.registry):
        pass


def files_of(school: School, pupil: Pupil) -> set[UUID]:
    """Name the files that show a pupil's papers: each page, and the scan of what waits."""
    mine = {
        asked_of(school, pupil, one).id for one in (NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.GUARDIAN_SELF)
    }
    page, check = paper_pages.c, paper_checks.c
    with school.registry.reading(SYSTEM) as work:
        pages = select(page.picture_file).where(page.names_consent.in_(mine), page.picture_file.is_not(None))
        scans = select(check.scan_file).where(check.student_id == pupil.id, check.scan_file.is_not(None))
        return {one for query in (pages, scans) for one in work.connection.execute(query).scalars()}


@pytest.mark.parametrize("whose", ["student", "guardian"])
def test_no_picture_text_or_file_of_the_person_stays_and_the_others_keep_theirs(
    school: School, whose: str
) -> None:
    pupil, other = school.enrol(2)
    desk, brought = bring_all(school, [pupil, other])
    keep_promises(school)
    his, others = files_of(school, pupil), files_of(school, other)
    assert (len(his), len(others)) == (4, 4)

    approve(school, ask(school, pupil.id if whose == "student" else pupil.guardian, ORDER))
    keep_promises(school)

    for one in his:
        with pytest.raises(NotFoundError):
            school.registry.files.get(one)
    for one in others:
        assert school.registry.files.get(one)
    with school.registry.reading(SYSTEM) as work:
        assert not his & named_files(work.connection)
        assert others <= named_files(work.connection)
        (left,) = work.connection.execute(select(paper_checks)).all()
        forms = forms_of_stack(work.connection, school.id, brought.id)
    assert left.student_id == other.id
    states = {one.about_id: one.state for one in forms if one.notice is NoticeKind.STUDENT_BY_GUARDIAN}
    assert states == {pupil.id: FormState.DROPPED, other.id: FormState.CHECKING}
    assert len(desk.pages(brought)) == 7, "that there were pages is no secret"
    assert_verified(school.registry)


def test_of_a_page_that_is_read_after_the_destruction_no_picture_is_kept(school: School) -> None:
    pupil, other = school.enrol(2)
    desk = desk_of(school)
    sheets = [sheet(school, pupil), sheet(school, other)]
    approve(school, ask(school, pupil.id))
    brought = desk.bring(bind(sheets))
    assert desk.reasons(brought) == ["erased", None]
    assert [one.picture_file is None for one in desk.pages(brought)] == [True, False]
    keep_promises(school)
    assert_verified(school.registry)
