"""Tables and queries of people: places, persons, contacts, families, batches of rosters."""

from registry.people.models.tables import (
    classes,
    collisions,
    contacts,
    enrolments,
    guardianships,
    municipalities,
    past_contacts,
    persons,
    regions,
    roster_batches,
    roster_held_rows,
    schools,
)

__all__ = [
    "classes",
    "collisions",
    "contacts",
    "enrolments",
    "guardianships",
    "municipalities",
    "past_contacts",
    "persons",
    "regions",
    "roster_batches",
    "roster_held_rows",
    "schools",
]
