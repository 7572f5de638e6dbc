"""Second factors of staff and their recovery codes, and the one-time links that set a password."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from registry.access.models.tables import recovery_codes, user_links, users


def sealed_secret(connection: Connection, user_id: UUID) -> bytes | None:
    """Read the sealed secret of a user's second factor, if he has one."""
    found: bytes | None = connection.execute(
        select(users.c.totp_secret).where(users.c.id == user_id, users.c.totp_since.is_not(None))
    ).scalar_one_or_none()
    return found


def set_secret(
    connection: Connection, user_id: UUID, secret: bytes | None, step: int | None, since: datetime | None
) -> None:
    """Write a second factor with the step of the code that proved it, or take it away."""
    changed = update(users).where(users.c.id == user_id)
    connection.execute(changed.values(totp_secret=secret, totp_step=step, totp_since=since))


def spend_step(connection: Connection, user_id: UUID, step: int) -> bool:
    """Use the code of a step up, atomically; false when it, or a later one, was used before."""
    unused = or_(users.c.totp_step.is_(None), users.c.totp_step < step)
    spent = update(users).where(users.c.id == user_id, unused).values(totp_step=step)
    return connection.execute(spent).rowcount == 1


def replace_codes(connection: Connection, user_id: UUID, hashes: Iterable[bytes], now: datetime) -> None:
    """Put a new set of recovery codes in the place of the old one; an empty set leaves none."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    rows = [{"user_id": user_id, "code_hash": one, "made_at": now} for one in hashes]
    if rows:
        connection.execute(insert(recovery_codes), rows)


def spend_code(connection: Connection, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
    """Use a recovery code up, atomically; false when there is none such or it was used."""
    codes = recovery_codes.c
    unused = and_(codes.user_id == user_id, codes.code_hash.in_((code_hash,)), codes.used_at.is_(None))
    return connection.execute(update(recovery_codes).where(unused).values(used_at=now)).rowcount == 1


def count_codes(connection: Connection, user_id: UUID) -> int:
    """Count the recovery codes that are left."""
    codes = recovery_codes.c
    unused = and_(codes.user_id == user_id, codes.used_at.is_(None))
    return connection.execute(select(func.count()).select_from(recovery_codes).where(unused)).scalar_one()


def add_link(
    connection: Connection,
    token_hash: bytes,
    user_id: UUID,
    made_by: UUID | None,
    times: tuple[datetime, datetime],
) -> None:
    """Write a link that stands from now until a time, and end those made before for the same user."""
    now, expires_at = times
    end_links(connection, user_id, now)
    row = {
        "token_hash": token_hash,
        "user_id": user_id,
        "made_by": made_by,
        "made_at": now,
        "expires_at": expires_at,
    }
    connection.execute(insert(user_links).values(**row))


def end_links(connection: Connection, user_id: UUID, now: datetime) -> None:
    """End the links of a user that stand."""
    standing = and_(user_links.c.user_id == user_id, user_links.c.ended_at.is_(None))
    connection.execute(update(user_links).where(standing).values(ended_at=now))


def link_holder(connection: Connection, token_hash: bytes, now: datetime) -> UUID | None:
    """Tell whose password a link sets, while it stands."""
    links = user_links.c
    standing = and_(links.token_hash == token_hash, links.ended_at.is_(None), links.expires_at > now)
    return connection.execute(select(links.user_id).where(standing)).scalar_one_or_none()


def spend_link(connection: Connection, token_hash: bytes, now: datetime) -> UUID | None:
    """Use a link up, atomically; give whose it is, or none when it stands no longer."""
    links = user_links.c
    standing = and_(links.token_hash == token_hash, links.ended_at.is_(None), links.expires_at > now)
    spent = update(user_links).where(standing).values(ended_at=now).returning(links.user_id)
    return connection.execute(spent).scalar_one_or_none()
