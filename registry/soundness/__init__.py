"""Whether an installation may start for real: settings, keys, database; every cause named with its cure."""
