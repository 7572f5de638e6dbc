"""The API of submissions: readiness, preparing, signing off, sending by hand, answers, corrections."""

from registry.submissions.api import by_hand, readiness, submission
from registry.submissions.api.room import room

rooms = (room,)

__all__ = ["by_hand", "readiness", "rooms", "submission"]
