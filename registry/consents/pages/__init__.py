"""Pages of consents: the signer's journey, and the tutor's classes, invitations and papers."""

from registry.consents.pages import acts, classes, desk, documents, link, persons, programmes
from registry.consents.pages.room import blueprint

__all__ = ["acts", "blueprint", "classes", "desk", "documents", "link", "persons", "programmes"]
