"""Reminders over the API: who was reminded when and what comes next, reminding now, managing on paper."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.room import PART, STUDENT, consents_room, part_of
from registry.consents.decisions import decision_of
from registry.consents.models.reminders import SentReminder
from registry.consents.pages.invites import opened_class
from registry.consents.pages.reminders import set_on_paper, staff_id
from registry.consents.pages.room import opened_family
from registry.consents.rules.requests import Stage
from registry.consents.usecases.chasing import Aim, AimAt, chase
from registry.consents.usecases.overview import decisions_of_class
from registry.consents.usecases.reminder_plan import Chasing, chasing_of
from registry.errors import N_
from registry.letters.rules import Channel, LetterState
from registry.people.pages.looks import saw_list
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Many, Text, Whole, Within, YesNo
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_names
from registry.web.idempotency import once

_CLASS = f"{PART}/classes/<uuid:class_id>/reminders"


class ReminderTold(Told):
    """A reminder that went out."""

    person_id = Id()
    on_day = Day()
    by_hand = YesNo(metadata={"description": N_("Напомнил сотрудник, а не реестр сам")})
    channel = Choice(Channel)
    letter = Choice(LetterState)


class ChasingTold(Told):
    """How the chasing of one student stands."""

    student_id = Id()
    full_name = Text()
    stage = Choice(Stage, allow_none=True, metadata={"description": N_("Состояние дела")})
    on_paper = YesNo()
    reminders = Many(Within(ReminderTold))
    next_on = Day(allow_none=True, metadata={"description": N_("День следующего напоминания")})
    reaches = Many(Id(), metadata={"description": N_("До кого напоминание дойдёт сейчас")})


class RemindedTold(Told):
    """How many reminders went out; none where they wait for the morning."""

    letters = Whole(allow_none=True)


class PaperSaid(Body):
    """Whether a request is managed on paper."""

    on_paper = YesNo(required=True)


@consents_room.serves(f"GET {_CLASS}", N_("Кому в классе напоминали"))
@shows_names
@bearer(Action.INVITE)
@consents_room.lists(ChasingTold, key=lambda one: one["student_id"])
def list_reminders(school_id: UUID, programme: str, class_id: UUID) -> list[dict[str, Any]]:
    """List the students of a class with who was reminded of them and when."""
    with begin_reading() as reading:
        opened_class(reading, Action.INVITE, (school_id, class_id))
        part = part_of(reading, school_id, programme)
        decided = decisions_of_class(reading, school_id, part.programme.id, class_id)
        found = chasing_of(reading, school_id, part.programme.id, decided)
    saw_list(school_id, "class", class_id)
    return [_told(one) for one in found.values()]


@consents_room.serves(f"POST {_CLASS}", N_("Напомнить классу"))
@bearer(Action.INVITE)
@once
@consents_room.answers(RemindedTold)
def remind_class(school_id: UUID, programme: str, class_id: UUID) -> dict[str, int | None]:
    """Remind those of a class without an answer."""
    with begin_work() as work:
        opened_class(work, Action.INVITE, (school_id, class_id))
        part = part_of(work, school_id, programme)
        return {"letters": chase(work, Aim(school_id, part.programme.id, AimAt.CLASS, class_id), staff_id())}


@consents_room.serves(f"POST {STUDENT}/reminders", N_("Напомнить об одном обучающемся"))
@bearer(Action.INVITE)
@once
@consents_room.answers(RemindedTold)
def remind_student(school_id: UUID, programme: str, student_id: UUID) -> dict[str, int | None]:
    """Remind those who are awaited about one student."""
    with begin_work() as work:
        opened_family(work, Action.INVITE, school_id, student_id)
        part = part_of(work, school_id, programme)
        aim = Aim(school_id, part.programme.id, AimAt.STUDENT, student_id)
        return {"letters": chase(work, aim, staff_id())}


@consents_room.serves(f"POST {STUDENT}/paper-management", N_("Вести на бумаге или снова слать письма"))
@bearer(Action.INVITE)
@once
@consents_room.takes(PaperSaid)
@consents_room.answers(ChasingTold)
def keep_on_paper(said: dict[str, Any], school_id: UUID, programme: str, student_id: UUID) -> dict[str, Any]:
    """Manage one student's request on paper, or send letters again."""
    with begin_work() as work:
        opened_family(work, Action.INVITE, school_id, student_id)
        part = part_of(work, school_id, programme)
        set_on_paper(work, part, student_id, on_paper=said["on_paper"])
        decided = decision_of(work, school_id, part.programme.id, student_id)
        return _told(chasing_of(work, school_id, part.programme.id, [decided])[student_id])


def _told(one: Chasing) -> dict[str, Any]:
    return {
        "student_id": one.student,
        "full_name": one.decided.family.student.full_name,
        "stage": one.stage,
        "on_paper": one.on_paper,
        "reminders": [_reminder(each) for each in one.sent],
        "next_on": one.next_on,
        "reaches": sorted(one.reaches),
    }


def _reminder(one: SentReminder) -> dict[str, Any]:
    return {
        "person_id": one.reminder.signer,
        "on_day": one.reminder.on_day,
        "by_hand": one.reminder.by_hand,
        "channel": one.channel,
        "letter": one.state,
    }
