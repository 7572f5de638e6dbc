"""Readiness over the API, the list of submissions, and the clerk's two steps: prepare, correct."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.room import PART, part_of
from registry.consents.pages.room import opened_school, readable_schools, slug_of
from registry.errors import N_
from registry.people.pages.looks import saw_list
from registry.submissions import usecases
from registry.submissions.api.room import SubmissionTold, room, told
from registry.submissions.models import records
from registry.submissions.readiness import ClassReadiness, readiness
from registry.submissions.standing import Row
from registry.web.api.bodies import Told
from registry.web.api.fields import Day, Id, Many, Pairs, Text, Whole, Within, YesNo
from registry.web.api.tags import tagged
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_names
from registry.web.idempotency import once


class ClassReadinessTold(Told):
    """How many students of a class are closed, and who is not."""

    class_id = Id()
    name = Text()
    total = Whole()
    closed = Whole()
    states = Pairs(Whole())
    waiting = Many(Id(), metadata={"description": N_("Обучающиеся, по которым решения ещё нет")})
    held_rows = Whole(metadata={"description": N_("Строки списков, отложенные из-за ошибок")})


class ReadinessTold(Told):
    """Who still keeps a school open."""

    day = Day()
    deadline = Day()
    ready = YesNo()
    total = Whole()
    waiting = Whole()
    states = Pairs(Whole())
    classes = Many(Within(ClassReadinessTold))
    checking = Many(Id(), metadata={"description": N_("Обучающиеся, бумага которых ждёт второй проверки")})
    current = Id(allow_none=True, metadata={"description": N_("Передача, которая сейчас в работе")})


@room.serves("GET /submissions", N_("Передачи ваших школ"))
@bearer(Action.SUBMISSION_READ)
@room.lists(SubmissionTold, key=lambda one: one["id"])
def list_submissions() -> list[dict[str, Any]]:
    """List the submissions of the schools that are open to the token's owner."""
    with begin_reading() as work:
        schools = readable_schools(work, Action.SUBMISSION_READ)
        return [told(one) for one in records.of_schools(work.connection, [school.id for school in schools])]


@room.serves(f"GET {PART}/readiness", N_("Готовность школы: кто ещё не решил"))
@shows_names
@bearer(Action.SUBMISSION_READ)
@tagged
@room.answers(ReadinessTold)
def show_readiness(school_id: UUID, programme: str) -> dict[str, Any]:
    """Tell who still keeps the school open, class by class."""
    with begin_reading() as work:
        opened_school(work, Action.SUBMISSION_READ, school_id)
        part = part_of(work, school_id, programme)
        found = readiness(work, school_id, part.programme.id)
        listed = records.of_school(work.connection, school_id, part.programme.id)
    saw_list(school_id, "school", school_id)
    current = Row(listed).current
    return {
        "day": found.day,
        "deadline": part.programme.deadline,
        "ready": found.ready,
        "total": found.total,
        "waiting": found.waiting,
        "states": {str(state): number for state, number in found.states.items()},
        "classes": [_class(one) for one in found.classes],
        "checking": sorted(found.checking),
        "current": current.id if current else None,
    }


def _class(one: ClassReadiness) -> dict[str, Any]:
    return {
        "class_id": one.class_id,
        "name": one.name,
        "total": one.total,
        "closed": one.closed,
        "states": {str(state): number for state, number in one.states.items()},
        "waiting": [who.family.student.id for who in one.waiting],
        "held_rows": len(one.held),
    }


@room.serves(f"POST {PART}/prepare", N_("Подготовить передачу: заморозить реестр школы"))
@bearer(Action.SUBMISSION_PREPARE)
@once
@room.answers(SubmissionTold, 201)
def prepare(school_id: UUID, programme: str) -> dict[str, Any]:
    """Freeze the school's whole registry for the director."""
    with begin_work() as work:
        opened_school(work, Action.SUBMISSION_PREPARE, school_id)
        return told(usecases.prepare_school(work, school_id, slug_of(programme)))


@room.serves(f"POST {PART}/correction", N_("Начать исправление принятого"))
@bearer(Action.SUBMISSION_PREPARE)
@once
@room.answers(SubmissionTold, 201)
def begin_correction(school_id: UUID, programme: str) -> dict[str, Any]:
    """Begin a correction of what the platform holds."""
    with begin_work() as work:
        opened_school(work, Action.SUBMISSION_PREPARE, school_id)
        return told(usecases.begin_correction(work, school_id, slug_of(programme)))
