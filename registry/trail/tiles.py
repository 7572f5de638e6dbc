"""Tiles of the tree (C2SP tlog-tiles): 256 hashes of one level together, and growing the right edge.

Tile ``(level, number)`` holds the roots of ``256**level`` leaves each; its hash ``i`` covers the leaves from
``(number * 256 + i) * 256**level``. Only the last tile of a level may be partial.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from registry.errors import N_, TamperedError
from registry.trail.merkle import EMPTY_ROOT, HASH_SIZE, Node, complete_root, node_hash

WIDTH = 256
HEIGHT = 8
FULL = WIDTH * HASH_SIZE

TileId = tuple[int, int]
Fetch = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree after more leaves: its size, its root, and every tile that changed or came."""

    size: int
    root: bytes
    tiles: Mapping[TileId, bytes]


def tile_widths(size: int) -> dict[int, int]:
    """Number of hashes at each level of a tree of `size` leaves."""
    widths: dict[int, int] = {}
    level = 0
    while size:
        widths[level] = size
        size //= WIDTH
        level += 1
    return widths


def all_tiles(size: int) -> dict[TileId, int]:
    """Every tile of a tree with its width."""
    return {
        (level, number): min(WIDTH, count - number * WIDTH)
        for level, count in tile_widths(size).items()
        for number in range((count + WIDTH - 1) // WIDTH)
    }


def edge_tiles(size: int) -> dict[TileId, int]:
    """The partial tiles at the right edge, one a level at most, with their widths."""
    return {
        (level, count // WIDTH): count % WIDTH for level, count in tile_widths(size).items() if count % WIDTH
    }


def width_at(size: int, level: int, number: int) -> int:
    """Width of one tile in a tree of `size` leaves; 0 when it is not there."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def edge_root(size: int, edge: Mapping[TileId, bytes]) -> bytes:
    """Root of a tree from its right-edge tiles alone.

    Raises:
        TamperedError: a tile is missing or shorter than the tree needs.
    """
    root: bytes | None = None
    for (level, number), width in sorted(edge_tiles(size).items()):
        hashes = split_tile(cut_tile(edge.get((level, number), b""), level, number, width))
        end = width
        while end:
            piece = end & -end
            part = complete_root(hashes[end - piece : end])
            root = part if root is None else node_hash(part, root)
            end -= piece
    return EMPTY_ROOT if root is None else root


def grow(size: int, edge: Mapping[TileId, bytes], leaf_hashes: Iterable[bytes]) -> Grown:
    """Add leaves to a tree of `size` leaves with these right-edge tiles.

    Raises:
        TamperedError: an edge tile is missing or too short.
    """
    rows = {
        (level, number): bytearray(cut_tile(edge.get((level, number), b""), level, number, width))
        for (level, number), width in edge_tiles(size).items()
    }
    changed: dict[TileId, bytes] = {}
    for leaf in leaf_hashes:
        _push(rows, changed, (0, size // WIDTH), leaf)
        size += 1
    now = {tile: bytes(rows[tile]) for tile in edge_tiles(size)}
    changed |= {tile: data for tile, data in now.items() if edge.get(tile) != data}
    return Grown(size, edge_root(size, now), changed)


def _push(rows: dict[TileId, bytearray], changed: dict[TileId, bytes], tile: TileId, entry: bytes) -> None:
    """Put one hash at the end of a tile; a tile that fills up goes into the level above."""
    row = rows.setdefault(tile, bytearray())
    row += entry
    if len(row) == FULL:
        level, number = tile
        changed[tile] = bytes(rows.pop(tile))
        _push(rows, changed, (level + 1, number // WIDTH), complete_root(split_tile(changed[tile])))


def split_tile(data: bytes) -> list[bytes]:
    """Take a tile apart into its hashes."""
    return [data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)]


def cut_tile(data: bytes, level: int, number: int, width: int) -> bytes:
    """The first `width` hashes of a tile that may have grown since.

    Raises:
        TamperedError: the tile has fewer.
    """
    if len(data) < width * HASH_SIZE:
        raise TamperedError(
            N_("Плитка %(level)s/%(number)s дерева журнала отсутствует или короче, чем нужно."),
            level=level,
            number=number,
        )
    return data[: width * HASH_SIZE]


def nodes_from_tiles(fetch: Fetch) -> Node:
    """Stand tiles up as a tree; `fetch` answers the bytes of tile ``(level, number)``, each asked once."""
    known: dict[TileId, list[bytes]] = {}

    def node(level: int, index: int) -> bytes:
        high, low = divmod(level, HEIGHT)
        first = index << low
        number, start = divmod(first, WIDTH)
        if (high, number) not in known:
            known[high, number] = split_tile(fetch(high, number))
        hashes = known[high, number][start : start + (1 << low)]
        if len(hashes) != 1 << low:
            cut_tile(b"", high, number, start + (1 << low))
        return complete_root(hashes)

    return node


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Address of a tile below ``tile/``: ``0/x001/x234/067`` or ``0/x001/067.p/112``."""
    digits = f"{number:03d}"
    digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "/".join([str(level), *(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"
