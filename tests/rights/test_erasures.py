"""One person's data are destroyed by two people, unless something must be kept; the proofs stay."""

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.access.rules import Right, Role, Scope
from registry.app import load_names, present_states
from registry.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, RegistryError
from registry.people.models.persons import load_persons
from registry.people.models.tables import contacts, enrolments, persons
from registry.rights import erased_list, usecases
from registry.rights.commands import replay
from registry.rights.rules import Erasure
from registry.storage.vault import subject_keys
from registry.trail.entries import SYSTEM, Actor
from registry.trail.models import trail_opening, trail_pseudonym
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry
from tests.submissions import way
from tests.submissions.school import School, found_school

load_names()

ORDER = "решение суда № 1"


@pytest.fixture
def school(registry: Registry) -> School:
    return found_school(registry)


def rights(school: School, role: Role) -> list[Right]:
    return [Right(role, Scope.SCHOOL, school.id, school.id)]


def ask(school: School, person: UUID, ordered: str = "", by: Actor | None = None) -> Erasure:
    with school.registry.work(by or school.clerk) as work:
        return usecases.ask(work, rights(school, Role.CLERK), person, ("по запросу", ordered))


def approve(school: School, erasure: Erasure, role: Role = Role.DIRECTOR) -> Erasure:
    with school.registry.work(school.director) as work:
        return usecases.approve(work, rights(school, role), erasure.id)


def refused(school: School, person: UUID, ordered: str = "") -> str:
    with pytest.raises(ConflictError) as caught:
        ask(school, person, ordered)
    return caught.value.slug


def assert_verified(registry: Registry) -> None:
    tend(registry.engine, registry.trail, registry.now())
    report = verify(registry.engine, registry.vault, registry.trail, present_states())
    assert report.status == 0, report.findings


def test_what_is_destroyed_opens_for_nobody_and_the_trail_still_verifies(school: School) -> None:
    pupil, other = school.enrol(2)
    done = approve(school, ask(school, pupil.id))
    assert done.done_at is not None
    with school.registry.reading(SYSTEM) as work:
        connection = work.connection
        assert pupil.id not in load_persons(connection, work.vault, [pupil.id, other.id])
        row = connection.execute(select(persons).where(persons.c.id == pupil.id)).one()
        assert (row.last_name, row.sort_key, row.snils_index) == ("—", "", None)
        for column in (contacts.c.person_id, trail_opening.c.subject, trail_pseudonym.c.subject):
            assert not connection.execute(select(column).where(column == pupil.id)).all()
        kept = connection.execute(select(subject_keys.c.subject)).scalars().all()
        assert pupil.id not in kept
        assert {other.id, pupil.guardian} <= set(kept)
        ended = select(enrolments.c.valid_until).where(enrolments.c.person_id == pupil.id)
        assert connection.execute(ended).scalar_one() == work.today
        assert usecases.erased_people(work) == [pupil.id]
    assert_verified(school.registry)
    with pytest.raises(NotFoundError):
        ask(school, pupil.id)


def test_two_people_are_needed_and_both_must_have_the_right(school: School) -> None:
    (pupil,) = school.enrol(1)
    asked = ask(school, pupil.id, by=school.director)
    with pytest.raises(ForbiddenError):
        approve(school, asked)
    asked = ask(school, pupil.id)
    with pytest.raises(ForbiddenError):
        approve(school, asked, Role.CLERK)
    stranger = replace(rights(school, Role.CLERK)[0], place_id=UUID(int=3))
    with school.registry.work(school.clerk) as work, pytest.raises(ForbiddenError):
        usecases.ask(work, [stranger], pupil.id, ("по запросу", ""))
    with school.registry.work(school.clerk) as work, pytest.raises(InvalidError):
        usecases.ask(work, rights(school, Role.CLERK), pupil.id, (" ", ""))
    approve(school, asked)
    with pytest.raises(ConflictError):
        approve(school, asked)


def test_acts_are_kept_for_their_term_unless_an_order_says_otherwise(school: School) -> None:
    pupils = school.enrol(1)
    school.decide(pupils)
    assert refused(school, pupils[0].id) == "kept-retention"
    assert refused(school, pupils[0].guardian) == "kept-retention"
    assert approve(school, ask(school, pupils[0].guardian, ORDER)).ordered == ORDER


def test_no_order_breaks_off_a_submission_that_is_under_way(school: School) -> None:
    pupils = school.enrol(1)
    school.decide(pupils)
    way.prepare(school)
    assert refused(school, pupils[0].id, ORDER) == "kept-open-submission"
    assert refused(school, pupils[0].guardian, ORDER) == "kept-open-submission"


def test_after_a_restore_whoever_was_destroyed_is_destroyed_again(school: School, tmp_path: Path) -> None:
    pupil, other = school.enrol(2)
    erased_list.write(tmp_path, [pupil.id, UUID(int=9)])
    assert replay(school.registry, tmp_path / erased_list.FILE) == 1
    assert replay(school.registry, tmp_path / erased_list.FILE) == 0
    with school.registry.reading(SYSTEM) as work:
        assert list(load_persons(work.connection, work.vault, [pupil.id, other.id])) == [other.id]
    kept = json.loads((school.registry.settings.home / erased_list.FILE).read_text())
    assert kept == [str(pupil.id), str(UUID(int=9))]
    assert_verified(school.registry)
    (tmp_path / "broken").write_text("{")
    with pytest.raises(RegistryError):
        replay(school.registry, tmp_path / "broken")
