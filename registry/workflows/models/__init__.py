"""Tables and queries of the engine."""

from registry.workflows.models.cases import (
    Wanted,
    add,
    add_many,
    any_due,
    change,
    count_parts,
    counts,
    find,
    find_by_subject,
    find_due,
    hold,
    listed,
    look_later,
)
from registry.workflows.models.history import add_step, add_steps, history, notes
from registry.workflows.models.tables import case_history, cases, workflow_versions

__all__ = [
    "Wanted",
    "add",
    "add_many",
    "add_step",
    "add_steps",
    "any_due",
    "case_history",
    "cases",
    "change",
    "count_parts",
    "counts",
    "find",
    "find_by_subject",
    "find_due",
    "history",
    "hold",
    "listed",
    "look_later",
    "notes",
    "workflow_versions",
]
