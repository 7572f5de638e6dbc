"""The door for people and machines, shared by all rooms."""
