"""The API of the engine: processes with the number of cases in each state, cases, one with its history."""

from registry.workflows.api import cases, processes
from registry.workflows.api.room import room

rooms = (room,)

__all__ = ["cases", "processes", "rooms"]
