"""Pages of people: classes, persons' cards with corrections, rosters with their reviews."""

from registry.people.pages import cards, classes, rosters
from registry.people.pages.room import blueprint

__all__ = ["blueprint", "cards", "classes", "rosters"]
