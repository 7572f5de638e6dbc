"""By the clock: each agreement on the simple signature has a case that follows the acts on it.

Neither who is asked nor who signs writes a row more for it: what is new is found by ids that grow with time.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from registry.access.rules import Action
from registry.consents.models import agreements
from registry.consents.models.acts import ActRow
from registry.consents.models.agreements import DEFINITION, SUBJECT, Standing
from registry.consents.rules.acts import ActKind, counting
from registry.errors import RegistryError
from registry.jobs.names import tick
from registry.people.models.concerned import concerned_in
from registry.programmes.rules import Means
from registry.storage import marks
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Subject
from registry.workflows.names import NAMES, Concerned
from registry.workflows.usecases import Beginning

log = logging.getLogger(__name__)
MARK: Final = "consents.agreements"
OFFERED = "offered"
STATES: Final = {
    ActKind.GIVEN: "in_force",
    ActKind.REFUSED: "declined",
    ActKind.WITHDRAWN: "taken_back",
}
"""Where an agreement stands after its last act that counts."""
STEPS: Final = {"declined": "decline", "taken_back": "take_back", OFFERED: "void"}


@NAMES.people_of(SUBJECT, Action.CONSENT_READ)
def signers_named(work: Work, concluded: Collection[UUID]) -> dict[UUID, Concerned]:
    """Name the signers of some agreements; one statement."""
    return concerned_in(work.connection, agreements.signers_of(concluded), work.today)


@tick("consents.agreements", timedelta(minutes=1))
def follow_agreements(registry: Registry) -> None:
    """Begin the cases of agreements that were offered, and move those on which somebody acted."""
    with registry.reading(SYSTEM) as work:
        first = marks.first_new(work.connection, MARK, work.now)
        looked_until, late = work.now, marks.mark_is_late(work.connection, MARK, work.now)
    while _begin(registry, first):
        pass
    whole = _move_all(registry, first)
    if whole and late:
        with registry.work(SYSTEM) as work:
            marks.move_mark(work.connection, MARK, looked_until)


def _begin(registry: Registry, first: UUID) -> bool:
    """Begin a batch; give whether there may be more."""
    with registry.reading(SYSTEM) as work:
        if not agreements.offered_since(work.connection, first):
            return False
    with registry.work(SYSTEM) as work:
        found = agreements.offered_since(work.connection, first)
        days = {(one.school_id, one.programme): one for one in found}
        until = {place: agreements.valid_until(work.connection, one) for place, one in days.items()}
        beginnings = [
            Beginning(
                Subject(SUBJECT, one.consent_id),
                one.school_id,
                {"valid_until": until[one.school_id, one.programme]},
            )
            for one in found
        ]
        workflows.start_many(work, DEFINITION, beginnings)
    return len(found) == agreements.MOST


def _move_all(registry: Registry, first: UUID) -> bool:
    """Move what stands elsewhere than its acts say; false when one went wrong and must be seen again."""
    with registry.reading(SYSTEM) as work:
        found = agreements.acted_on_since(work.connection, first)
        acts = agreements.acts_on(work.connection, found)
        moved = [one for one in found if _wanted(acts.get(one.consent_id, ())) != one.state]
    done = [_move(registry, one) for one in moved]
    return all(done)


def _move(registry: Registry, one: Standing) -> bool:
    """Move one; whatever refuses it keeps nobody else's back (people may publish another version)."""
    try:
        with registry.work(SYSTEM) as work:
            move(work, one)
    except RegistryError as refused:
        log.warning("agreement-not-moved", extra={"case": str(one.case_id), "code": refused.slug})
        return False
    return True


def move(work: Work, one: Standing) -> None:
    """Take the steps that lead an agreement to where its acts say that it stands.

    What was signed and taken back between two looks goes by way of being in force.
    """
    acts = agreements.acts_on(work.connection, [one]).get(one.consent_id, [])
    wanted, state = _wanted(acts), workflows.look(work, one.case_id).case.state
    if wanted == state:
        return
    if wanted == "taken_back" and state != "in_force":
        workflows.advance(work, one.case_id, _concluded(acts))
    elif wanted == "declined" and state == "in_force":
        workflows.advance(work, one.case_id, "take_back")
    workflows.advance(work, one.case_id, STEPS.get(wanted) or _concluded(acts))


def _wanted(acts: Sequence[ActRow]) -> str:
    counted = counting(acts)
    return STATES[counted[-1].kind] if counted else OFFERED


def _concluded(acts: Sequence[ActRow]) -> str:
    given = [one for one in counting(acts) if one.kind is ActKind.GIVEN]
    return "conclude_online" if given[-1].means is Means.CODE else "conclude_on_paper"
