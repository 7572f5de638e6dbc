"""Of which processes somebody can have or see tasks at all: others would be idle choices in his list."""

from collections.abc import Iterable, Sequence

from registry.access.rules import Action, rights_for
from registry.work import Work
from registry.workflows import versions
from registry.workflows.definition import Definition
from registry.workflows.models import tasks
from registry.workflows.models.counting import Where
from registry.workflows.tasks.shares import Asker, Whose


def choosable(work: Work, asker: Asker, whose: Whose, where: Where | None) -> Sequence[Definition]:
    """List the processes to choose from; one statement more where other people's tasks are looked at.

    Args:
        work: the unit of work.
        asker: who asks.
        whose: which tasks he looks at: of his own roles, or all that he may see.
        where: in which schools he sees cases; none: everywhere.
    """
    found = [one for one in versions.published(work.connection) if roles_in(one)]
    if whose is Whose.ALL:
        there = tasks.present_in(work.connection, [one.id for one in found], where)
        return [one for one in found if one.id in there]
    own = {one.role for one in rights_for(asker.rights, Action.CASE_READ)}
    return [one for one in found if own.intersection(roles_in(one))]


def roles_in(definition: Definition) -> frozenset[str]:
    """Name the roles that can have a task in a process."""
    given: Iterable[str | None] = (
        *(state.assignee for state in definition.states),
        *(line.escalate for line in definition.deadlines),
    )
    return frozenset(one for one in given if one is not None)
