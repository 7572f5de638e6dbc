"""Marks of clocks: until when each has looked at what was written, by ids that grow with time.

What a clock finds by new ids needs no row from those who write: their last click stays as quick as it was.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Column, Connection, String, Table, insert, select, update

from registry.storage.ids import smallest_id
from registry.storage.queries import hold
from registry.storage.schema import UtcDateTime, metadata

SLACK: Final = timedelta(hours=1)
"""How far before its mark a clock looks: longer than a transaction lasts, and than clocks differ."""
MOVED_EVERY: Final = timedelta(minutes=15)

clock_marks = Table(
    "clock_marks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("looked_until", UtcDateTime, nullable=False),
)


def first_new(connection: Connection, name: str, now: datetime, slack: timedelta = SLACK) -> UUID:
    """Give the id from which on a clock looks; before its first mark it looks at everything."""
    mark = read_mark(connection, name)
    # A clock that ran ahead and was put back must not hide what was done since.
    return smallest_id(min(mark, now) - slack) if mark else UUID(int=0)


def mark_is_late(connection: Connection, name: str, now: datetime) -> bool:
    """Tell whether the mark is to be moved; not at every look, since a look alone writes nothing."""
    mark = read_mark(connection, name)
    return mark is None or abs(now - mark) >= MOVED_EVERY


def read_mark(connection: Connection, name: str) -> datetime | None:
    """Tell until when a clock has looked."""
    query = select(clock_marks.c.looked_until).where(clock_marks.c.name == name)
    mark = connection.execute(query).scalar()
    return None if mark is None else mark.astimezone(UTC)


def move_mark(connection: Connection, name: str, until: datetime) -> None:
    """Note that everything made before this time has been seen to."""
    hold(connection, "marks", UUID(int=int.from_bytes(name.encode()[:12])))
    moved = update(clock_marks).where(clock_marks.c.name == name).values(looked_until=until)
    if connection.execute(moved).rowcount == 0:
        connection.execute(insert(clock_marks), {"name": name, "looked_until": until})
