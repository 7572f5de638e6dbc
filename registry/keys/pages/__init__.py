"""Pages of keys: the list, one key, and what two people do with it."""

from registry.keys.pages import changing, ordering, overview
from registry.keys.pages.room import blueprint

__all__ = ["blueprint", "changing", "ordering", "overview"]
