"""Pages of documents: their texts and versions, drafts of new ones, and their publication by two people."""

from registry.programmes.pages import drafts, notices, publishing
from registry.programmes.pages.room import blueprint

__all__ = ["blueprint", "drafts", "notices", "publishing"]
