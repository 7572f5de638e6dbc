"""Tables of the trail and the queries that several of its parts share.

No foreign keys: the hot path stays short, and the verifier holds every reference anyway, which a key does not
do against somebody who can drop it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    select,
    tuple_,
)

from registry.storage.ids import made_at
from registry.storage.schema import SealedBytes, UtcDateTime, metadata
from registry.storage.sealed_columns import under_master, under_subject
from registry.trail.fence import TREE_ID, append_only, planted
from registry.trail.tiles import FULL, TileId

BATCH = 5000

# SQLite gives out row numbers by itself for INTEGER keys only.
_number = BigInteger().with_variant(Integer, "sqlite")

trail_event = append_only(
    Table(
        "trail_event",
        metadata,
        Column("event_id", Uuid, primary_key=True),
        Column("tenant", Uuid),
        Column("leaf", LargeBinary, nullable=False),
    )
)
trail_queue = Table(
    "trail_queue",
    metadata,
    Column("qid", _number, primary_key=True, autoincrement=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("leaf_hash", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
trail_opening = Table(
    "trail_opening",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("slot", SmallInteger, primary_key=True, autoincrement=False),
    Column("subject", Uuid, nullable=False),
    Column("sealed", SealedBytes, nullable=False, info=under_subject("subject")),
    Index("ix_trail_opening_subject", "subject"),
)
trail_object = Table(
    "trail_object",
    metadata,
    Column("kind", String(80), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("pre", LargeBinary),
    Column("post", LargeBinary, nullable=False),
    Column("salt", SealedBytes, nullable=False, info=under_master("trail_object.salt/{kind}", row="id")),
    Column("event_id", Uuid, nullable=False),
)
trail_pseudonym = Table(
    "trail_pseudonym",
    metadata,
    Column("subject", Uuid, primary_key=True),
    # What belongs to no school has the nil UUID here: a key has no empty parts.
    Column("tenant", Uuid, primary_key=True),
    Column("ref", LargeBinary, nullable=False, unique=True),
)
trail_leaf = append_only(
    Table(
        "trail_leaf",
        metadata,
        Column("epoch", Integer, primary_key=True, autoincrement=False, server_default="1"),
        Column("idx", _number, primary_key=True, autoincrement=False),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("leaf_hash", LargeBinary, nullable=False),
    )
)
trail_tile = append_only(
    Table(
        "trail_tile",
        metadata,
        Column("epoch", Integer, primary_key=True, autoincrement=False, server_default="1"),
        Column("level", SmallInteger, primary_key=True, autoincrement=False),
        Column("n", BigInteger, primary_key=True, autoincrement=False),
        Column("data", LargeBinary, nullable=False),
    ),
    f"length(OLD.data) = {FULL}",
)
trail_tree = planted(
    Table(
        "trail_tree",
        metadata,
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("epoch", Integer, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("root", LargeBinary, nullable=False),
    )
)
trail_checkpoint = append_only(
    Table(
        "trail_checkpoint",
        metadata,
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        Column("size", BigInteger, primary_key=True, autoincrement=False),
        Column("note", Text, nullable=False),
        Column("published_at", UtcDateTime, nullable=False),
    )
)

trail_epoch = append_only(
    Table(
        "trail_epoch",
        metadata,
        Column("epoch", Integer, primary_key=True, autoincrement=False),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("began_at", UtcDateTime, nullable=False),
        Column("witnessed", Text, nullable=False),
        Column("recovered_size", BigInteger, nullable=False),
        Column("recovered_root", LargeBinary, nullable=False),
        Column("operator", String(200), nullable=False),
        Column("reason", Text, nullable=False),
    )
)
"""Epochs after the first: what was known of the one before, and what of it was recovered."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The integrated tree as committed."""

    epoch: int
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """A signed checkpoint: what was signed, the note itself, and when."""

    epoch: int
    size: int
    note: str
    published_at: datetime


def read_tree(connection: Connection) -> Tree:
    """Read the tree."""
    row = connection.execute(select(trail_tree).where(trail_tree.c.id == TREE_ID)).one()
    return Tree(row.epoch, row.size, row.root)


def hold_tree(connection: Connection) -> Tree:
    """Read the tree and keep every other sequencer waiting until the transaction ends."""
    row = connection.execute(select(trail_tree).where(trail_tree.c.id == TREE_ID).with_for_update()).one()
    return Tree(row.epoch, row.size, row.root)


def read_tiles(connection: Connection, epoch: int, wanted: Collection[TileId]) -> dict[TileId, bytes]:
    """Read some tiles of an epoch's tree; one that is not there is not in the answer."""
    if not wanted:
        return {}
    named = tuple_(trail_tile.c.level, trail_tile.c.n).in_(list(wanted))
    rows = connection.execute(select(trail_tile).where(trail_tile.c.epoch == epoch, named))
    return {(row.level, row.n): row.data for row in rows}


def last_checkpoint(connection: Connection, epoch: int) -> Published | None:
    """Read the largest signed checkpoint of an epoch."""
    query = select(trail_checkpoint).where(trail_checkpoint.c.epoch == epoch)
    row = connection.execute(query.order_by(trail_checkpoint.c.size.desc()).limit(1)).first()
    return None if row is None else _published(row)


def last_event_of(connection: Connection, kind: str, object_id: UUID) -> UUID | None:
    """Give the event that wrote the last state of an object."""
    query = select(trail_object.c.event_id).where(trail_object.c.kind == kind, trail_object.c.id == object_id)
    return connection.execute(query).scalar()


def first_event(connection: Connection) -> datetime | None:
    """Tell when the first event of all happened."""
    first = connection.execute(select(trail_event.c.event_id).order_by(trail_event.c.event_id).limit(1))
    event_id = first.scalar()
    return made_at(event_id) if event_id else None


def first_checkpoint_over(connection: Connection, event_id: UUID) -> Published | None:
    """Read the first signed checkpoint that stood over an event: from then on its time is proven."""
    query = (
        select(trail_checkpoint)
        .join(trail_leaf, trail_leaf.c.idx < trail_checkpoint.c.size)
        .where(trail_leaf.c.event_id == event_id)
        .order_by(trail_checkpoint.c.published_at, trail_checkpoint.c.size)
    )
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _published(row)


def checkpoint_at(connection: Connection, epoch: int, size: int) -> Published | None:
    """Read the signed checkpoint of one size."""
    condition = (trail_checkpoint.c.epoch == epoch) & (trail_checkpoint.c.size == size)
    row = connection.execute(select(trail_checkpoint).where(condition)).first()
    return None if row is None else _published(row)


def _published(row: Row[tuple[int, int, str, datetime]]) -> Published:
    return Published(row.epoch, row.size, row.note, row.published_at)


def read_leaves(
    connection: Connection, epoch: int, begin: int, end: int
) -> Iterator[list[Row[tuple[int, int, UUID, bytes, bytes | None]]]]:
    """Read leaves ``begin <= idx < end`` of an epoch with the bytes of their events, in batches.

    Rows: epoch, idx, event_id, leaf_hash, leaf (None when there is no such event).
    """
    joined = trail_leaf.outerjoin(trail_event, trail_event.c.event_id == trail_leaf.c.event_id)
    chosen = select(trail_leaf, trail_event.c.leaf).select_from(joined).order_by(trail_leaf.c.idx)
    for start in range(begin, end, BATCH):
        stop = min(start + BATCH, end)
        within = (trail_leaf.c.idx >= start) & (trail_leaf.c.idx < stop)
        yield list(connection.execute(chosen.where(trail_leaf.c.epoch == epoch, within)))


def place_of(connection: Connection, event_id: UUID) -> tuple[int, int] | None:
    """Epoch and number of an event in that epoch's tree; None while it waits."""
    columns = (trail_leaf.c.epoch, trail_leaf.c.idx)
    row = connection.execute(select(*columns).where(trail_leaf.c.event_id == event_id)).first()
    return None if row is None else (row.epoch, row.idx)
