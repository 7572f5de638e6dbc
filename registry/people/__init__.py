"""People of schools: regions, schools, classes, students, guardians, identifiers, rosters."""
