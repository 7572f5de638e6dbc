"""The API of the engine: tasks, processes, cases with their history; versions of definitions and drafts."""

from registry.workflows.api import cases, drafts, migrating, processes, tasks
from registry.workflows.api.room import room

rooms = (room, drafts.room)

__all__ = ["cases", "drafts", "migrating", "processes", "rooms", "tasks"]
