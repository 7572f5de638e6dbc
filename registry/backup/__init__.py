"""Copies of a running installation and their restore: the data in one folder, the keys sealed in another."""
