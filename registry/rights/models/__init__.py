"""Tables and queries of destructions."""
