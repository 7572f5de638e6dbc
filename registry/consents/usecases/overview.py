"""A class at a glance: every student with his decision today, read in a fixed number of statements."""

from uuid import UUID

from registry.consents.decisions import Decided, decided_of, what_is_known
from registry.people.models.families import families_of_class
from registry.programmes.models import participation_of
from registry.work import Work


def decisions_of_class(work: Work, school_id: UUID, programme_id: str, class_id: UUID) -> list[Decided]:
    """Evaluate every student of a class today, by name; twelve statements.

    Raises:
        ConflictError: the school has not joined the programme, or its rule is not in force yet.
    """
    programme = participation_of(work.connection, school_id, programme_id).programme
    known = what_is_known(work, school_id, programme_id)
    found = families_of_class(work.connection, work.vault, school_id, class_id, work.today)
    return [decided_of(family, known, programme, work.today) for family in found]
