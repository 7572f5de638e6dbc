"""Figures of the registry, each held against a limit or a floor measured in the same run."""
