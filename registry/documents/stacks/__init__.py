"""Stacks of scanned forms: read page by page by a child process, and drawn anew."""
