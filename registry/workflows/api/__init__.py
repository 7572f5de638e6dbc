"""The API of the engine: processes, cases, one with its history; versions of definitions and drafts."""

from registry.workflows.api import cases, drafts, migrating, processes
from registry.workflows.api.room import room

rooms = (room, drafts.room)

__all__ = ["cases", "drafts", "migrating", "processes", "rooms"]
