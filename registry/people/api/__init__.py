"""The API of people: schools, classes, cards, families, accounts at ESIA, rosters, lists to take away."""

from registry.people.api import accounts, cards, downloads, families, places, rosters, undo
from registry.people.api.room import people_room, rosters_room

rooms = (people_room, rosters_room)

__all__ = ["accounts", "cards", "downloads", "families", "places", "rooms", "rosters", "undo"]
