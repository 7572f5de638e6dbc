"""Which contacts nothing may go to, since a family refused the channel; whoever chooses one asks here."""

from uuid import UUID

from registry.consents.barred import barred_contacts
from registry.consents.decisions import Known, as_decided
from registry.consents.models.opt_outs import opt_outs_of_wires
from registry.consents.rules.opt_outs import counting_opt_outs
from registry.errors import NotFoundError
from registry.letters.rules import Channel, ContactPoint
from registry.people.contacts import ContactKind
from registry.people.models.families import family_of
from registry.people.models.persons import Person
from registry.programmes.rules import AgeReached
from registry.work import Work

REACHED: AgeReached = AgeReached.BIRTHDAY
"""By which day an age counts for a channel, which belongs to no programme."""
Refused = frozenset[tuple[UUID, ContactKind]]


def contacts_refused(work: Work, school_id: UUID) -> Refused:
    """Name the contacts that a school's people do not want used; one statement where nobody refused."""
    found: set[tuple[UUID, ContactKind]] = set()
    for student_id, acts in opt_outs_of_wires(work.connection, school_id).items():
        try:
            family = family_of(work.connection, work.vault, school_id, student_id, work.today)
        except NotFoundError:
            continue  # He left the school, which writes to him no longer.
        rule = as_decided(family, Known({}, {}))
        found |= barred_contacts(counting_opt_outs(acts, rule, work.today, REACHED))
    return frozenset(found)


def points_of(person: Person, refused: Refused = frozenset()) -> list[ContactPoint]:
    """List the ways to reach a person, those barred that he refused."""
    points = [(Channel.SMS, person.phone), (Channel.EMAIL, person.email)]
    return [
        ContactPoint(channel, contact.value, barred=(person.id, contact.kind) in refused)
        for channel, contact in points
        if contact
    ]
