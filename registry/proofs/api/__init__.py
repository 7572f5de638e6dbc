"""What proves consents over the API: sealed documents, files of signatures, exports of a branch."""

from registry.proofs.api import documents, signatures
from registry.proofs.api.exports import exports_room
from registry.proofs.api.room import proofs_room

rooms = (proofs_room, exports_room)

__all__ = ["documents", "rooms", "signatures"]
