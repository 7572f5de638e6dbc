"""The API of staff: accounts, their roles, and who stands in for whom."""

from registry.staff.api import accounts, deputies, roles
from registry.staff.api.room import deputies_room, staff_room

rooms = (staff_room, deputies_room)

__all__ = ["accounts", "deputies", "roles", "rooms"]
