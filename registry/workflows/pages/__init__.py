"""Pages of the engine: tasks, processes with their drawings and cases, and one case with its history."""

from registry.workflows.pages import cases, handing, processes, tasks
from registry.workflows.pages.room import blueprint

__all__ = ["blueprint", "cases", "handing", "processes", "tasks"]
