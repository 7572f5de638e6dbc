"""The tree made again from the leaves, held against its tiles, its row and every signed checkpoint."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from registry.errors import N_, TamperedError
from registry.trail.checkpoint import open_checkpoint
from registry.trail.keys import TrailKeys
from registry.trail.merkle import EMPTY_ROOT, HASH_SIZE
from registry.trail.models import trail_checkpoint, trail_epoch, trail_tile, trail_tree
from registry.trail.tiles import FULL, WIDTH, TileId, all_tiles, edge_tiles, grow, split_tile
from registry.trail.verify.findings import Reporter
from registry.trail.verify.raw import as_bytes, as_int, as_text, raw

_TOGETHER = 256


class TreeCheck:
    """Grows leaf by leaf.

    Attributes:
        size: leaves so far, without a gap.
        root: root of the whole rebuilt tree, once finished.
        checkpoints: how many signed checkpoints hold.
    """

    def __init__(self, connection: Connection, keys: TrailKeys, said: Reporter) -> None:
        self._connection = connection
        self._keys = keys
        self._own = trail_tile.c.epoch == keys.epoch
        self._said = said
        self.size = 0
        self.root = EMPTY_ROOT
        self.checkpoints = 0
        self._edge: dict[TileId, bytes] = {}
        self._new: list[bytes] = []
        self._gap = False
        self._good = 0
        self._signed = self._read_checkpoints()

    def leaf_tiles(self, begin: int, count: int) -> dict[int, bytes]:
        """Hashes that the lowest tiles hold for some leaves."""
        if begin < 0:
            return {}
        first, last = begin // WIDTH, (begin + count - 1) // WIDTH
        chosen = self._own & (trail_tile.c.level == 0) & trail_tile.c.n.between(first, last)
        rows = self._connection.execute(select(*raw(trail_tile.c.n, trail_tile.c.data)).where(chosen))
        return {
            as_int(row.n) * WIDTH + place: one
            for row in rows
            for place, one in enumerate(split_tile(as_bytes(row.data)))
        }

    def add(self, index: int, hashed: bytes) -> None:
        """Take the next leaf; after a gap nothing more can be rebuilt."""
        if self._gap:
            return
        reached = self.size + len(self._new)
        if index != reached:
            self._said.tampered("V2", N_("В дереве нет листа с этим номером: он удалён."), (reached, None))
            self._gap = True
            return
        # What is no hash at all was reported with its leaf; something must stand in its place.
        self._new.append(hashed if len(hashed) == HASH_SIZE else bytes(HASH_SIZE))
        if reached + 1 in self._signed or len(self._new) == _TOGETHER:
            self._grow()

    def _grow(self) -> None:
        grown = grow(self.size, self._edge, self._new)
        self._new = []
        full = {tile: data for tile, data in grown.tiles.items() if len(data) == FULL}
        self._hold_tiles(full)
        wanted = edge_tiles(grown.size)
        self._edge = {tile: grown.tiles.get(tile, self._edge.get(tile, b"")) for tile in wanted}
        self.size, self.root = grown.size, grown.root
        if self.size in self._signed:
            self._hold_checkpoint(self._signed.pop(self.size))

    def finish(self) -> None:
        """Hold what is left: the right edge, the tree's row, checkpoints and tiles of no leaves."""
        if self._new:
            self._grow()
        self._hold_tiles(self._edge)
        if self._gap:
            return
        self._hold_row()
        for row in self._signed.values():
            self._said.tampered(
                "V4",
                N_("Подписанная отметка говорит о %(size)s записях, а в журнале их меньше: конец отрезан."),
                (self.size, None),
                size=row.size,
            )
        self._hold_no_more_tiles()

    def _hold_row(self) -> None:
        """Hold the tree's own row; of an epoch that has ended, what its successor's beginning says of it."""
        columns = raw(trail_tree.c.epoch, trail_tree.c.size, trail_tree.c.root)
        ended = raw(trail_epoch.c.recovered_size, trail_epoch.c.recovered_root)
        after = select(*ended).where(trail_epoch.c.epoch > self._keys.epoch).order_by(trail_epoch.c.epoch)
        row = self._connection.execute(after.limit(1)).first()
        if row is not None:
            stored = [(self._keys.epoch, row.recovered_size, as_bytes(row.recovered_root))]
        else:
            rows = self._connection.execute(select(*columns)).all()
            stored = [(row.epoch, row.size, as_bytes(row.root)) for row in rows]
        if stored != [(self._keys.epoch, self.size, self.root)]:
            self._said.tampered(
                "V2", N_("Размер или корень дерева не те, что дают его листья."), (self.size, None)
            )

    def _hold_tiles(self, made: Mapping[TileId, bytes]) -> None:
        for (level, number), data in made.items():
            chosen = self._own & (trail_tile.c.level == level) & (trail_tile.c.n == number)
            stored = self._connection.execute(select(*raw(trail_tile.c.data)).where(chosen)).scalar()
            if as_bytes(stored) != data:
                self._say_tile(level, number, as_bytes(stored), data)

    def _say_tile(self, level: int, number: int, stored: bytes, made: bytes) -> None:
        pairs = zip(split_tile(stored), split_tile(made), strict=False)
        wrong = next((place for place, (one, other) in enumerate(pairs) if one != other), 0)
        index = (number * WIDTH + wrong) * WIDTH**level
        text = N_("Плитка %(level)s/%(number)s дерева не та, что дают листья (место %(wrong)s).")
        self._said.tampered("V2", text, (index, None), level=level, number=number, wrong=wrong)

    def _hold_no_more_tiles(self) -> None:
        """Hold that there is no tile, and no hash in a tile, beyond the leaves."""
        known = all_tiles(self.size)
        columns = [*raw(trail_tile.c.level, trail_tile.c.n), func.length(trail_tile.c.data).label("length")]
        for row in self._connection.execute(select(*columns).where(self._own)):
            tile = (as_int(row.level), as_int(row.n))
            if tile not in known:
                text = N_("Плитка %(level)s/%(number)s не принадлежит дереву.")
                self._said.tampered("V2", text, (self.size, None), level=row.level, number=row.n)

    def _read_checkpoints(self) -> dict[int, Row[Any]]:
        columns = raw(trail_checkpoint.c.epoch, trail_checkpoint.c.size, trail_checkpoint.c.note)
        own = select(*columns).where(trail_checkpoint.c.epoch == self._keys.epoch)
        rows = self._connection.execute(own.order_by(trail_checkpoint.c.size))
        return {as_int(row.size): row for row in rows}

    def _hold_checkpoint(self, row: Row[Any]) -> None:
        place = (self._good, None)
        try:
            said = open_checkpoint(as_text(row.note), [self._keys.checkpoint.verifier])
        except TamperedError as error:
            self._said.tampered("V1", error.text, (self.size, None))
            return
        if (said.origin, said.size) != (self._keys.origin, self.size):
            self._said.tampered("V4", N_("Отметка подписана для другого журнала или размера."), place)
        elif said.root != self.root or len(said.root) != HASH_SIZE:
            text = N_("Записи с %(begin)s по %(end)s изменены: подписанная отметка была о других.")
            self._said.tampered("V4", text, place, begin=self._good, end=self.size - 1)
        else:
            self.checkpoints += 1
            self._good = self.size
