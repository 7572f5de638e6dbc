"""Tables and queries of the engine."""

from registry.workflows.models.cases import add, any_due, change, counts, find, find_by_subject, find_due
from registry.workflows.models.history import add_step, history, notes
from registry.workflows.models.tables import case_history, cases, workflow_versions

__all__ = [
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
    "notes",
    "workflow_versions",
]
