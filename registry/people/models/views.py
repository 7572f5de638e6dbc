"""Who looked at whose card lately: of the looks of a quarter of an hour one is an entry in the trail."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from registry.people.models.tables import card_views

ONE_LOOK: Final = timedelta(minutes=15)
"""So long after a look that was recorded, another of the same reader at the same card is the same look."""
KEPT: Final = 2 * ONE_LOOK
"""So old a row says nothing any more."""


def is_new_look(connection: Connection, school_id: UUID, reader: UUID, subject: UUID, now: datetime) -> bool:
    """Note a look, in one statement, and say whether it is to be recorded.

    Of two requests at a time one gets the row; the other waits until it is committed, and is the same look
    then, or until it is rolled back, and is a look of its own. A time ahead of every clock counts as over:
    it was written while this machine's clock went wrong.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    key = {"school_id": school_id, "actor_id": reader, "subject_id": subject}
    noted = (
        dialect.insert(card_views)
        .values(**key, seen_at=now)
        .on_conflict_do_update(
            index_elements=list(key),
            set_={"seen_at": now},
            where=or_(card_views.c.seen_at <= now - ONE_LOOK, card_views.c.seen_at > now + ONE_LOOK),
        )
        .returning(card_views.c.seen_at)
    )
    return connection.execute(noted).first() is not None


def seen_lately(
    connection: Connection, school_id: UUID, reader: UUID, subjects: Collection[UUID], now: datetime
) -> set[UUID]:
    """Name those at whom a reader's last look is recorded and still the same look; nothing is written."""
    seen = card_views.c
    of_reader = and_(seen.school_id == school_id, seen.actor_id == reader, _lately(now))
    return set(
        connection.execute(select(seen.subject_id).where(of_reader, seen.subject_id.in_(subjects))).scalars()
    )


def seen_in_schools(
    connection: Connection, reader: UUID, objects: Mapping[UUID, UUID], now: datetime
) -> set[UUID]:
    """Name the schools, each with one object, whose last look of a reader is still the same look."""
    seen = card_views.c
    chosen = and_(seen.actor_id == reader, seen.subject_id.in_(list(objects.values())), _lately(now))
    rows = connection.execute(select(seen.school_id, seen.subject_id).where(chosen))
    return {row.school_id for row in rows if objects.get(row.school_id) == row.subject_id}


def _lately(now: datetime) -> ColumnElement[bool]:
    return and_(card_views.c.seen_at > now - ONE_LOOK, card_views.c.seen_at <= now + ONE_LOOK)


def forget_looks(connection: Connection, now: datetime) -> int:
    """Delete what tells no look from another any more; give the number of rows."""
    return connection.execute(delete(card_views).where(card_views.c.seen_at <= now - KEPT)).rowcount
