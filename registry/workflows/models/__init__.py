"""Tables and queries of the engine."""

from registry.workflows.models.cases import (
    Wanted,
    add,
    any_due,
    change,
    counts,
    find,
    find_by_subject,
    find_due,
    listed,
)
from registry.workflows.models.history import add_step, history, notes
from registry.workflows.models.tables import case_history, cases, workflow_versions

__all__ = [
    "Wanted",
    "add",
    "add_step",
    "any_due",
    "case_history",
    "cases",
    "change",
    "counts",
    "find",
    "find_by_subject",
    "find_due",
    "history",
    "listed",
    "notes",
    "workflow_versions",
]
