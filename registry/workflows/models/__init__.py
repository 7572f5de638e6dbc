"""Tables and queries of the engine."""

from registry.workflows.models.cases import (
    Wanted,
    add,
    any_due,
    change,
    find,
    find_by_subject,
    find_due,
    listed,
)
from registry.workflows.models.counting import Count, Counted, Where, counts
from registry.workflows.models.history import add_step, history, notes
from registry.workflows.models.tables import case_history, cases, workflow_versions

__all__ = [
    "Count",
    "Counted",
    "Wanted",
    "Where",
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
