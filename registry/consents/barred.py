"""Contacts over which nothing may go, since a family refused the channel."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from registry.consents.rules.opt_outs import OptOut, Wire
from registry.people.contacts import ContactKind

CONTACTS: Final = {Wire.EMAIL: ContactKind.EMAIL, Wire.SMS: ContactKind.PHONE}
"""By which contact a channel reaches a person; the others are not among the channels of letters."""


def barred_contacts(acts: Iterable[OptOut]) -> frozenset[tuple[UUID, ContactKind]]:
    """Name the contacts of the student and of who refused the channel for him, by acts that count."""
    return frozenset(
        (person, CONTACTS[one.matter.wire])
        for one in acts
        if one.matter.wire in CONTACTS
        for person in (one.student, one.signer)
    )
