"""Where the trail keeps an act, for its receipt; and which acts have had their receipt letter."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from registry.consents.facts import KIND
from registry.consents.models.tables import act_receipts, acts, consents, receipt_clock
from registry.consents.rules.acts import ActKind
from registry.consents.rules.receipts import Unwritten
from registry.errors import N_, NotFoundError
from registry.programmes.rules import NoticeKind
from registry.storage.ids import made_at, smallest_id
from registry.storage.queries import hold
from registry.trail.models import trail_event, trail_object

BATCH: Final = 5000
SLACK: Final = timedelta(hours=1)
"""How far before the mark is looked: longer than a transaction lasts, and than clocks of machines differ."""
MOVED_EVERY: Final = timedelta(minutes=15)
THE_MARK: Final = 1

_leaf = (
    select(trail_event.c.leaf)
    .join(trail_object, trail_object.c.event_id == trail_event.c.event_id)
    .where(trail_object.c.kind == KIND, trail_object.c.id == bindparam("act"))
)
_same_consent = (consents.c.school_id == acts.c.school_id) & (consents.c.id == acts.c.consent_id)
_written = (
    select(act_receipts.c.act_id)
    .where(act_receipts.c.act_id == acts.c.id, act_receipts.c.school_id == acts.c.school_id)
    .exists()
)
# Ids grow with time, so their own index finds what is new, and the act's row needs no other one.
_unwritten = (
    select(
        acts.c.id,
        acts.c.school_id,
        consents.c.programme,
        consents.c.signer_id,
        consents.c.notice,
        acts.c.recorded_at,
        acts.c.language,
    )
    .join_from(acts, consents, _same_consent)
    .where(acts.c.id >= bindparam("first"), acts.c.kind != ActKind.INVALIDATED.value, ~_written)
    .order_by(acts.c.id)
    .limit(BATCH)
)


def leaf_of_act(connection: Connection, act_id: UUID) -> bytes:
    """Give the leaf that an act was written as.

    Raises:
        NotFoundError: the trail does not know the act.
    """
    leaf = connection.execute(_leaf, {"act": act_id}).scalar()
    if leaf is None:
        raise NotFoundError(N_("Такой записи нет."))
    return bytes(leaf)


def acts_without_letter(connection: Connection, now: datetime) -> list[Unwritten]:
    """List acts of signers without a receipt letter, the oldest first, `BATCH` at the most."""
    mark = _read_mark(connection)
    # A clock that ran ahead and was put back must not hide what was done since.
    first = smallest_id(min(mark, now) - SLACK) if mark else UUID(int=0)
    return [
        Unwritten(
            row.id,
            row.school_id,
            row.programme,
            row.signer_id,
            NoticeKind(row.notice),
            row.recorded_at,
            made_at(row.id),
            row.language,
        )
        for row in connection.execute(_unwritten, {"first": first})
    ]


def with_letter(connection: Connection, act_ids: Iterable[UUID]) -> set[UUID]:
    """Name those of some acts that had their letter, or need none."""
    query = select(act_receipts.c.act_id).where(act_receipts.c.act_id.in_(list(act_ids)))
    return set(connection.execute(query).scalars())


def note_letter(
    connection: Connection, noted: Iterable[Unwritten], letter_id: UUID | None, now: datetime
) -> None:
    """Note which letter carries the receipts of acts; None: their signer has no address for one."""
    rows = [
        {"school_id": one.school_id, "act_id": one.id, "letter_id": letter_id, "noted_at": now}
        for one in noted
    ]
    connection.execute(insert(act_receipts), rows)


def mark_is_late(connection: Connection, until: datetime) -> bool:
    """Tell whether the mark is to be moved; not at every look, since a look alone writes nothing."""
    mark = _read_mark(connection)
    return mark is None or abs(until - mark) >= MOVED_EVERY


def move_mark(connection: Connection, until: datetime) -> None:
    """Note that every act that was made before this time has been seen to."""
    # Two rounds at a time (an old leader's and a new one's) would both plant the first mark.
    hold(connection, "receipt-clock", UUID(int=THE_MARK))
    moved = update(receipt_clock).where(receipt_clock.c.id == THE_MARK).values(looked_until=until)
    if connection.execute(moved).rowcount == 0:
        connection.execute(insert(receipt_clock), {"id": THE_MARK, "looked_until": until})


def _read_mark(connection: Connection) -> datetime | None:
    mark = connection.execute(select(receipt_clock.c.looked_until)).scalar()
    return None if mark is None else mark.astimezone(UTC)
