"""Pages of destructions, and of the ledger of what was disclosed."""

from registry.rights.pages.destructions import blueprint

__all__ = ["blueprint"]
