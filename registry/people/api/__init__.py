"""The API of people: schools and classes, persons' cards, families, rosters, lists, accounts at ESIA."""

from registry.people.api import (
    accounts,
    cards,
    collisions,
    downloads,
    families,
    places,
    rosters,
    special_needs,
    undo,
)
from registry.people.api.room import accounts_room, collisions_room, people_room, rosters_room

rooms = (people_room, rosters_room, accounts_room, collisions_room)

__all__ = [
    "accounts",
    "cards",
    "collisions",
    "downloads",
    "families",
    "places",
    "rooms",
    "rosters",
    "special_needs",
    "undo",
]
