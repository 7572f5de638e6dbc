"""A region to try the registry on: invented places and staff."""
