"""The API of the engine: tasks, processes with their cases counted, cases with their history."""

from registry.workflows.api import cases, processes, tasks
from registry.workflows.api.room import room

rooms = (room,)

__all__ = ["cases", "processes", "rooms", "tasks"]
