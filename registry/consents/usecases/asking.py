"""Asking: the documents that a school's roster needs in a programme, each of its signer."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from registry.consents.decisions import Known, as_asked
from registry.consents.models.acts import acts_of_people
from registry.consents.models.asking import Consent, add_consents, consents_of_programme, find_consent
from registry.consents.models.opt_outs import opt_outs_about
from registry.consents.rules.acts import counting, in_force
from registry.consents.rules.capacity import asked_of
from registry.consents.usecases.requesting import begin_requests
from registry.people.models import families
from registry.people.models.families import Family
from registry.programmes.models import participation_of
from registry.programmes.rules import Means, NoticeKind, Programme
from registry.storage.queries import hold
from registry.storage.schema import Json
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

Key: TypeAlias = tuple[UUID, UUID, NoticeKind, str]


@dataclass(frozen=True, slots=True)
class Asking:
    """What an asking added: new consents, and every signer who is asked something in the programme."""

    added: int
    signers: frozenset[UUID]


def ask(work: Work, school_id: UUID, programme_id: str, people: Collection[UUID] | None = None) -> Asking:
    """Ask whatever the roster needs today and was not asked yet; asking again adds what is new only.

    Args:
        work: the unit of work.
        school_id: of the roster.
        programme_id: that the school has joined.
        people: who is turned to now: only their families are asked, brothers and sisters in other classes
            among them, for they are decided in one sitting; the whole school when not given.

    Raises:
        ConflictError: the school has not joined the programme.
    """
    hold(work.connection, "asking", school_id)
    programme = participation_of(work.connection, school_id, programme_id).programme
    held = consents_of_programme(work.connection, school_id, programme_id)
    known = {one.key for one in held}
    every = families.families_of(work.connection, work.vault, school_id, work.today)
    found = every if people is None else [one for one in every if not people_of(one).isdisjoint(people)]
    wanted = list(_wanted(work, programme, school_id, found))
    new = {one.key: one for one in wanted if one.key not in known}
    fresh = _undecided(work, programme, held, new)
    add_consents(work.connection, list(fresh.values()))
    if fresh:
        _record(work, school_id, programme, len(fresh))
    students = {one.about_id for one in wanted if one.notice is not NoticeKind.CODE_AGREEMENT}
    begin_requests(work, school_id, programme_id, students)
    return Asking(len(fresh), frozenset(one.signer_id for one in wanted))


def _undecided(
    work: Work, programme: Programme, held: Iterable[Consent], new: Mapping[Key, Consent]
) -> Mapping[Key, Consent]:
    """Leave out a newer text of what its signer has decided: his word on the one before still speaks."""
    before = {one.key[:3] for one in held}
    again = [one for one in new.values() if one.key[:3] in before]
    if not again:
        return new
    school_id, signers = again[0].school_id, {one.signer_id for one in again}
    acts = in_force(counting(acts_of_people(work.connection, school_id, programme.id, signers)), programme)
    decided = {(one.signer, one.about, one.notice) for one in acts}
    return {key: one for key, one in new.items() if key[:3] not in decided}


def people_of(family: Family) -> set[UUID]:
    """Name the student of a family and all his guardians."""
    return {family.student.id, *(one.person.id for one in family.guardians)}


def ask_one(work: Work, wanted: Consent) -> Consent:
    """Find the consent that asks this, or write it down; one school asks one thing at a time."""
    hold(work.connection, "asking", wanted.school_id)
    held = find_consent(work.connection, wanted)
    if held is None:
        add_consents(work.connection, [wanted])
    return held or wanted


def consent_to_ask(
    work: Work, school_id: UUID, programme: Programme, what: tuple[NoticeKind, UUID, UUID]
) -> Consent:
    """Make a consent that is not written down yet; `what` is notice, signer, and of whom it speaks."""
    notice, signer_id, about_id = what
    version = programme.notice(notice, "").version
    return Consent(work.new_id(), school_id, programme.id, notice, version, signer_id, about_id, work.now)


def _wanted(work: Work, programme: Programme, school_id: UUID, found: Iterable[Family]) -> Iterator[Consent]:
    known = Known({}, {}, opt_outs=opt_outs_about(work.connection, school_id, programme.id))
    for family in found:
        signers = asked_of(programme, as_asked(family, known, programme, work.today), work.today)
        for signer_id, notice in signers:
            yield consent_to_ask(work, school_id, programme, (notice, signer_id, family.student.id))
        if Means.CODE in programme.accepts:
            for signer_id in dict.fromkeys(signer for signer, _ in signers):
                about = (NoticeKind.CODE_AGREEMENT, signer_id, signer_id)
                yield consent_to_ask(work, school_id, programme, about)


def _record(work: Work, school_id: UUID, programme: Programme, added: int) -> None:
    """One entry for a whole asking: what was asked of whom stands in the consents that acts name."""
    about = ObjectRef("asking", work.new_id(), 1)
    state: dict[str, Json] = {"programme": programme.id, "digest": programme.digest, "added": added}
    work.record(Entry(EntryType.CONSENT_ASKED, about, state, school_id))
