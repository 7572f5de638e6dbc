"""An uploaded roster runs as a case: who may approve it, what the clock does with it, where it stands."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from registry.access.rules import Place
from registry.errors import ConflictError, ForbiddenError, GoneError, NotFoundError
from registry.jobs.worker import keep_due_promises
from registry.people.class_names import ClassName
from registry.people.models import batches, places, tables
from registry.people.models.batches import BatchState
from registry.people.usecases import rosters
from registry.people.usecases.reviewing import show_review
from registry.storage.reach import of_schools
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from registry.workflows import clock, usecases
from registry.workflows.cases import Happening
from registry.workflows.names import NAMES
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office

DATA = book(**{"9Б": [HEADER, CLEAN]})


def test_a_tutor_of_the_school_approves_and_another_schools_does_not(
    registry: Registry, offices: list[Office]
):
    office, other = offices
    batch = office.upload(DATA)
    mark = office.review(batch).mark
    stranger = Actor("staff", UUID(int=3), "tutor", "password", other.school)
    with pytest.raises(ForbiddenError), registry.work(stranger, sees=of_schools([office.school])) as work:
        rosters.approve(work, office.school, batch, mark)
    unseen = ForbiddenError if registry.engine.dialect.name == "sqlite" else NotFoundError
    with pytest.raises(unseen), registry.work(stranger) as work:
        rosters.approve(work, office.school, batch, mark)
    tutor = replace(stranger, school=office.school)
    with registry.work(tutor) as work:
        assert rosters.approve(work, office.school, batch, mark).state is BatchState.APPROVED
    assert len(office.families()) == 1


def test_the_history_of_the_case_tells_who_decided(registry: Registry, office: Office):
    batch = office.upload(DATA)
    with registry.work(office.clerk) as work:
        kept = rosters.approve(work, office.school, batch, office.review(batch).mark)
    assert (kept.decided_by, kept.version) == (office.clerk.id, 2)
    with registry.reading(SYSTEM) as work:
        opened = usecases.look(work, kept.case_id)
    assert [(one.kind, one.target, one.actor_role) for one in opened.history] == [
        (Happening.STARTED, "in_review", "clerk"),
        (Happening.MOVED, "approved", "clerk"),
    ]


def test_where_a_batch_stands_is_kept_by_its_case_alone(registry: Registry, office: Office):
    assert "state" not in tables.roster_batches.c
    office.approve(DATA)
    batch = office.upload(DATA)
    with registry.work(office.clerk) as work:
        rosters.cancel(work, office.school, batch)
    with registry.reading(SYSTEM) as work:
        listed = batches.list_batches(work.connection, office.school)
        for one in listed:
            assert usecases.look(work, one.case_id).case.state == one.state
    assert [one.state for one in listed] == [BatchState.CANCELLED, BatchState.APPROVED]


def test_what_nobody_approved_for_thirty_days_is_dropped_with_its_files(registry: Registry, office: Office):
    batch = office.upload(DATA)
    month = replace(registry, settings=replace(registry.settings, today=date(2020, 12, 2)))
    clock.follow_clock(month)
    assert office.review(batch).batch.state is BatchState.REVIEW
    later = replace(month, settings=replace(month.settings, today=date(2020, 12, 2) + timedelta(days=1)))
    clock.follow_clock(later)
    with registry.reading(SYSTEM) as work:
        kept = batches.get_batch(work.connection, office.school, batch)
        assert (kept.state, kept.decided_by) == (BatchState.CANCELLED, None)
        with pytest.raises(GoneError):
            show_review(work, office.school, batch)
    keep_due_promises(registry)
    for file in (kept.workbook_file, kept.drafts_file):
        with pytest.raises(NotFoundError):
            registry.files.get(file)
    assert office.families() == ()


def test_an_approval_that_fails_leaves_batch_case_and_files_as_they_were(registry: Registry, office: Office):
    batch = office.upload(DATA)
    shown = office.review(batch)
    with pytest.raises(ConflictError), registry.work(office.clerk) as work:
        rosters.approve(work, office.school, batch, f"{shown.mark}0")
    keep_due_promises(registry)
    shown = office.review(batch)
    assert (shown.batch.state, shown.batch.decided_at) == (BatchState.REVIEW, None)
    with registry.reading(SYSTEM) as work:
        assert usecases.look(work, shown.batch.case_id).case.state == "in_review"


def test_the_engine_knows_where_a_school_lies(registry: Registry, office: Office):
    with registry.reading(SYSTEM) as work:
        school = places.get_school(work.connection, office.school)
        found = NAMES.place_of(work, office.school)
        assert found == Place(school.region_id, school.municipality_id, school.id)
        assert NAMES.place_of(work, None) == Place()


def test_a_tutors_file_holds_back_nothing_of_another_class(registry: Registry, office: Office):
    batch = office.upload(DATA, only=ClassName(9, "А"))
    with registry.work(office.clerk) as work:
        rosters.approve(work, office.school, batch, office.review(batch).mark)
    with registry.reading(SYSTEM) as work:
        assert batches.held_rows_of(work.connection, work.vault, office.school) == []
    assert office.families() == ()


def test_a_list_with_rows_of_no_class_is_not_approved(registry: Registry, office: Office):
    batch = office.upload(book(Лист1=[HEADER, CLEAN]))
    mark = office.review(batch).mark
    with pytest.raises(ConflictError) as caught, registry.work(office.clerk) as work:
        rosters.approve(work, office.school, batch, mark)
    assert caught.value.slug == "class-unknown"
    assert office.review(batch).batch.state is BatchState.REVIEW
