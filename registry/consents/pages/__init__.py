"""Pages of consents: the signer's journey, and the tutor's classes, invitations and papers."""

from registry.consents.pages import (
    acts,
    classes,
    conflicts,
    desk,
    documents,
    invites,
    link,
    links,
    looks,
    papers,
    persons,
    programmes,
    scans,
)
from registry.consents.pages.room import blueprint

__all__ = [
    "acts",
    "blueprint",
    "classes",
    "conflicts",
    "desk",
    "documents",
    "invites",
    "link",
    "links",
    "looks",
    "papers",
    "persons",
    "programmes",
    "scans",
]
