"""Links, codes and sittings of signers as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, exists, insert, or_, select, update

from registry.access.patience import CLOCKS_DIFFER
from registry.consents.models.tables import codes, invitations, sittings
from registry.errors import N_, GoneError
from registry.people.models.tables import contacts
from registry.programmes.models import participations


@dataclass(frozen=True, slots=True)
class Invitation:
    """A personal link of one signer in one programme of a school; the token is known to its holder only."""

    id: UUID
    school_id: UUID
    programme: str
    signer_id: UUID
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was sent."""

    id: UUID
    school_id: UUID
    invitation_id: UUID
    signer_id: UUID
    contact_kind: str
    masked: bytes
    destination_index: bytes
    code_hash: bytes
    guesses_left: int
    sent_at: datetime
    contact_changed: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a code, or a login by ESIA, opened: its documents are signed by its code, once there is one.

    `identified` is how it was found out who sits there, sealed for the signer; acts take it as evidence.
    """

    id: UUID
    school_id: UUID
    programme: str
    signer_id: UUID
    code_id: UUID | None
    auth: str
    contact_changed: bool
    began_at: datetime
    ends_at: datetime
    identified: bytes | None = None


# Built once: these run with nearly every page of a sitting, and building costs more than running.
_invitation_by_hash = select(invitations).where(invitations.c.token_hash == bindparam("hash"))
_invitation_by_id = select(invitations).where(invitations.c.id == bindparam("invitation"))
_changed = contacts.c.changed_by_staff_at > invitations.c.created_at
_changed_since = exists().where(contacts.c.person_id == invitations.c.signer_id, _changed)
_still_good = _invitation_by_id.where(
    invitations.c.revoked_at.is_(None), invitations.c.expires_at > bindparam("now"), ~_changed_since
)
_goes_by = [participations.c[name] == sittings.c[name] for name in ("school_id", "programme")]
_open_sitting = (
    select(sittings, participations.c.programme_version_id)
    .join(participations, and_(*_goes_by))
    .where(sittings.c.id == bindparam("sitting"), sittings.c.ends_at > bindparam("now"))
)


def add_invitation(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a link down."""
    connection.execute(insert(invitations), row)


def find_invitation(connection: Connection, token_hash: bytes) -> Invitation | None:
    """Find a link by the hash of its token."""
    row = connection.execute(_invitation_by_hash, {"hash": token_hash}).first()
    return None if row is None else _invitation(row)


def get_invitation(connection: Connection, invitation_id: UUID) -> Invitation:
    """Read a link that is known to be there."""
    return _invitation(connection.execute(_invitation_by_id, {"invitation": invitation_id}).one())


def good_invitation(connection: Connection, invitation_id: UUID, now: datetime) -> Invitation | None:
    """Read a link that is good still: open, and staff changed no contact of its signer since it was made."""
    row = connection.execute(_still_good, {"invitation": invitation_id, "now": now}).first()
    return None if row is None else _invitation(row)


def mark_opened(connection: Connection, invitation_id: UUID, now: datetime) -> None:
    """Note the first time that a person, not a scanner, opened the link."""
    first = and_(invitations.c.id == invitation_id, invitations.c.opened_at.is_(None))
    connection.execute(update(invitations).where(first).values(opened_at=now))


def signers_with_links(connection: Connection, school_id: UUID, programme: str, now: datetime) -> set[UUID]:
    """Name the signers of a school who hold a link that is still good."""
    good = and_(
        invitations.c.school_id == school_id,
        invitations.c.programme == programme,
        invitations.c.revoked_at.is_(None),
        invitations.c.expires_at > now,
    )
    return set(connection.execute(select(invitations.c.signer_id).where(good)).scalars())


def revoke_links(connection: Connection, signer_id: UUID, now: datetime) -> list[tuple[UUID, UUID]]:
    """Make every open link of a person void; give school and link of each."""
    still_open = and_(invitations.c.signer_id == signer_id, invitations.c.revoked_at.is_(None))
    void = update(invitations).where(still_open).values(revoked_at=now)
    rows = connection.execute(void.returning(invitations.c.school_id, invitations.c.id))
    return [(row.school_id, row.id) for row in rows]


def end_codes_and_sittings(connection: Connection, signer_id: UUID, now: datetime) -> None:
    """Let no code and no sitting of a person be good any longer."""
    held = and_(codes.c.signer_id == signer_id, codes.c.expires_at > now)
    connection.execute(update(codes).where(held).values(expires_at=now))
    sitting = and_(sittings.c.signer_id == signer_id, sittings.c.ends_at > now)
    connection.execute(update(sittings).where(sitting).values(ends_at=now))


def add_code(connection: Connection, row: Mapping[str, Any]) -> None:
    """Write a sent code down; older ones of the link are good no more."""
    older = and_(codes.c.invitation_id == row["invitation_id"], codes.c.expires_at > row["sent_at"])
    connection.execute(update(codes).where(older).values(expires_at=row["sent_at"]))
    connection.execute(insert(codes), row)


def codes_sent(
    connection: Connection, signer_id: UUID, destination: bytes, since: datetime
) -> list[datetime]:
    """List when codes were sent to a person or to a destination since a time."""
    sent = and_(
        or_(codes.c.signer_id == signer_id, codes.c.destination_index == destination),
        codes.c.sent_at > since,
    )
    return list(connection.execute(select(codes.c.sent_at).where(sent)).scalars())


def take_guess(connection: Connection, invitation_id: UUID, now: datetime) -> Code | None:
    """Spend one guess at the link's code, atomically; None when none is left or the code is good no more."""
    good = _guessable(invitation_id, now)
    spent = update(codes).where(good).values(guesses_left=codes.c.guesses_left - 1).returning(codes)
    row = connection.execute(spent).first()
    return None if row is None else _code(row)


def is_guessable(connection: Connection, invitation_id: UUID, now: datetime) -> bool:
    """Tell whether a guess at the link's code would be looked at; nothing is spent."""
    found = select(codes.c.id).where(_guessable(invitation_id, now)).limit(1)
    return connection.execute(found).first() is not None


def _guessable(invitation_id: UUID, now: datetime) -> ColumnElement[bool]:
    return and_(
        codes.c.invitation_id == invitation_id,
        codes.c.guesses_left > 0,
        codes.c.entered_at.is_(None),
        codes.c.expires_at > now,
        # A clock that was put back would let a code live longer than its minutes.
        codes.c.sent_at <= now + CLOCKS_DIFFER,
    )


def mark_entered(connection: Connection, code_id: UUID, now: datetime) -> bool:
    """Note that the right code was entered: it is good no more. False when it was so already, or is void."""
    first = and_(codes.c.id == code_id, codes.c.entered_at.is_(None), codes.c.expires_at > now)
    return connection.execute(update(codes).where(first).values(entered_at=now)).rowcount == 1


def add_sitting(connection: Connection, sitting: Sitting) -> None:
    """Write a sitting down."""
    row = {name: getattr(sitting, name) for name in Sitting.__slots__}
    connection.execute(insert(sittings), row)


def note_code(connection: Connection, sitting_id: UUID, code: Code) -> None:
    """Let a sitting without a code go on with this one."""
    mine = and_(sittings.c.id == sitting_id, sittings.c.code_id.is_(None))
    noted = update(sittings).where(mine).values(code_id=code.id, contact_changed=code.contact_changed)
    connection.execute(noted)


def keep_identified(connection: Connection, sitting_id: UUID, sealed: bytes) -> None:
    """Keep with a sitting how it was found out who sits there."""
    connection.execute(update(sittings).where(sittings.c.id == sitting_id).values(identified=sealed))


def open_sitting(connection: Connection, sitting_id: UUID, now: datetime) -> tuple[Sitting, UUID]:
    """Read a sitting that is still open, and the version of the programme by which its school goes today.

    Raises:
        GoneError: it is over; another code opens a new one.
    """
    row = connection.execute(_open_sitting, {"sitting": sitting_id, "now": now}).first()
    if row is None:
        raise sitting_over()
    return Sitting(**dict(zip(sittings.c.keys(), row, strict=False))), row.programme_version_id


def sitting_over() -> GoneError:
    """Say that the time of a sitting is over, and what to do."""
    return GoneError(N_("Сеанс закончился. Откройте свою ссылку и получите новый код."), code="sitting-over")


def _invitation(row: Row[*tuple[Any, ...]]) -> Invitation:
    return Invitation(
        row.id,
        row.school_id,
        row.programme,
        row.signer_id,
        row.created_at,
        row.expires_at,
        row.opened_at,
        row.revoked_at,
    )


def _code(row: Row[*tuple[Any, ...]]) -> Code:
    return Code(
        row.id,
        row.school_id,
        row.invitation_id,
        row.signer_id,
        row.contact_kind,
        row.masked,
        row.destination_index,
        row.code_hash,
        row.guesses_left,
        row.sent_at,
        row.contact_changed,
    )
