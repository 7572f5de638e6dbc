"""Tables and queries of people: places, persons, contacts, families, batches of rosters."""
