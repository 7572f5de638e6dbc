"""An inclusion proof from the tiles of a tree of a million leaves."""

import time

from sqlalchemy import Select, select

from benchmarks.figure import Figure
from registry.storage.engine import reading
from registry.trail.merkle import leaf_hash, verify_inclusion
from registry.trail.models import trail_tile
from registry.trail.proofs import prove_inclusion
from registry.trail.sequencer import write_tiles
from registry.trail.tiles import WIDTH, Grown, grow
from registry.work import Registry

SIZE = 1_000_000
EPOCH = 1_000
"""Tiles without leaves: a proof reads nothing else."""
PROOFS = 300
STEP = 618_033
"""From leaf to leaf: no two proofs begin in one tile."""
MOST_MS = 20


def grown() -> Grown:
    """Grow the tree."""
    return grow(0, {}, (_leaf(number) for number in range(SIZE)))


def _leaf(number: int) -> bytes:
    return leaf_hash(number.to_bytes(8))


def _one_tile(index: int) -> Select[tuple[bytes]]:
    here = (trail_tile.c.epoch == EPOCH) & (trail_tile.c.level == 0) & (trail_tile.c.n == index // WIDTH)
    return select(trail_tile.c.data).where(here)


def figure(name: str, registry: Registry, tree: Grown) -> Figure:
    """Prove leaves here and there, each in a transaction of its own, beside bare reads of one tile."""
    with registry.engine.begin() as connection:
        write_tiles(connection, EPOCH, tree.tiles)
    proofs, reads = [], []
    for index in (STEP * number % SIZE for number in range(PROOFS)):
        begun = time.perf_counter()
        with reading(registry.engine) as connection:
            proof = prove_inclusion(connection, EPOCH, index, SIZE)
        proofs.append((time.perf_counter() - begun) * 1000)
        verify_inclusion(_leaf(index), index, SIZE, proof, tree.root)
        begun = time.perf_counter()
        with reading(registry.engine) as connection:
            connection.execute(_one_tile(index)).one()
        reads.append((time.perf_counter() - begun) * 1000)
    p99, bare = (sorted(one)[int(PROOFS * 0.99)] for one in (proofs, reads))
    said = f"p99 of a bare read of one tile {bare:.2f} ms; a tree of 1,000,000 leaves"
    return Figure("trail", f"an inclusion proof from tiles, p99, {name}", p99, "ms", MOST_MS, floor=said)
