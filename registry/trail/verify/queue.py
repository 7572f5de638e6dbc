"""What waits: every event is in the tree or in the queue, and only in one of them."""

from typing import Any

from sqlalchemy import Connection, Row, select

from registry.errors import N_
from registry.trail.leaf import Leaf
from registry.trail.merkle import leaf_hash
from registry.trail.models import trail_event, trail_leaf, trail_queue
from registry.trail.verify.findings import Reporter
from registry.trail.verify.leaves import LeafCheck
from registry.trail.verify.raw import as_bytes, as_uuid, raw


def check_queue(connection: Connection, leaves: LeafCheck, said: Reporter) -> None:
    """Hold the waiting events, hand them on like leaves, and look for events that are nowhere."""
    joined = trail_queue.outerjoin(trail_event, trail_event.c.event_id == trail_queue.c.event_id).outerjoin(
        trail_leaf, trail_leaf.c.event_id == trail_queue.c.event_id
    )
    columns = raw(trail_queue.c.event_id, trail_queue.c.leaf_hash)
    columns += raw(trail_event.c.leaf, trail_event.c.tenant, trail_leaf.c.idx)
    query = select(*columns).select_from(joined).order_by(trail_queue.c.qid)
    waiting: list[tuple[int | None, Leaf]] = []
    for row in connection.execute(query):
        leaf = _hold(row, leaves, said)
        if leaf is not None:
            waiting.append((None, leaf))
    leaves.hand_on(waiting)
    _find_orphans(connection, said)


def _hold(row: Row[Any], leaves: LeafCheck, said: Reporter) -> Leaf | None:
    place = (row.idx, as_uuid(row.event_id))
    if row.idx is not None:
        said.tampered("V9", N_("В очереди стоит запись, которая уже есть в дереве."), place)
        return None
    if row.leaf is None:
        said.tampered("V9", N_("В очереди стоит запись, которой в журнале нет: она удалена."), place)
        return None
    if leaf_hash(as_bytes(row.leaf)) != as_bytes(row.leaf_hash):
        said.tampered("V3", N_("Ожидающая запись изменена: её отпечаток не тот, что в очереди."), place)
    return leaves.understand(None, row)


def _find_orphans(connection: Connection, said: Reporter) -> None:
    in_tree = select(trail_leaf.c.event_id).where(trail_leaf.c.event_id == trail_event.c.event_id).exists()
    waits = select(trail_queue.c.event_id).where(trail_queue.c.event_id == trail_event.c.event_id).exists()
    for row in connection.execute(select(*raw(trail_event.c.event_id)).where(~in_tree, ~waits)):
        place = (None, as_uuid(row.event_id))
        said.tampered("V9", N_("Запись не стоит ни в дереве, ни в очереди: её место удалено."), place)
