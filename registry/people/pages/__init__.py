"""Pages of people: classes, persons' cards with corrections, families, rosters with their reviews."""

from registry.people.pages import (
    accounts,
    cards,
    classes,
    collisions,
    downloads,
    guardians,
    rosters,
    special_needs,
    undo,
)
from registry.people.pages.room import blueprint

__all__ = [
    "accounts",
    "blueprint",
    "cards",
    "classes",
    "collisions",
    "downloads",
    "guardians",
    "rosters",
    "special_needs",
    "undo",
]
