"""Contacts at which nothing arrives: every letter there failed since the contact was last changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, exists, func, select

from registry.letters.models import letters
from registry.letters.rules import Channel, LetterKind, LetterState
from registry.people.contacts import ContactKind
from registry.people.models.tables import past_contacts

KIND_OF = {Channel.EMAIL: ContactKind.EMAIL, Channel.SMS: ContactKind.PHONE}
"""By which contact a channel reaches a person; paper needs none."""


@dataclass(frozen=True, slots=True)
class LostContact:
    """A person's contact at which nothing arrives; `since` the last letter that failed was written."""

    person_id: UUID
    kind: ContactKind
    since: datetime


def lost_contacts(connection: Connection, school_id: UUID) -> Iterator[LostContact]:
    """Find the contacts to which a school's letters only failed; one statement.

    A warning of a change goes to the contact as it was, and tells nothing of the one that stands.
    """
    lost, arrived = letters.alias("lost"), letters.alias("arrived")
    any_arrived = exists().where(
        arrived.c.school_id == lost.c.school_id,
        arrived.c.person_id == lost.c.person_id,
        arrived.c.channel == lost.c.channel,
        _went(arrived, LetterState.HANDED_OVER),
    )
    query = (
        select(lost.c.person_id, lost.c.channel, func.max(lost.c.created_at).label("since"))
        .where(lost.c.school_id == school_id, lost.c.channel.in_(KIND_OF))
        .where(_went(lost, LetterState.FAILED), ~any_arrived)
        .group_by(lost.c.person_id, lost.c.channel)
    )
    for row in connection.execute(query):
        yield LostContact(row.person_id, KIND_OF[Channel(row.channel)], row.since)


def _went(letter: FromClause, state: LetterState) -> ColumnElement[bool]:
    """Tell that a letter to the contact as it stands now ended so."""
    kind = case(*((letter.c.channel == channel, kind) for channel, kind in KIND_OF.items()))
    changed_since = exists().where(
        past_contacts.c.person_id == letter.c.person_id,
        past_contacts.c.kind == kind,
        past_contacts.c.replaced_at >= letter.c.created_at,
    )
    return and_(letter.c.state == state, letter.c.kind != LetterKind.CONTACT_CHANGED, ~changed_since)
