"""Decisions of a school: every student of the roster, evaluated today, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from registry.consents.barred import barred_contacts
from registry.consents.models import acts as act_rows
from registry.consents.models import asking, ledger, opt_outs
from registry.consents.models.acts import ActRow
from registry.consents.models.lost_contacts import lost_contacts
from registry.consents.rules.acts import counting, has_lapsed, in_force
from registry.consents.rules.decisions import Awaited, Decision, decide
from registry.consents.rules.families import NOBODY, Card, Guardian
from registry.consents.rules.families import Family as FamilyRule
from registry.consents.rules.opt_outs import (
    OptOut,
    counting_opt_outs,
    opted_out_of,
)
from registry.people.contacts import ContactKind
from registry.people.models import families
from registry.people.models.families import Family
from registry.people.models.families import Guardian as PeopleGuardian
from registry.people.models.persons import Person
from registry.people.relations import NEEDS_DOCUMENT
from registry.programmes.models import participation_of
from registry.programmes.rules import Programme
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Decided:
    """One student of the roster with his decision.

    Attributes:
        acts: those about him that count and still speak, by id.
        lapsed: the consents among his acts that were given on a text that counts no more.
        lost: contacts in his school at which nothing arrives.
    """

    family: Family
    decision: Decision
    acts: Mapping[UUID, ActRow]
    lapsed: tuple[ActRow, ...] = ()
    lost: frozenset[tuple[UUID, ContactKind]] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a school in a programme besides its families.

    Attributes:
        lost: contacts at which nothing arrived since their holder last acted.
        opt_outs: from the programme's e-learning and from channels, by student.
    """

    acts: Mapping[UUID, Sequence[ActRow]]
    asked: Mapping[UUID, frozenset[UUID]]
    settled: Mapping[UUID, UUID] = field(default_factory=dict)
    lost: frozenset[tuple[UUID, ContactKind]] = frozenset()
    opt_outs: Mapping[UUID, Sequence[OptOut]] = field(default_factory=dict)


def decisions_of(work: Work, school_id: UUID, programme_id: str) -> list[Decided]:
    """Evaluate every student of a school's roster today, by class and name; eleven statements.

    Raises:
        ConflictError: the school has not joined the programme, or its rule is not in force yet.
    """
    programme = participation_of(work.connection, school_id, programme_id).programme
    found = families.families_of(work.connection, work.vault, school_id, work.today)
    known = what_is_known(work, school_id, programme_id)
    return [decided_of(family, known, programme, work.today) for family in found]


def decision_of(
    work: Work, school_id: UUID, programme_id: str, student_id: UUID, *, on: date | None = None
) -> Decided:
    """Evaluate one student today, or as far as it can be foreseen on a day to come.

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
    lost = _lost(work, school_id, rows)
    refused = {student_id: opt_outs.opt_outs_of_student(work.connection, school_id, student_id)}
    known = Known({student_id: acts}, asked, settled, lost, refused)
    return decided_of(family, known, programme, on or work.today)


def decided_of(family: Family, known: Known, programme: Programme, day: date) -> Decided:
    """Evaluate one family on a day with what is known of its school."""
    acts = known.acts.get(family.student.id, ())
    held = known_of_family(family, known, programme, day)
    decision = decide(as_asked(family, held, programme, day), acts, programme, day)
    speaking = {one.id: one for one in in_force(acts, programme)}
    lapsed = tuple(one for one in acts if one.id not in speaking and has_lapsed(one, programme))
    return Decided(family, decision, speaking, lapsed, held.lost)


def what_is_known(work: Work, school_id: UUID, programme_id: str) -> Known:
    """Read acts, what was asked, the documents on conflicts, opt-outs, and lost contacts; five statements."""
    rows = act_rows.acts_of_programme(work.connection, school_id, programme_id)
    asked = _asked(asking.consents_of_programme(work.connection, school_id, programme_id))
    settled = ledger.settled_by(work.connection, school_id, programme_id)
    refused = opt_outs.opt_outs_about(work.connection, school_id, programme_id)
    return Known(_by_student(rows), asked, settled, _lost(work, school_id, rows), refused)


def as_asked(family: Family, known: Known, programme: Programme, day: date) -> FamilyRule:
    """Turn a family into what the rules decide on, with what was opted out of the programme by the day."""
    found = as_decided(family, known)
    acts = known.opt_outs.get(family.student.id, ())
    counted = counting_opt_outs(acts, found, day, programme.age_reached) if acts else ()
    return replace(found, opted_out=True) if opted_out_of(counted, programme.id) else found


def known_of_family(family: Family, known: Known, programme: Programme, day: date) -> Known:
    """Take the contacts that a family does not want used for its lost ones, too: nothing goes there."""
    acts = known.opt_outs.get(family.student.id, ())
    if not acts:
        return known
    counted = counting_opt_outs(acts, as_decided(family, known), day, programme.age_reached)
    return replace(known, lost=known.lost | barred_contacts(counted))


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
        unreachable=frozenset(one.id for one in people if not _reached_by(one, known)),
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


def _reached_by(person: Person, known: Known) -> list[ContactKind]:
    """Name the contacts by which a person can still be reached."""
    held = ((ContactKind.PHONE, person.phone), (ContactKind.EMAIL, person.email))
    return [kind for kind, contact in held if contact and (person.id, kind) not in known.lost]


def _lost(work: Work, school_id: UUID, rows: Sequence[ActRow]) -> frozenset[tuple[UUID, ContactKind]]:
    """Find contacts at which nothing arrives; who acted after the last failed letter is not lost."""
    last: dict[UUID, datetime] = {}
    for one in rows:
        last[one.signer] = max(one.recorded_at, last.get(one.signer, one.recorded_at))
    return frozenset(
        (one.person_id, one.kind)
        for one in lost_contacts(work.connection, school_id)
        if one.person_id not in last or last[one.person_id] < one.since
    )


def not_on_paper(one: Decided, papers: Mapping[UUID, frozenset[Awaited]]) -> list[Awaited]:
    """Name whose act is awaited, but for what was said on papers, by student, that wait for a second look."""
    said = papers.get(one.family.student.id, frozenset())
    return [who for who in one.decision.awaited if who not in said]


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
