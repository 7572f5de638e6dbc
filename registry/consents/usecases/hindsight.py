"""What was known on one day about another: the decision on one student, evaluated from the acts of then."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from registry.consents.decisions import Known, as_decided
from registry.consents.models import asking
from registry.consents.models.acts import ActRow, acts_of_people
from registry.consents.rules.acts import counting
from registry.consents.rules.decisions import Decision, decide
from registry.consents.rules.hindsight import known_then
from registry.people.models.families import family_of
from registry.programmes.models import participation_of
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Hindsight:
    """A decision as it looked then, with the acts that were known; `of_now`: what today knows of that day."""

    known: tuple[ActRow, ...]
    decision: Decision
    of_now: Decision


@dataclass(frozen=True, slots=True)
class Days:
    """At the end of which day somebody looks, about which day he asks; in the school's zone."""

    known_on: date
    about: date
    zone: ZoneInfo


def look_back(work: Work, school_id: UUID, programme_id: str, student_id: UUID, days: Days) -> Hindsight:
    """Evaluate a student's decision on a day from what was recorded by the end of another.

    Acts are taken as they stood then. The family and its cards are those of today: what they were is told by
    the trail, not by this.

    Raises:
        NotFoundError: the school has no such student today.
        ConflictError: the school has not joined the programme, or its rule was not in force on that day.
    """
    programme = participation_of(work.connection, school_id, programme_id).programme
    family = family_of(work.connection, work.vault, school_id, student_id, work.today)
    people = {student_id, *(one.person.id for one in family.guardians)}
    rows = acts_of_people(work.connection, school_id, programme_id, people)
    asked = asking.consents_of_student(work.connection, school_id, programme_id, student_id)
    signers = frozenset(one.signer_id for one in asked)
    rule = replace(as_decided(family, Known({}, {student_id: signers})), unreachable=frozenset())
    then = known_then(rows, days.known_on, days.about, days.zone)
    now = known_then(rows, date.max, days.about, days.zone)
    mine = tuple(one for one in then if student_id in (one.about, one.signer))
    return Hindsight(
        mine,
        decide(rule, _about(then, student_id), programme, days.about),
        decide(rule, _about(now, student_id), programme, days.about),
    )


def _about(acts: list[ActRow], student_id: UUID) -> list[ActRow]:
    """Give the acts about a student that count; all are looked at: an invalid agreement voids its acts."""
    return [one for one in counting(acts) if one.about == student_id]
