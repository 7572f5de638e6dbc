"""Staff: who works with the registry, in which roles and for how long, and who stands in for whom."""
