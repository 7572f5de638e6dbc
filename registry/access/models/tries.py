"""Counted tries: how often something was guessed lately, whoever it was and whether or not it exists."""

from datetime import datetime

from sqlalchemy import Connection, case, delete, or_, update

from registry.access.models.tables import insert_new, tries


def spend_try(connection: Connection, key: bytes, limit: int, times: tuple[datetime, datetime]) -> bool:
    """Take one try out of a window's limit, atomically; false when none is left.

    Args:
        connection: of a transaction that commits whatever the try's outcome.
        key: keyed hash of what is counted.
        limit: tries in a window.
        times: now, and the time before which a window is over.
    """
    now, over = times
    insert_new(connection, tries, {"key": key, "window_at": now, "used": 0})
    is_over = tries.c.window_at <= over
    spent = (
        update(tries)
        .where(tries.c.key == key, or_(is_over, tries.c.used < limit))
        .values(
            used=case((is_over, 1), else_=tries.c.used + 1),
            window_at=case((is_over, now), else_=tries.c.window_at),
        )
    )
    return connection.execute(spent).rowcount == 1


def forget_tries(connection: Connection, key: bytes) -> None:
    """Open a full window again, after a success."""
    connection.execute(delete(tries).where(tries.c.key == key))
