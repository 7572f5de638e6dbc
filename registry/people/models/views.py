"""Who looked at whose card lately: of the looks of a quarter of an hour one is an entry in the trail."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, or_
from sqlalchemy.dialects import postgresql, sqlite

from registry.people.models.tables import card_views

ONE_LOOK: Final = timedelta(minutes=15)
"""So long after a look that was recorded, another of the same reader at the same card is the same look."""


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
