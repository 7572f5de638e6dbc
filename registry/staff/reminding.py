"""Letters to those who hold a role where something waits for them: what, until when, and where it is done."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.access.models import roles, users
from registry.access.rules import Place, Role
from registry.access.usecases.users import email_of
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.letters.words import Value
from registry.people.models.places import get_school
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
    place = Place(school.region_id, school.municipality_id, school.id, told.classroom)
    written = 0
    for user_id in roles.holders_of(work.connection, role, place, work.today):
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
