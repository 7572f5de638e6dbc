"""A workflow's definition: read from TOML, checked, and then a value that never changes."""

from registry.workflows.definition.checks import Known, examine
from registry.workflows.definition.findings import Finding
from registry.workflows.definition.loading import Checked, check, load, load_all
from registry.workflows.definition.parse import parse
from registry.workflows.definition.shape import (
    Deadline,
    Definition,
    Span,
    State,
    StateKind,
    Transition,
    Unit,
    WaitsFor,
    digest,
)

__all__ = [
    "Checked",
    "Deadline",
    "Definition",
    "Finding",
    "Known",
    "Span",
    "State",
    "StateKind",
    "Transition",
    "Unit",
    "WaitsFor",
    "check",
    "digest",
    "examine",
    "load",
    "load_all",
    "parse",
]
