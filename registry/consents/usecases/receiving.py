"""To whom a student's own credentials may be handed: by his age and the documents on his card."""

from dataclasses import replace

from registry.consents.decisions import Known, as_decided
from registry.consents.rules.capacity import may_receive
from registry.errors import ForbiddenError
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.people.models.special_needs import with_special_needs
from registry.work import Work


def receivers_of(work: Work, family: Family) -> list[Person]:
    """Name who may receive for a student today: himself, guardians, or both; nobody without a birth date."""
    student = family.student
    needs = with_special_needs(work.connection, family.school_id, {student.id}, work.today)
    rule = replace(as_decided(family, Known({}, {})), special_needs=student.id in needs)
    found = []
    for person in (student, *(one.person for one in family.guardians)):
        try:
            may_receive(rule, person.id, work.today)
        except ForbiddenError:
            continue
        found.append(person)
    return found
