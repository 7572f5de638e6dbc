"""Pages of the engine: the processes, the drawing of each with its cases, and one case with its history."""

from registry.workflows.pages import cases, processes
from registry.workflows.pages.room import blueprint

__all__ = ["blueprint", "cases", "processes"]
