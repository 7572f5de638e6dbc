"""Every leaf: its event is there, hashes as stored, has the one form, an id of its own and the log's name."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Row, select

from registry.errors import N_
from registry.trail.entries import EntryType
from registry.trail.keys import FIRST_EPOCH, TrailKeys
from registry.trail.leaf import Leaf, read_leaf
from registry.trail.merkle import leaf_hash
from registry.trail.models import BATCH, trail_event, trail_leaf
from registry.trail.verify.findings import Reporter, Severity
from registry.trail.verify.raw import as_bytes, as_int, as_uuid, raw
from registry.trail.verify.tree import TreeCheck

_TYPES = frozenset(EntryType)


class Follower(Protocol):
    """A check that follows the leaves one by one."""

    def follow(self, leaves: Sequence[tuple[int | None, Leaf]]) -> None:
        """Take the next leaves, with their numbers; None for one that still waits."""


class LeafCheck:
    """Walks over all leaves and hands what can be read to those who follow."""

    def __init__(
        self, connection: Connection, keys: TrailKeys, said: Reporter, followers: Sequence[Follower]
    ) -> None:
        self._connection = connection
        self._epoch = keys.epoch
        # A process that had not heard of a new epoch yet goes on under the old one's name for a while.
        self._logs = {keys.of_epoch(one).origin for one in range(FIRST_EPOCH, keys.epoch + 1)}
        self._said = said
        self._followers = followers

    def walk(self, tree: TreeCheck) -> None:
        """Go through the tree's leaves in order and let the tree grow by them."""
        for batch in self._batches():
            tiled = tree.leaf_tiles(as_int(batch[0].idx), len(batch))
            read: list[tuple[int | None, Leaf]] = []
            for row in batch:
                index = as_int(row.idx)
                hashed = self._settle(row, tiled.get(index, b""))
                tree.add(index, hashed)
                leaf = self.understand(index, row)
                if leaf is not None:
                    read.append((index, leaf))
            self.hand_on(read)

    def hand_on(self, read: Sequence[tuple[int | None, Leaf]]) -> None:
        """Let the other checks have leaves."""
        for follower in self._followers:
            follower.follow(read)

    def _batches(self) -> Iterator[Sequence[Row[Any]]]:
        joined = trail_leaf.outerjoin(trail_event, trail_event.c.event_id == trail_leaf.c.event_id)
        columns = raw(trail_leaf.c.idx, trail_leaf.c.event_id, trail_leaf.c.leaf_hash)
        columns += raw(trail_event.c.leaf, trail_event.c.tenant)
        query = select(*columns).select_from(joined).where(trail_leaf.c.epoch == self._epoch)
        query = query.order_by(trail_leaf.c.idx).limit(BATCH)
        last = None
        while True:
            after = query if last is None else query.where(trail_leaf.c.idx > last)
            batch = self._connection.execute(after).all()
            if not batch:
                return
            yield batch
            last = batch[-1].idx

    def _settle(self, row: Row[Any], tiled: bytes) -> bytes:
        """Hash of a leaf, held against the two other places where it stands; two agreeing ones decide."""
        stored, place = as_bytes(row.leaf_hash), (as_int(row.idx), as_uuid(row.event_id))
        if row.leaf is None:
            self._said.tampered("V9", N_("В дереве стоит запись, которой в журнале нет: она удалена."), place)
            return stored
        hashed = leaf_hash(as_bytes(row.leaf))
        if hashed == stored:
            return hashed
        if stored == tiled:
            self._said.tampered("V3", N_("Запись изменена: её отпечаток не тот, что стоит в дереве."), place)
            return stored
        self._said.tampered("V2", N_("Отпечаток записи в списке листьев изменён."), place)
        return hashed

    def understand(self, index: int | None, row: Row[Any]) -> Leaf | None:
        """Read a leaf and hold what it says of itself; None when it cannot be read.

        Args:
            index: its number; None while it waits.
            row: event_id, leaf and tenant as they stand.
        """
        event_id = as_uuid(row.event_id)
        if row.leaf is None:
            return None
        try:
            leaf = read_leaf(as_bytes(row.leaf))
        except ValueError:
            self._said.tampered("V3", N_("Запись не читается: строение листа неверно."), (index, event_id))
            return None
        self._hold_names(index, event_id, leaf, as_uuid(row.tenant))
        return leaf

    def _hold_names(self, index: int | None, event_id: UUID | None, leaf: Leaf, tenant: UUID | None) -> None:
        place = (index, event_id)
        if leaf.id != event_id:
            self._said.tampered("V3", N_("Номер события в листе не тот, под которым он хранится."), place)
        if leaf.log not in self._logs:
            self._said.tampered("V3", N_("Лист назван записью другого журнала."), place)
        if leaf.tenant != tenant:
            self._said.tampered("V3", N_("Школа события не та, что в листе."), place)
        if leaf.type not in _TYPES:
            self._said.add(
                Severity.WARNING, "V3", N_("Неизвестный вид события: %(type)s."), place, type=leaf.type
            )
