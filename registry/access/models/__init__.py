"""Tables and queries of access: users, roles given to them, sessions, and counted tries."""
