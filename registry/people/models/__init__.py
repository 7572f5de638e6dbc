"""Tables and queries of people: places, persons, contacts, families, batches of rosters."""

from registry.people.models.tables import (
    classes,
    contacts,
    enrolments,
    guardianships,
    municipalities,
    persons,
    regions,
    roster_batches,
    roster_held_rows,
    schools,
)

__all__ = [
    "classes",
    "contacts",
    "enrolments",
    "guardianships",
    "municipalities",
    "persons",
    "regions",
    "roster_batches",
    "roster_held_rows",
    "schools",
]
