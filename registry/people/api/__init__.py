"""The API of people: schools and classes, persons' cards, families, rosters, lists to take away."""

from registry.people.api import cards, downloads, families, places, rosters, undo
from registry.people.api.room import people_room, rosters_room

rooms = (people_room, rosters_room)

__all__ = ["cards", "downloads", "families", "places", "rooms", "rosters", "undo"]
