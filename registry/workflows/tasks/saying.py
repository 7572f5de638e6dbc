"""What people said about a case when they handed it on or commented: sealed, shown to whom may see it."""

from collections.abc import Mapping
from typing import Final

from registry.work import Work
from registry.workflows import models
from registry.workflows.cases import Case, Happening
from registry.workflows.moving import NOTE

SHOWN: Final = frozenset({Happening.HANDED_OVER, Happening.COMMENTED})
"""Notes of steps stay sealed: what stands in them was said to the room that the step belongs to."""


def comments_of(work: Work, case: Case) -> Mapping[int, str]:
    """Open the comments of a case, by the number of their line in its history."""
    sealed = models.notes(work.connection, case.id, SHOWN)
    return {number: work.vault.open_shared(NOTE, case.id, note).decode() for number, note in sealed.items()}
