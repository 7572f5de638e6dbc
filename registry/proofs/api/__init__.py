"""What proves consents over the API: sealed documents of a family, and exports of those of a branch."""

from registry.proofs.api.documents import proofs_room
from registry.proofs.api.exports import exports_room

rooms = (proofs_room, exports_room)
