"""Pages of the engine: processes and cases to look at, and definitions to edit and publish."""

from registry.workflows.pages import cases, drafts, migrating, processes, publishing
from registry.workflows.pages.room import blueprint

__all__ = ["blueprint", "cases", "drafts", "migrating", "processes", "publishing"]
