"""The API of consents: programmes, decisions by class, invitations, links, forms, papers, conflicts."""

from registry.consents.api import conflicts, decisions, invites, links, papers, programmes, reminders
from registry.consents.api.room import consents_room, programmes_room

rooms = (programmes_room, consents_room)

__all__ = ["conflicts", "decisions", "invites", "links", "papers", "programmes", "reminders", "rooms"]
