"""Calling those who are awaited: whom an invitation reaches, and sending it to one class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.consents.decisions import Decided, not_on_paper
from registry.consents.models.checks import papers_waiting
from registry.consents.models.visits import signers_with_links
from registry.consents.rules.decisions import Awaited
from registry.consents.usecases.asking import ask, people_of
from registry.consents.usecases.inviting import send_links, void_links
from registry.consents.usecases.overview import decisions_of_class
from registry.people.models.persons import Person
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom an invitation would reach.

    Attributes:
        fresh: awaited people who hold no link yet and can be written to, with the student to be named; whose
            papers wait for a second person are not asked again.
        held: how many of the awaited hold a good link.
        unreachable: awaited people without phone and e-mail.
    """

    fresh: tuple[tuple[Person, Person], ...]
    held: int
    unreachable: tuple[Person, ...]


def plan_of(work: Work, school_id: UUID, programme_id: str, decided: Sequence[Decided]) -> Plan:
    """Sort those who are awaited by how an invitation reaches them."""
    held = signers_with_links(work.connection, school_id, programme_id, work.now)
    awaited = _awaited(decided, papers_waiting(work.connection, school_id, programme_id))
    without = {person_id: pair for person_id, pair in awaited.items() if person_id not in held}
    return Plan(
        fresh=tuple(pair for pair in without.values() if pair[0].phone or pair[0].email),
        held=len(awaited) - len(without),
        unreachable=tuple(pair[0] for pair in without.values() if not (pair[0].phone or pair[0].email)),
    )


def invite_class(work: Work, school_id: UUID, programme_id: str, class_id: UUID) -> int:
    """Ask what a class needs and send links to those of it who are awaited and hold none."""
    decided = decisions_of_class(work, school_id, programme_id, class_id)
    ask(work, school_id, programme_id, set().union(*(people_of(one.family) for one in decided)))
    plan = plan_of(work, school_id, programme_id, decided)
    return send_links(work, school_id, programme_id, [signer.id for signer, _ in plan.fresh])


def renew_link(work: Work, school_id: UUID, programme_id: str, signer_id: UUID) -> int:
    """Void the links of a signer and send him a new one; 0 when there is nowhere to send it."""
    ask(work, school_id, programme_id, {signer_id})
    void_links(work, signer_id)
    return send_links(work, school_id, programme_id, [signer_id])


def _awaited(
    decided: Sequence[Decided], papers: Mapping[UUID, frozenset[Awaited]]
) -> dict[UUID, tuple[Person, Person]]:
    found: dict[UUID, tuple[Person, Person]] = {}
    for one in decided:
        student = one.family.student
        people = {person.id: person for person in (student, *(tie.person for tie in one.family.guardians))}
        for who in not_on_paper(one, papers):
            found.setdefault(who.person, (people[who.person], student))
    return found
