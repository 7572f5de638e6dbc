"""Pages of consents: the signer's journey, and the tutor's classes, invitations and papers."""

from registry.consents.pages import (
    acts,
    classes,
    conflicts,
    desk,
    documents,
    esia,
    invites,
    link,
    links,
    looks,
    own_account,
    papers,
    persons,
    programmes,
    reminders,
    scans,
    signing_code,
)
from registry.consents.pages.room import blueprint

__all__ = [
    "acts",
    "blueprint",
    "classes",
    "conflicts",
    "desk",
    "documents",
    "esia",
    "invites",
    "link",
    "links",
    "looks",
    "own_account",
    "papers",
    "persons",
    "programmes",
    "reminders",
    "scans",
    "signing_code",
]
