"""The API of documents: versions, and drafts of new ones, which two people publish."""

from registry.programmes.api import drafts, notices
from registry.programmes.api.room import room

rooms = (room,)

__all__ = ["drafts", "notices", "rooms"]
