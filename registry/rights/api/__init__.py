"""The API of destructions, and of the ledger of what was disclosed."""

from registry.rights.api import destructions, ledger

rooms = (destructions.room, ledger.room)

__all__ = ["destructions", "ledger", "rooms"]
