"""What the pages of the engine share: the blueprint, words for roles, and whose cases may be seen."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint

from registry.access.rules import Action, Scope, rights_for
from registry.errors import N_
from registry.web.current import require, rights, schools
from registry.work import Work
from registry.workflows import models
from registry.workflows.names import NAMES

blueprint = Blueprint("workflows", "registry.workflows.pages", template_folder="../templates")

ROLES = {
    "tutor": N_("классный руководитель"),
    "clerk": N_("делопроизводитель"),
    "director": N_("директор"),
    "coordinator": N_("координатор"),
    "operator": N_("оператор"),
    "auditor": N_("аудитор"),
    "administrator": N_("администратор"),
    "guardian": N_("законный представитель"),
    "student": N_("обучающийся"),
    "platform": N_("платформа"),
    "system": N_("система"),
    "worker": N_("система"),
}


def check_place(work: Work, school_id: UUID | None) -> None:
    """Let through who may read cases of this school, by a role of it, of its classes or of its branch."""
    if school_id not in schools(Action.CASE_READ):
        require(Action.CASE_READ, NAMES.place_of(work, school_id))


def counts_of(work: Work, definition_id: str) -> Mapping[str, int] | None:
    """Cases in each state of what the reader sees; none for a branch, whose schools are not known here."""
    if any(right.scope is Scope.INSTALLATION for right in rights_for(rights(), Action.CASE_READ)):
        return models.counts(work.connection, definition_id)
    own = schools(Action.CASE_READ)
    return models.counts(work.connection, definition_id, sorted(own)) if own else None
