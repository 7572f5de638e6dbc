"""The destruction of one person's data: asked for by one, approved by another, done at once."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from registry.access.rules import Action, Place, Right, may
from registry.errors import N_, ForbiddenError, InvalidError, NotFoundError
from registry.people.jobs import FORGET_FILES
from registry.proofs.exports.usecases import leave_out
from registry.proofs.usecases.attaching import let_signatures_go
from registry.proofs.usecases.stamping import let_go
from registry.rights import facts
from registry.rights.models import destroying, destructions, erasures, keeping
from registry.rights.models.keeping import Circle
from registry.rights.rules import Erasure, demand_free, demand_second
from registry.trail.entries import EntryType
from registry.trail.pseudonyms import forget, tenants_of
from registry.work import Work

LONGEST = 1000


def ask(work: Work, rights: Collection[Right], person_id: UUID, said: tuple[str, str]) -> Erasure:
    """Ask for the destruction of a person's data; whoever asks may change his card.

    Args:
        work: of the one who asks.
        rights: of the actor.
        person_id: whose.
        said: why, and the document that orders it before the end of a term, or "".

    Raises:
        NotFoundError: there is no such person, or his data are destroyed.
        ForbiddenError: the actor has no right to it where the person is.
        ConflictError: something must be kept; names it.
    """
    circle = _circle(work, person_id)
    _demand_right(rights, Action.PERSON_EDIT, circle)
    why, ordered = (words.strip() for words in said)
    if not why or max(len(why), len(ordered)) > LONGEST:
        raise InvalidError(
            N_("Напишите, почему данные уничтожаются, не длиннее %(most)s знаков."), most=LONGEST
        )
    demand_free(keeping.kept_of(work.connection, circle, work.now), ordered)
    erasure = Erasure(work.new_id(), person_id, _user(work), work.now, why, ordered)
    erasures.add(work.connection, erasure)
    work.record(facts.entry(EntryType.REQUEST_RECEIVED, erasure))
    return erasure


def approve(work: Work, rights: Collection[Right], erasure_id: UUID) -> Erasure:
    """Approve what another asked for, and destroy the data in this transaction.

    Raises:
        NotFoundError: there is no such request, or no such person any more.
        ForbiddenError: the actor asked for it himself, or may not approve it.
        ConflictError: it was done before, or something must be kept since.
    """
    erasure = erasures.hold(work.connection, erasure_id)
    demand_second(erasure, _user(work))
    circle = _circle(work, erasure.person_id)
    _demand_right(rights, Action.PERSON_ERASE, circle)
    demand_free(keeping.kept_of(work.connection, circle, work.now), erasure.ordered)
    erasures.finish(work.connection, erasure_id, _user(work), work.now)
    done = replace(erasure, approved_by=_user(work), done_at=work.now)
    work.record(facts.entry(EntryType.REQUEST_ANSWERED, done))
    destroy_person(work, circle)
    return done


def repeat(work: Work, person_id: UUID) -> bool:
    """Destroy once more what an older copy brought back; false when there is nothing of the person here."""
    circle = keeping.circle_of(work.connection, person_id)
    if circle is None:
        return False
    destroy_person(work, circle)
    return True


def erased_people(work: Work) -> list[UUID]:
    """List whose data were destroyed, by request or after a withdrawal, the first ones first."""
    done = [(one.done_at, one.person_id) for one in erasures.every(work.connection) if one.done_at]
    for one in destructions.every(work.connection):
        if one.done_at and one.outcome:
            done += [(one.done_at, person) for person in one.outcome.people]
    return [person for _, person in sorted(done)]


def destroy_person(work: Work, circle: Circle) -> None:
    """Tell the trail in each school's entries, then destroy: nothing is recorded about him afterwards."""
    person_id = circle.person_id
    for tenant in tenants_of(work.connection, person_id) or [None]:
        work.record(facts.erased(person_id, tenant))
    names = destroying.names_of(work.connection, person_id)
    destroying.blank_texts(work.connection, work.vault, names)
    files = destroying.destroy(work.connection, circle, work.today, work.now)
    for school_id, act_ids in destroying.acts_of_person(work.connection, person_id).items():
        let_go(work, school_id, act_ids)
        let_signatures_go(work, school_id, act_ids)
        leave_out(work, school_id, act_ids)
    forget(work.connection, person_id)
    if files:
        work.later(FORGET_FILES, files=[str(one) for one in files])


def _circle(work: Work, person_id: UUID) -> Circle:
    circle = keeping.circle_of(work.connection, person_id)
    if circle is None:
        raise NotFoundError(N_("Данные этого человека уничтожены или не найдены."))
    return circle


def _demand_right(rights: Collection[Right], action: Action, circle: Circle) -> None:
    """Demand the right in every school that has the person: no school destroys what another keeps."""
    places = [Place(school=school) for school in circle.schools] or [Place()]
    if not all(may(rights, action, place) for place in places):
        raise ForbiddenError(N_("Нет прав уничтожить данные этого человека во всех его школах."))


def _user(work: Work) -> UUID:
    if work.actor.id is None:
        raise ForbiddenError(
            N_("Уничтожение данных запрашивают и подтверждают люди, каждый под своим именем.")
        )
    return work.actor.id
