"""Letters to those who hold a role where something waits for them: what, until when, and where it is done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.access.models import roles, users
from registry.access.rules import TABLE, Action, Place, Role
from registry.access.usecases.users import email_of, still_may
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.letters.words import Value
from registry.people.models.places import School, get_school
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Reminder:
    """What waits.

    Attributes:
        school_id: the school that it belongs to; classroom: where it is of one class.
        task: one line of words, nobody's name in it. due: the last day.
        path: of the page where it is done, from the registry's address on.
    """

    school_id: UUID
    task: str
    due: date
    path: str
    classroom: UUID | None = None


def remind_role(work: Work, role: Role, told: Reminder) -> int:
    """Write to everybody who holds a role there today and has an address; give how many letters that made."""
    school = get_school(work.connection, told.school_id)
    return _write(
        work, school, told, roles.holders_of(work.connection, role, _place(school, told), work.today)
    )


def remind_second(work: Work, action: Action, told: Reminder, first: Collection[UUID]) -> int:
    """Write to everybody who may do something there today but the first ones and who stands in for them.

    A deputy is written to for what was handed on to him, and nobody for what was not.
    """
    school = get_school(work.connection, told.school_id)
    place = _place(school, told)
    able = [role for role in Role if any(of is role and action in may for (of, _), may in TABLE.items())]
    holders = {user for role in able for user in roles.holders_of(work.connection, role, place, work.today)}
    return _write(
        work, school, told, [one for one in sorted(holders) if _is_second(work, one, (action, place), first)]
    )


def _is_second(work: Work, user_id: UUID, what: tuple[Action, Place], first: Collection[UUID]) -> bool:
    principals = {user for _, user in roles.stood_in_for(work.connection, user_id, work.today)}
    return not {user_id, *principals} & set(first) and still_may(work, user_id, *what)


def _place(school: School, told: Reminder) -> Place:
    return Place(school.region_id, school.municipality_id, school.id, told.classroom)


def _write(work: Work, school: School, told: Reminder, people: Iterable[UUID]) -> int:
    written = 0
    for user_id in people:
        profile = users.profile_of(work.connection, user_id)
        email = None if profile is None else email_of(work, profile)
        if email is None:
            continue
        values: dict[str, Value] = {
            "school": school.name,
            "task": told.task,
            "due": told.due,
            "link": f"{work.settings.base_url}{told.path}",
        }
        write(work, Draft(LetterKind.TASK, None, user_id, ContactPoint(Channel.EMAIL, email), values))
        written += 1
    return written
