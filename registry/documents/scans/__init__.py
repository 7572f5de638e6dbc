"""Scans of papers that people bring: looked through and stripped by a process of its own."""
