"""Who is asking: users, roles, rights, sessions, passwords, and the count of wrong tries."""
