"""What can be done with consents: one verb a function; each records its fact in the same transaction."""
