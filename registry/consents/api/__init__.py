"""The API of consents: programmes, decisions by class, invitations, links, forms, papers, conflicts."""

from registry.consents.api import (
    checks,
    conflicts,
    decisions,
    invites,
    links,
    papers,
    programmes,
    reminders,
    stack_forms,
    stacks,
)
from registry.consents.api.room import consents_room, programmes_room

rooms = (programmes_room, consents_room)

__all__ = [
    "checks",
    "conflicts",
    "decisions",
    "invites",
    "links",
    "papers",
    "programmes",
    "reminders",
    "rooms",
    "stack_forms",
    "stacks",
]
