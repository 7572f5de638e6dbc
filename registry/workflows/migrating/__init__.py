"""Moving a set of cases to another version: what would become of each state, and the one recorded step."""
