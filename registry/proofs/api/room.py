"""The chapter of this room's API."""

from typing import Final

from registry.errors import N_
from registry.web.api.rooms import Room

proofs_room = Room("proofs", N_("Документы с печатью"))
ACT: Final = "/schools/<uuid:school_id>/students/<uuid:student_id>/acts/<uuid:act_id>"
