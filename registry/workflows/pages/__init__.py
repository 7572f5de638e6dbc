"""Pages of the engine: tasks, processes and cases to look at, and definitions to edit and publish."""

from registry.workflows.pages import cases, drafts, handing, migrating, processes, publishing, tasks
from registry.workflows.pages.room import blueprint

__all__ = ["blueprint", "cases", "drafts", "handing", "migrating", "processes", "publishing", "tasks"]
