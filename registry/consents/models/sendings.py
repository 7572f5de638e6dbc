"""What became of the letters behind a visit: those that carried a link, and the one that carried its code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from registry.consents.models.tables import identifications, invitations
from registry.consents.models.visits import Code
from registry.letters.models import letters
from registry.letters.rules import LetterKind

_WITH_LINKS = (LetterKind.INVITATION, LetterKind.REMINDER)


@dataclass(frozen=True, slots=True)
class Sendings:
    """A link as a row, the letters that carried it, and the letter of a code, each as far as it came."""

    invitation: Mapping[str, Any]
    of_link: tuple[Mapping[str, Any], ...]
    of_code: Mapping[str, Any] | None


def sendings_of(connection: Connection, code: Code) -> Sendings:
    """Read what was sent before a code was entered; two statements.

    A letter is written in the unit of work that made its link or its code, and so at the same moment.
    """
    invitation = connection.execute(select(invitations).where(invitations.c.id == code.invitation_id)).one()
    of = letters.c
    sent = select(of.kind, of.channel, of.state, of.created_at, of.handed_over_at, of.provider_id).where(
        of.school_id == code.school_id,
        of.person_id == code.signer_id,
        of.created_at.in_([invitation.created_at, code.sent_at]),
    )
    rows = [dict(row) for row in connection.execute(sent.order_by(of.id)).mappings()]
    links = [row for row in rows if row["kind"] in _WITH_LINKS and row["created_at"] == invitation.created_at]
    codes = [row for row in rows if row["kind"] == LetterKind.CODE and row["created_at"] == code.sent_at]
    return Sendings(dict(invitation._mapping), tuple(links), codes[-1] if codes else None)  # noqa: SLF001 - the documented way


def esia_of_sitting(connection: Connection, school_id: UUID, sitting_id: UUID) -> Mapping[str, Any] | None:
    """Read how a login by ESIA opened a sitting, if one did."""
    of = identifications.c
    found = connection.execute(
        select(of.level, of.entered_by, of.identified_at).where(
            of.school_id == school_id, of.sitting_id == sitting_id
        )
    ).first()
    return None if found is None else dict(found._mapping)  # noqa: SLF001 - the documented way
