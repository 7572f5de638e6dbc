"""Promised jobs as those see them who look after the registry: what waits, what fails and why, once more."""
