"""What happened since requests were last followed: the acts say it themselves, so that none writes for it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from registry.consents.models.opt_outs import opt_outs
from registry.consents.models.request_tables import request_clock
from registry.consents.models.tables import acts, consents
from registry.programmes.models import participations
from registry.programmes.rules import NoticeKind
from registry.storage.ids import smallest_id
from registry.storage.queries import hold

SLACK: Final = timedelta(minutes=2)
"""How far before the mark is looked: an act may be committed a little after its id was made.

What takes longer is found on the next legal day, when every school is looked at.
"""
THE_MARK: Final = 1

_news = (
    select(consents.c.school_id, consents.c.programme, consents.c.about_id)
    .join_from(
        acts,
        consents,
        (consents.c.school_id == acts.c.school_id) & (consents.c.id == acts.c.consent_id),
    )
    .where(acts.c.id >= bindparam("first"), consents.c.notice != NoticeKind.CODE_AGREEMENT)
    .union(
        select(opt_outs.c.school_id, opt_outs.c.programme, opt_outs.c.student_id).where(
            opt_outs.c.id >= bindparam("first"), opt_outs.c.programme.is_not(None)
        )
    )
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far requests were followed: acts until a time, every school on a legal day."""

    until: datetime
    on: date


def read_mark(connection: Connection) -> Mark | None:
    """Read the mark; none when nobody looked yet."""
    row = connection.execute(select(request_clock)).first()
    return None if row is None else Mark(row.looked_until.astimezone(UTC), row.looked_on)


def move_mark(connection: Connection, mark: Mark) -> None:
    """Note how far requests were followed."""
    # Two rounds at a time (an old leader's and a new one's) would both plant the first mark.
    hold(connection, "request-clock", UUID(int=THE_MARK))
    values = {"looked_until": mark.until, "looked_on": mark.on}
    moved = update(request_clock).where(request_clock.c.id == THE_MARK).values(**values)
    if connection.execute(moved).rowcount == 0:
        connection.execute(insert(request_clock), {"id": THE_MARK, **values})


def students_with_news(connection: Connection, since: datetime) -> dict[tuple[UUID, str], set[UUID]]:
    """Name the students about whom an act or an opt-out was recorded since a time; one statement.

    A clock that ran ahead and was put back hides nothing: the mark is never later than now.
    """
    found: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    for row in connection.execute(_news, {"first": smallest_id(since - SLACK)}):
        found[row.school_id, row.programme].add(row.about_id)
    return dict(found)


def every_part(connection: Connection) -> list[tuple[UUID, str]]:
    """Name every school with each programme that it takes part in, in a fixed order."""
    of = participations.c
    rows = connection.execute(select(of.school_id, of.programme).order_by(of.school_id, of.programme))
    return [(row.school_id, row.programme) for row in rows]
