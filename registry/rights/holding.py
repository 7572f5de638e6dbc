"""An order to keep what a withdrawal would destroy, and its end; each by a person, with the reason."""

from uuid import UUID

from registry.rights.models import destructions
from registry.rights.models.destructions import Shown
from registry.work import Work
from registry.workflows import models as workflow_models
from registry.workflows import usecases as workflows
from registry.workflows.moving import NOTE


def keep(work: Work, destruction_id: UUID, why: str) -> Shown:
    """Hold a destruction: a dispute or an order needs the data.

    Raises:
        ConflictError: `no-reason`, or it is done, dropped or held already.
        ForbiddenError: neither a director nor an operator asks.
        InvalidError: the reason is too long.
    """
    found = destructions.get(work.connection, destruction_id)
    workflows.advance(work, found.destruction.case_id, "keep", context={"note": why.strip()})
    return destructions.get(work.connection, destruction_id)


def let_go(work: Work, destruction_id: UUID) -> Shown:
    """Lift the order: the destruction goes on, at once where its day has passed.

    Raises:
        ConflictError: nothing is held.
        ForbiddenError: neither a director nor an operator asks.
    """
    found = destructions.get(work.connection, destruction_id)
    workflows.advance(work, found.destruction.case_id, "let_go")
    return destructions.get(work.connection, destruction_id)


def reason_of(work: Work, found: Shown) -> str | None:
    """Read why a destruction is held, in the words of who held it; None when nothing is held."""
    if found.state != "kept":
        return None
    case_id = found.destruction.case_id
    notes = workflow_models.notes(work.connection, case_id)
    return work.vault.open_shared(NOTE, case_id, notes[max(notes)]).decode() if notes else None


def refused_by(work: Work, found: Shown) -> str | None:
    """Tell the code of what kept the clock from a destruction whose day has come; None when nothing did."""
    last = workflow_models.history(work.connection, found.destruction.case_id)[-1]
    return last.reason if last.kind.value == "held" else None
