"""The destruction that a withdrawal brings: what was held for the one consent alone, and for nothing else.

Acts without content and digests stay, and the trail says of each act whose evidence is gone: erased.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from registry.consents.models.acts import ActRow, acts_of_people
from registry.consents.rules.acts import ActKind, counting, last_of
from registry.people.jobs import FORGET_FILES
from registry.people.models import writing
from registry.people.models.persons import load_persons
from registry.people.usecases.corrections import record_change
from registry.programmes.models import find_participation
from registry.programmes.rules import NoticeKind
from registry.proofs.exports.usecases import leave_out
from registry.proofs.usecases.attaching import let_signatures_go
from registry.proofs.usecases.stamping import let_go
from registry.rights import facts
from registry.rights.models import destructions, keeping, shredding, written
from registry.rights.models.receivers import receivers_of
from registry.rights.models.shredding import Paper
from registry.rights.rules import YIELDING, Destruction, Outcome
from registry.rights.usecases import destroy_person
from registry.trail.entries import EntryType
from registry.work import Work

SCRUB: Final = "rights.scrub"


def shred(work: Work, destruction: Destruction) -> Destruction:
    """Destroy what a withdrawn consent held, in this transaction, and write down what it was.

    Whoever then stands in nothing else is destroyed as a whole. The order matters: of a destroyed person
    nothing can be recorded any more.
    """
    connection = work.connection
    paper = shredding.paper_of(connection, destruction.school_id, destruction.consent_id)
    for act_id in paper.acts:
        work.record(facts.evidence_erased(paper.school_id, act_id, paper.people))
    done = shredding.shred(connection, paper)
    documents = let_go(work, paper.school_id, paper.acts)
    signatures = let_signatures_go(work, paper.school_id, paper.acts)
    leave_out(work, paper.school_id, paper.acts)
    fields = sum(_drop_written(work, paper, person) for person in paper.people)
    alone = [one for one in paper.people if _stands_in_nothing(work, one, destruction.id)]
    outcome = Outcome(
        evidence=done.evidence,
        texts=done.texts,
        scans=done.scans,
        documents=documents,
        signatures=signatures,
        payloads=done.payloads,
        fields=fields,
        people=tuple(alone),
        receivers=receivers_of(connection, paper),
    )
    destructions.finish(connection, destruction.id, work.now, outcome)
    finished = replace(destruction, done_at=work.now, outcome=outcome)
    work.record(facts.destruction_entry(EntryType.DESTRUCTION_DONE, finished))
    _destroy_people(work, alone)
    if done.files:
        work.later(FORGET_FILES, files=[str(one) for one in done.files])
    return finished


def _destroy_people(work: Work, alone: Collection[UUID]) -> None:
    for person_id in alone:
        circle = keeping.circle_of(work.connection, person_id)
        if circle is not None:
            destroy_person(work, circle)
    if alone:
        work.later(SCRUB)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Consents of a person that stand given, by notice."""

    given: frozenset[NoticeKind]

    @property
    def written(self) -> bool:
        """Whether a written consent stands, for which address and documents are kept."""
        return bool(self.given - {NoticeKind.CODE_AGREEMENT})


def given_again(work: Work, paper: Paper, besides: UUID) -> bool:
    """Tell whether the document stands given now, by another act than the one that is being destroyed.

    Then its data are needed. Of a purpose that ended it is the last consent itself that is destroyed.
    """
    history = acts_of_people(work.connection, paper.school_id, paper.programme, {paper.signer_id})
    mine = [one for one in history if one.signer == paper.signer_id and one.about == paper.about_id]
    on_it = next((one.notice for one in mine if one.consent_id == paper.consent_id), None)
    last = last_of(counting(mine), on_it, paper.signer_id) if on_it else None
    return last is not None and last.kind is ActKind.GIVEN and last.id != besides


def purpose_is_over(work: Work, school_id: UUID, programme_id: str) -> bool:
    """Tell whether the last day of a programme's consents has passed for a school."""
    part = find_participation(work.connection, school_id, programme_id)
    return part is not None and part.programme.valid_until < work.today


def _standing(work: Work, person_id: UUID) -> _Standing:
    """Tell what stands given by a person or about him, in whichever school and programme."""
    given = set()
    for rows in _by_programme(work, person_id):
        counted = counting(rows)
        for notice, signer, about in {(one.notice, one.signer, one.about) for one in counted}:
            last = last_of([one for one in counted if one.about == about], notice, signer)
            if person_id in (signer, about) and last is not None and last.kind is ActKind.GIVEN:
                given.add(notice)
    return _Standing(frozenset(given))


def _by_programme(work: Work, person_id: UUID) -> Sequence[list[ActRow]]:
    places = [
        one for one in shredding.programmes_of(work.connection, person_id) if not purpose_is_over(work, *one)
    ]
    return [acts_of_people(work.connection, school, programme, {person_id}) for school, programme in places]


def _stands_in_nothing(work: Work, person_id: UUID, besides: UUID) -> bool:
    """Tell whether nothing keeps a person: no school, no consent, no other destruction, nothing under way."""
    circle = keeping.circle_of(work.connection, person_id)
    return (
        circle is not None
        and not shredding.stands_at_school(work.connection, person_id, work.today)
        and not _standing(work, person_id).given
        and not destructions.others_wait(work.connection, person_id, besides)
        and not keeping.kept_of(work.connection, circle, work.now) - YIELDING
    )


def _drop_written(work: Work, paper: Paper, person_id: UUID) -> int:
    """Drop address and documents of a person for whom no written consent stands any more; give how many."""
    person = load_persons(work.connection, work.vault, [person_id]).get(person_id)
    if person is None or _standing(work, person_id).written:
        return 0
    sayings = written.sayings_of(work.connection, work.vault, person_id)
    for of, tenant in {(one.object, one.tenant) for one in sayings}:
        work.record(facts.saying_erased(of, tenant, person_id))
    written.forget_sayings(work.connection, sayings)
    values: dict[str, object] = {name: None for name in written.FIELDS if getattr(person, name) is not None}
    if values:
        writing.change_person(work.connection, work.vault, person, values)
        record_change(work, paper.school_id, person, values)
    authority = 0
    if person_id == paper.signer_id != paper.about_id:
        authority = written.drop_authority(work.connection, person_id, paper.about_id)
    return len(values) + authority
