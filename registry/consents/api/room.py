"""The chapters of this room's API, and where a school's part in a programme is found."""

from typing import Final
from uuid import UUID

from registry.consents.pages.room import slug_of
from registry.errors import N_
from registry.programmes.models import Participation, participation_of
from registry.web.api.rooms import Room
from registry.work import Work

programmes_room = Room("programmes", N_("Программы"))
consents_room = Room("consents", N_("Согласия"))

PDF: Final = "application/pdf"
PART: Final = "/schools/<uuid:school_id>/programmes/<programme>"
STUDENT: Final = f"{PART}/students/<uuid:student_id>"


def part_of(work: Work, school_id: UUID, programme: str) -> Participation:
    """Read a school's part in a programme; ask for the right in the school before.

    Raises:
        NotFoundError: the name cannot be a programme's.
        ConflictError: the school has not joined it.
    """
    return participation_of(work.connection, school_id, slug_of(programme))
