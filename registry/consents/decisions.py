"""Decisions of a school: every student of the roster, evaluated today, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from registry.consents.models import acts as act_rows
from registry.consents.models import asking, ledger
from registry.consents.models.acts import ActRow
from registry.consents.rules.acts import counting
from registry.consents.rules.decisions import Decision, decide
from registry.consents.rules.families import NOBODY, Card, Guardian
from registry.consents.rules.families import Family as FamilyRule
from registry.people.models import families
from registry.people.models.families import Family
from registry.people.models.families import Guardian as PeopleGuardian
from registry.people.models.persons import Person
from registry.people.relations import NEEDS_DOCUMENT
from registry.programmes.models import participation_of
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Decided:
    """One student of the roster with his decision; `acts` are those about him that count, by id."""

    family: Family
    decision: Decision
    acts: Mapping[UUID, ActRow]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a school in a programme besides its families."""

    acts: Mapping[UUID, Sequence[ActRow]]
    asked: Mapping[UUID, frozenset[UUID]]
    settled: Mapping[UUID, UUID] = field(default_factory=dict)


def decisions_of(work: Work, school_id: UUID, programme_id: str) -> list[Decided]:
    """Evaluate every student of a school's roster today, by class and name; nine statements.

    Raises:
        ConflictError: the school has not joined the programme, or its rule is not in force yet.
    """
    programme = participation_of(work.connection, school_id, programme_id).programme
    found = families.families_of(work.connection, work.vault, school_id, work.today)
    known = what_is_known(work, school_id, programme_id)
    return [
        Decided(
            family,
            decide(as_decided(family, known), known.acts.get(family.student.id, ()), programme, work.today),
            {one.id: one for one in known.acts.get(family.student.id, ())},
        )
        for family in found
    ]


def decision_of(work: Work, school_id: UUID, programme_id: str, student_id: UUID) -> Decided:
    """Evaluate one student today.

    Raises:
        NotFoundError: the school has no such student today.
        ConflictError: the school has not joined the programme.
    """
    programme = participation_of(work.connection, school_id, programme_id).programme
    family = families.family_of(work.connection, work.vault, school_id, student_id, work.today)
    people = {student_id, *(one.person.id for one in family.guardians)}
    rows = act_rows.acts_of_people(work.connection, school_id, programme_id, people)
    acts = _by_student(rows).get(student_id, [])
    settled = ledger.settled_by(work.connection, school_id, programme_id)
    asked = _asked(asking.consents_of_student(work.connection, school_id, programme_id, student_id))
    seen = as_decided(family, Known({student_id: acts}, asked, settled))
    return Decided(family, decide(seen, acts, programme, work.today), {one.id: one for one in acts})


def what_is_known(work: Work, school_id: UUID, programme_id: str) -> Known:
    """Read acts, what was asked, and the documents on conflicts; three statements."""
    rows = act_rows.acts_of_programme(work.connection, school_id, programme_id)
    asked = _asked(asking.consents_of_programme(work.connection, school_id, programme_id))
    return Known(_by_student(rows), asked, ledger.settled_by(work.connection, school_id, programme_id))


def as_decided(family: Family, known: Known) -> FamilyRule:
    """Turn a family into what the rules decide on: which fields are there, never their values."""
    student = family.student
    guardians = tuple(guardian_of(one) for one in family.guardians)
    people = [student, *(one.person for one in family.guardians)]
    return FamilyRule(
        student=card_of(student),
        birth_date=student.birth_date,
        grade=family.class_name.grade,
        enrolled=True,
        guardians=guardians,
        asked=known.asked.get(student.id, NOBODY),
        unreachable=frozenset(one.id for one in people if not (one.phone or one.email)),
        settled_by=known.settled.get(student.id),
    )


def guardian_of(one: PeopleGuardian) -> Guardian:
    """Take over a guardian's authority.

    A parent represents his child since birth and needs no paper for it: the day on which a roster brought him
    here is no beginning. A guardian by appointment begins when the registry knows of it.
    """
    since = one.valid_from if one.relation in NEEDS_DOCUMENT else None
    return Guardian(card_of(one.person), since, one.valid_until, one.barred)


def card_of(person: Person) -> Card:
    """Tell which fields of a person are there, and which contacts are confirmed."""
    return Card(person.id, person.present, person.confirmed)


def _by_student(rows: Iterable[ActRow]) -> dict[UUID, list[ActRow]]:
    """Group the acts that count; the whole is looked at first: an invalid agreement voids what it carried."""
    grouped: dict[UUID, list[ActRow]] = defaultdict(list)
    for one in counting(rows):
        grouped[one.about].append(one)
    return grouped


def _asked(consents: Iterable[asking.Consent]) -> dict[UUID, frozenset[UUID]]:
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for one in consents:
        people[one.about_id].add(one.signer_id)
    return {about: frozenset(signers) for about, signers in people.items()}
