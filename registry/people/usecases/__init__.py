"""What can be done with people: one verb a function; each records its fact in the same transaction."""
