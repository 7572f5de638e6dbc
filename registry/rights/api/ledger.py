"""The ledger over the API: messages of a school, what one told of whom, and who must be told of an end."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.pages.room import opened_school
from registry.errors import N_
from registry.people.pages.looks import saw_list
from registry.rights import ledger
from registry.rights.ledger import Line
from registry.rights.models import disclosed
from registry.rights.models.disclosed import Message
from registry.rights.rules import Told as ToldOf
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Id, Many, Moment, Text, Whole
from registry.web.api.rooms import Room
from registry.web.current import begin_reading
from registry.web.doors import bearer, shows_names

room = Room("ledger", N_("Книга передач"))
_SCHOOL = "/schools/<uuid:school_id>/ledger"


class MessageTold(Told):
    """A message in the ledger."""

    message_id = Id()
    programme = Text()
    receiver = Text()
    cleared_at = Moment()
    persons = Whole()


class LineTold(Told):
    """One person in one message: fields by name, and the acts that allowed it."""

    message_id = Id(attribute="disclosure.message_id")
    student_id = Id(attribute="disclosure.student_id")
    person_id = Id(attribute="disclosure.person_id")
    programme = Text(attribute="disclosure.programme")
    receiver = Text(attribute="disclosure.receiver")
    cleared_at = Moment(attribute="disclosure.cleared_at")
    fields_sent = Many(Text(), attribute="fields")
    act_ids = Many(Id(), attribute="disclosure.act_ids")


class HolderTold(Told):
    """Who has a student's data, and what he knows of it that they are to go."""

    programme = Text()
    name = Text()
    message_id = Id()
    told = Choice(ToldOf)
    confirmed_at = Moment(allow_none=True)


def _key(one: Line) -> str:
    of = one.disclosure
    return f"{of.message_id} {of.student_id} {of.person_id}"


@room.serves(f"GET {_SCHOOL}", N_("Сообщения школы в книге передач"))
@bearer(Action.TRAIL_READ)
@room.lists(MessageTold, key=lambda one: one.message_id)
def list_messages(school_id: UUID) -> list[Message]:
    """List the messages that told of anybody of a school."""
    with begin_reading() as work:
        opened_school(work, Action.TRAIL_READ, school_id)
        return disclosed.messages_of(work.connection, school_id)


@room.serves(
    f"GET {_SCHOOL}/messages/<uuid:message_id>", N_("Какие поля и чьи в сообщении, по каким решениям")
)
@shows_names
@bearer(Action.TRAIL_READ)
@room.lists(LineTold, key=_key)
def list_lines(school_id: UUID, message_id: UUID) -> list[Line]:
    """Say which fields of whom left in a message; the look is in the trail."""
    with begin_reading() as work:
        opened_school(work, Action.TRAIL_READ, school_id)
        found = ledger.lines_of_message(work, school_id, message_id)
    saw_list(school_id, "disclosure", message_id)
    return found


@room.serves(f"GET {_SCHOOL}/students/<uuid:student_id>", N_("Куда переданы данные обучающегося"))
@shows_names
@bearer(Action.TRAIL_READ)
@room.lists(LineTold, key=_key)
def list_of_student(school_id: UUID, student_id: UUID) -> list[Line]:
    """Say where a student's data went; the look is in the trail."""
    with begin_reading() as work:
        opened_school(work, Action.TRAIL_READ, school_id)
        found = ledger.lines_of_student(work, school_id, student_id)
    saw_list(school_id, "ledger-of-student", student_id)
    return found


@room.serves(f"GET {_SCHOOL}/students/<uuid:student_id>/receivers", N_("Кого известить об отзыве"))
@shows_names
@bearer(Action.TRAIL_READ)
@room.lists(HolderTold, key=lambda one: f"{one['programme']} {one['message_id']}")
def list_receivers(school_id: UUID, student_id: UUID) -> list[dict[str, Any]]:
    """Name who has the data, and what each knows of their end; the look is in the trail."""
    with begin_reading() as work:
        opened_school(work, Action.TRAIL_READ, school_id)
        standing = ledger.standing_of_student(work, school_id, student_id)
    saw_list(school_id, "ledger-of-student", student_id)
    return [
        {
            "programme": each.programme,
            "name": one.name,
            "message_id": one.message_id,
            "told": one.told,
            "confirmed_at": one.confirmed_at,
        }
        for each in standing
        for one in each.receivers
    ]
