"""The sequencer: gives waiting events their numbers and grows the tree, a batch in a transaction.

Two may run at once and either may die at any moment: the tree's row is held and compared when it is set, and
everything of a batch is one transaction. These transactions are the sequencer's own; no use case is in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Insert, Row, delete, exists, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from registry.errors import N_, TamperedError
from registry.storage.failpoints import reach
from registry.storage.reach import everywhere
from registry.storage.turns import READING
from registry.trail.fence import TREE_ID
from registry.trail.merkle import leaf_hash
from registry.trail.models import (
    BATCH,
    Tree,
    hold_tree,
    read_leaves,
    read_tiles,
    read_tree,
    trail_leaf,
    trail_queue,
    trail_tile,
    trail_tree,
)
from registry.trail.tiles import Grown, TileId, edge_root, edge_tiles, grow

_on_sqlite = sqlite.insert(trail_tile)
_on_postgresql = postgresql.insert(trail_tile)
_put_tile: dict[str, Insert] = {
    "sqlite": _on_sqlite.on_conflict_do_update(
        index_elements=["epoch", "level", "n"], set_={"data": _on_sqlite.excluded.data}
    ),
    "postgresql": _on_postgresql.on_conflict_do_update(
        index_elements=["epoch", "level", "n"], set_={"data": _on_postgresql.excluded.data}
    ),
}


@dataclass(frozen=True, slots=True)
class Integrated:
    """The tree after a batch: its size, its root, and how many leaves the batch brought."""

    size: int
    root: bytes
    count: int


def integrate_once(engine: Engine, most: int = BATCH) -> Integrated:
    """Bring one batch of waiting events into the tree.

    Raises:
        TamperedError: an event is not what was queued, or the tree does not hold together; nothing changed.
    """
    with everywhere(engine).connect().execution_options(**{READING: True}) as connection:
        if not connection.execute(select(exists(select(trail_queue.c.qid)))).scalar():
            tree = read_tree(connection)
            return Integrated(tree.size, tree.root, 0)
    with everywhere(engine).begin() as connection:
        done = _integrate(connection, most)
        reach("sequencer.set-before-commit")
    reach("sequencer.after-commit")
    return done


def integrate_all(engine: Engine) -> Integrated:
    """Bring in everything that waits now, batch after batch."""
    done = 0
    while (last := integrate_once(engine)).count:
        done += last.count
    return Integrated(last.size, last.root, done)


def _integrate(connection: Connection, most: int) -> Integrated:
    tree = hold_tree(connection)
    count = _take(connection, tree, most)
    if not count:
        return Integrated(tree.size, tree.root, 0)
    reach("sequencer.queue-before-tiles")
    edge = read_tiles(connection, tree.epoch, edge_tiles(tree.size))
    if edge_root(tree.size, edge) != tree.root:
        raise TamperedError(N_("Дерево журнала не сходится со своим корнем. Запустите проверку журнала."))
    grown = grow(tree.size, edge, _read_again(connection, tree, count))
    write_tiles(connection, tree.epoch, grown.tiles)
    reach("sequencer.tiles-before-set")
    _set_tree(connection, tree, grown)
    return Integrated(grown.size, grown.root, count)


def _take(connection: Connection, tree: Tree, most: int) -> int:
    """Move the oldest waiting events from the queue to the end of the tree; give their number.

    Rows that were not committed yet are not seen and come with a later batch: no number is ever skipped over.
    """
    waiting = (
        select(trail_queue.c.qid, trail_queue.c.event_id, trail_queue.c.leaf_hash)
        .order_by(trail_queue.c.qid)
        .limit(most)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    number = literal(tree.size - 1) + func.row_number().over(order_by=waiting.c.qid)
    numbered = select(literal(tree.epoch), number, waiting.c.event_id, waiting.c.leaf_hash)
    into = insert(trail_leaf).from_select(["epoch", "idx", "event_id", "leaf_hash"], numbered)
    try:
        connection.execute(into)
    except IntegrityError:
        raise TamperedError(
            N_("В очереди журнала стоит запись, которая уже есть в дереве. Запустите проверку журнала.")
        ) from None
    reach("sequencer.leaves-before-queue")
    new = (trail_leaf.c.epoch == tree.epoch) & (trail_leaf.c.idx >= tree.size)
    taken = select(trail_leaf.c.event_id).where(new)
    return connection.execute(delete(trail_queue).where(trail_queue.c.event_id.in_(taken))).rowcount


def _read_again(connection: Connection, tree: Tree, count: int) -> list[bytes]:
    """Hash the stored leaves of a batch once more: a bit that flipped never gets into the tree."""
    begin, end = tree.size, tree.size + count
    rows = [row for batch in read_leaves(connection, tree.epoch, begin, end) for row in batch]
    if [row.idx for row in rows] != list(range(begin, end)):
        raise TamperedError(N_("В дереве журнала пропущены номера. Запустите проверку журнала."))
    return [checked_hash(row) for row in rows]


def checked_hash(row: Row[tuple[int, int, UUID, bytes, bytes | None]]) -> bytes:
    """Hash of a stored leaf that equals the one it was queued with.

    Raises:
        TamperedError: it does not; names the leaf.
    """
    if row.leaf is None or leaf_hash(row.leaf) != row.leaf_hash:
        raise TamperedError(
            N_("Запись %(event)s журнала изменена или удалена после внесения (номер %(index)s)."),
            event=row.event_id,
            index=row.idx,
        )
    hashed: bytes = row.leaf_hash
    return hashed


def write_tiles(connection: Connection, epoch: int, tiles: Mapping[TileId, bytes]) -> None:
    """Write tiles; a partial one that stands is replaced."""
    rows: list[dict[str, Any]] = [
        {"epoch": epoch, "level": level, "n": number, "data": data} for (level, number), data in tiles.items()
    ]
    connection.execute(_put_tile[connection.dialect.name], rows)


def _set_tree(connection: Connection, before: Tree, after: Grown) -> None:
    """Set the tree if it still is what the batch was built on."""
    still = (trail_tree.c.id == TREE_ID) & (trail_tree.c.size == before.size)
    changed = update(trail_tree).where(still, trail_tree.c.epoch == before.epoch)
    if connection.execute(changed.values(size=after.size, root=after.root)).rowcount != 1:
        raise TamperedError(N_("Дерево журнала изменено во время записи. Запустите проверку журнала."))
