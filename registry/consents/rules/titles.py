"""What each kind of document is called, on pages and in letters alike."""

from registry.programmes.rules.titles import NOTICES

__all__ = ["NOTICES"]
