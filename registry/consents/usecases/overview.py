"""A class at a glance: every student with his decision today, read in a fixed number of statements."""

from uuid import UUID

from registry.consents.decisions import Decided, as_decided, what_is_known
from registry.consents.rules.decisions import decide
from registry.people.models.families import families_of_class
from registry.programmes.models import participation_of
from registry.work import Work


def decisions_of_class(work: Work, school_id: UUID, programme_id: str, class_id: UUID) -> list[Decided]:
    """Evaluate every student of a class today, by name; eleven statements.

    Raises:
        ConflictError: the school has not joined the programme, or its rule is not in force yet.
    """
    programme = participation_of(work.connection, school_id, programme_id).programme
    known = what_is_known(work, school_id, programme_id)
    found = families_of_class(work.connection, work.vault, school_id, class_id, work.today)
    decided = []
    for family in found:
        acts = known.acts.get(family.student.id, ())
        decision = decide(as_decided(family, known), acts, programme, work.today)
        decided.append(Decided(family, decision, {one.id: one for one in acts}))
    return decided
