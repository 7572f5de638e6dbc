"""The API of proofs: sealed documents of decisions, and files of signatures beside them."""

from registry.proofs.api import documents, signatures
from registry.proofs.api.room import proofs_room

rooms = (proofs_room,)

__all__ = ["documents", "rooms", "signatures"]
