"""Requests of data subjects and the destruction of their data: so far, the destruction of one person's."""
