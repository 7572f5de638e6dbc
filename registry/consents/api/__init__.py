"""The API of consents: programmes, decisions, acts, opt-outs, invitations, links, papers, conflicts."""

from registry.consents.api import (
    acts,
    checks,
    conflicts,
    decisions,
    invites,
    links,
    opt_outs,
    papers,
    programmes,
    reminders,
    stack_forms,
    stacks,
)
from registry.consents.api.room import consents_room, programmes_room

rooms = (programmes_room, consents_room)

__all__ = [
    "acts",
    "checks",
    "conflicts",
    "decisions",
    "invites",
    "links",
    "opt_outs",
    "papers",
    "programmes",
    "reminders",
    "rooms",
    "stack_forms",
    "stacks",
]
