"""The publisher: signs checkpoints of the committed tree, never of one that might be rolled back.

Before it signs, it rebuilds the tree from the last signed checkpoint and the events since: what somebody
changed in between is never signed. A checkpoint may be shown only after `publish_once` has returned it.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, Insert
from sqlalchemy.dialects import postgresql, sqlite

from registry.errors import N_, TamperedError, UnavailableError
from registry.storage.failpoints import reach
from registry.storage.ids import uuid7
from registry.storage.reach import everywhere
from registry.storage.turns import READING
from registry.trail.append import rows_of, store_event
from registry.trail.checkpoint import Checkpoint, open_checkpoint
from registry.trail.entries import SYSTEM, EntryType, ObjectRef
from registry.trail.keys import TrailKeys
from registry.trail.leaf import Leaf, LeafActor
from registry.trail.merkle import EMPTY_ROOT, verify_consistency
from registry.trail.models import (
    Published,
    Tree,
    checkpoint_at,
    last_checkpoint,
    place_of,
    read_leaves,
    read_tiles,
    read_tree,
    trail_checkpoint,
)
from registry.trail.proofs import prove_consistency
from registry.trail.published import demand_newest, remember
from registry.trail.sequencer import checked_hash, integrate_all
from registry.trail.tiles import Grown, cut_tile, edge_root, edge_tiles, grow

SILENCE = timedelta(hours=1)
"""After so long without news a leaf says that there was none, and a checkpoint is signed over it."""

THE_LOG = UUID(int=0)

_insert: dict[str, Insert] = {
    "sqlite": sqlite.insert(trail_checkpoint).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(trail_checkpoint).on_conflict_do_nothing(),
}


def publish_once(engine: Engine, keys: TrailKeys, now: datetime) -> Published | None:
    """Sign a checkpoint when there is news, or after an hour of silence; None when there is nothing to sign.

    Raises:
        TamperedError: the tree is no continuation of the last signed checkpoint; nothing was signed.
        UnavailableError: the database is older than what was published; nothing was signed.
    """
    with everywhere(engine).connect().execution_options(**{READING: True}) as connection:
        # In this order: a tree is never smaller than a checkpoint that was signed before it was read.
        last, tree = last_checkpoint(connection, keys.epoch), read_tree(connection)
        demand_newest(connection, keys)
    if last is not None and last.size == tree.size:
        remember(keys.published, last)
        if now - last.published_at < SILENCE:
            return None
        _note_silence(engine, keys, now)
    with everywhere(engine).begin() as connection:
        made = _publish(connection, keys, now)
        reach("publisher.row-before-commit")
    reach("publisher.after-commit")
    if made is not None:
        remember(keys.published, made)
    return made


def tend(engine: Engine, keys: TrailKeys, now: datetime) -> Published | None:
    """Bring in everything that waits and publish: what a worker does again and again.

    Raises:
        UnavailableError: the database is older than what was published; nothing was done.
    """
    integrate_newest(engine, keys)
    return publish_once(engine, keys, now)


def integrate_newest(engine: Engine, keys: TrailKeys) -> None:
    """Bring in everything that waits, unless the database is older than what was published.

    What waits then stays in the queue, and stands in the next epoch: no number is given that may be taken.

    Raises:
        UnavailableError: it is older.
    """
    with everywhere(engine).connect().execution_options(**{READING: True}) as connection:
        demand_newest(connection, keys)
    integrate_all(engine)


def ensure_published(engine: Engine, keys: TrailKeys, now: datetime, event_id: UUID) -> Published:
    """Give a signed checkpoint that covers a committed event, made now if need be; a sending waits for it.

    Raises:
        UnavailableError: the event is not in the log, or the database is older than what was published.
    """
    tend(engine, keys, now)
    with everywhere(engine).connect().execution_options(**{READING: True}) as connection:
        found = place_of(connection, event_id)
        last = last_checkpoint(connection, found[0]) if found else None
    if found is None or last is None or last.size <= found[1]:
        raise UnavailableError(N_("Запись ещё не под опубликованной отметкой журнала. Повторите позже."))
    return last


def _note_silence(engine: Engine, keys: TrailKeys, now: datetime) -> None:
    """Write that there was nothing: the leaf has a time, which a second signature would not show."""
    leaf = Leaf(
        id=uuid7(int(now.timestamp() * 1000)),
        type=EntryType.TRAIL_SILENT,
        log=keys.origin,
        tenant=None,
        at=now,
        actor=LeafActor.of(SYSTEM, None),
        cause=None,
        object=ObjectRef("trail", THE_LOG, keys.epoch),
        pre=None,
        post=None,
        slots=(),
    )
    with everywhere(engine).begin() as connection:
        store_event(connection, rows_of(leaf))
    integrate_all(engine)


def _publish(connection: Connection, keys: TrailKeys, now: datetime) -> Published | None:
    last, tree = last_checkpoint(connection, keys.epoch), read_tree(connection)
    if tree.epoch != keys.epoch:
        raise TamperedError(N_("Эпоха дерева журнала не та, что у ключей. Запустите проверку журнала."))
    if tree.size == 0 or (last is not None and last.size == tree.size):
        return None
    signed = Checkpoint(keys.origin, 0, EMPTY_ROOT)
    if last is not None:
        signed = open_checkpoint(last.note, [keys.checkpoint.verifier])
    _hold_continuation(connection, signed, tree)
    reach("publisher.before-signature")
    note = Checkpoint(keys.origin, tree.size, tree.root).sign(keys.checkpoint)
    reach("publisher.signed-before-row")
    made = Published(tree.epoch, tree.size, note, now)
    if connection.execute(_insert[connection.dialect.name], asdict(made)).rowcount == 1:
        return made
    # Another publisher was faster. The same tree gives the same note, byte for byte.
    return checkpoint_at(connection, tree.epoch, tree.size)


def _hold_continuation(connection: Connection, signed: Checkpoint, tree: Tree) -> None:
    """Hold that the tree is the last signed one and the events since, in its root, tiles and proof."""
    grown = _rebuild(connection, signed, tree)
    if grown.root != tree.root:
        raise _broken()
    if signed.size:
        proof = prove_consistency(connection, tree.epoch, signed.size, tree.size)
        verify_consistency((signed.size, tree.size), (signed.root, tree.root), proof)


def _rebuild(connection: Connection, signed: Checkpoint, tree: Tree) -> Grown:
    """Grow the last signed tree by the events since, each hashed again; its tiles must be the stored ones."""
    wanted = edge_tiles(signed.size)
    stored = read_tiles(connection, tree.epoch, wanted)
    edge = {tile: cut_tile(stored.get(tile, b""), *tile, width) for tile, width in wanted.items()}
    grown = Grown(signed.size, edge_root(signed.size, edge), {})
    if grown.root != signed.root or tree.size < signed.size:
        raise _broken()
    for batch in read_leaves(connection, tree.epoch, signed.size, tree.size):
        grown = grow(grown.size, edge, [checked_hash(row) for row in batch])
        edge |= grown.tiles
        _hold_tiles(connection, tree.epoch, grown)
    if grown.size != tree.size:
        raise _broken()
    return grown


def _hold_tiles(connection: Connection, epoch: int, grown: Grown) -> None:
    """Hold the tiles that a batch gave against the stored ones, which may have grown further."""
    stored = read_tiles(connection, epoch, grown.tiles)
    for tile, data in grown.tiles.items():
        if not stored.get(tile, b"").startswith(data):
            raise _broken()


def _broken() -> TamperedError:
    return TamperedError(
        N_("Дерево журнала не продолжает последнюю подписанную отметку. Запустите проверку журнала.")
    )
