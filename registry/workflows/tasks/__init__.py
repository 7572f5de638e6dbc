"""Tasks: open cases that wait for somebody; whose they are, and how they change hands."""
