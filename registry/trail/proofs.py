"""Proofs made from tiles, and what the log shows: checkpoint, tiles, bundles, `tlog-proof` texts.

Plain functions that give text and bytes; a door puts them under their addresses.
"""

import base64
import re
from uuid import UUID

from sqlalchemy import Connection, select

from registry.errors import N_, ConflictError, NotFoundError
from registry.trail.checkpoint import Checkpoint, parse_checkpoint
from registry.trail.merkle import HASH_SIZE, Node, consistency_proof, inclusion_proof, verify_inclusion
from registry.trail.models import (
    Published,
    last_checkpoint,
    place_of,
    read_leaves,
    read_tiles,
    read_tree,
    trail_event,
    trail_leaf,
)
from registry.trail.tiles import WIDTH, cut_tile, nodes_from_tiles, width_at

PROOF_KIND = "c2sp.org/tlog-proof@v1"

_TILE = re.compile(
    r"(entries|[0-9]|[1-5][0-9]|6[0-3])((?:/x\d{3}){0,5}/\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII
)


def tree_nodes(connection: Connection, epoch: int, size: int) -> Node:
    """The tree of `size` leaves of an epoch, read from tiles as needed."""

    def fetch(level: int, number: int) -> bytes:
        data = read_tiles(connection, epoch, [(level, number)]).get((level, number), b"")
        return cut_tile(data, level, number, width_at(size, level, number))

    return nodes_from_tiles(fetch)


def prove_inclusion(connection: Connection, epoch: int, index: int, size: int) -> list[bytes]:
    """Hashes that lead from a leaf to the root of the tree of `size` leaves."""
    return inclusion_proof(index, size, tree_nodes(connection, epoch, size))


def prove_consistency(connection: Connection, epoch: int, old: int, new: int) -> list[bytes]:
    """Hashes that show the tree of `old` leaves to be the beginning of the tree of `new` leaves."""
    return consistency_proof(old, new, tree_nodes(connection, epoch, new))


def covering_checkpoint(connection: Connection, event_id: UUID) -> Published | None:
    """The last signed checkpoint of an event's epoch if it covers it; None while the event waits for one."""
    found = place_of(connection, event_id)
    last = last_checkpoint(connection, found[0]) if found else None
    return last if found is not None and last is not None and found[1] < last.size else None


def tlog_proof(connection: Connection, event_id: UUID) -> str:
    """Proof of one event against the last signed checkpoint, checkable offline (C2SP tlog-proof).

    Raises:
        NotFoundError: there is no such event.
        ConflictError: it is not under a signed checkpoint yet.
        TamperedError: the log does not hold together here.
    """
    leaf = connection.execute(select(trail_leaf).where(trail_leaf.c.event_id == event_id)).first()
    last = last_checkpoint(connection, leaf.epoch) if leaf else None
    if leaf is None or last is None or last.size <= leaf.idx:
        raise _not_yet(connection, event_id)
    checkpoint = shown_checkpoint(last)
    proof = prove_inclusion(connection, leaf.epoch, leaf.idx, last.size)
    verify_inclusion(leaf.leaf_hash, leaf.idx, last.size, proof, checkpoint.root)
    steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in proof)
    return f"{PROOF_KIND}\nindex {leaf.idx}\n{steps}\n{last.note}"


def shown_checkpoint(published: Published) -> Checkpoint:
    """What a stored note says; its signature is for those to check who do not trust this database."""
    return parse_checkpoint(published.note.rpartition("\n\n")[0] + "\n")


def leaf_of(connection: Connection, event_id: UUID) -> bytes:
    """The exact bytes of an event's leaf, for the papers of the person that it concerns.

    Raises:
        NotFoundError: there is no such event.
    """
    leaf = connection.execute(select(trail_event.c.leaf).where(trail_event.c.event_id == event_id)).scalar()
    if leaf is None:
        raise _no_event()
    return bytes(leaf)


def checkpoint_text(connection: Connection) -> str:
    """The last signed checkpoint, for ``/tlog/checkpoint``.

    Raises:
        NotFoundError: nothing was signed yet.
    """
    last = _last(connection)
    if last is None:
        raise NotFoundError(N_("Журнал ещё не опубликовал ни одной отметки."))
    return last.note


def last_note(connection: Connection) -> str | None:
    """The last signed checkpoint if there is one, for what carries a checkpoint with it."""
    last = _last(connection)
    return last.note if last else None


def tile_bytes(connection: Connection, path: str) -> bytes:
    """A tile by its address below ``/tlog/tile/``: hashes (public) or entries (for auditors).

    Nothing is shown beyond the last signed checkpoint.

    Raises:
        NotFoundError: the address is of no tile, or of one that is not published (yet).
    """
    last, found = _last(connection), _TILE.fullmatch(path)
    if last is None or found is None:
        raise _no_tile()
    level = 0 if found[1] == "entries" else int(found[1])
    number = int(found[2].replace("/x", "").replace("/", ""))
    width = int(found[3] or WIDTH)
    if width > width_at(last.size, level, number) or (found[3] and width == WIDTH):
        raise _no_tile()
    if found[1] == "entries":
        return _bundle(connection, last.epoch, number * WIDTH, width)
    data = read_tiles(connection, last.epoch, [(level, number)]).get((level, number), b"")
    return cut_tile(data, level, number, width)[: width * HASH_SIZE]


def _bundle(connection: Connection, epoch: int, begin: int, width: int) -> bytes:
    parts: list[bytes] = []
    for batch in read_leaves(connection, epoch, begin, begin + width):
        for row in batch:
            if row.leaf is None:
                raise _no_tile()
            parts.append(len(row.leaf).to_bytes(2) + row.leaf)
    return b"".join(parts)


def _last(connection: Connection) -> Published | None:
    return last_checkpoint(connection, read_tree(connection).epoch)


def _not_yet(connection: Connection, event_id: UUID) -> NotFoundError | ConflictError:
    if connection.execute(select(trail_event.c.event_id).where(trail_event.c.event_id == event_id)).first():
        return ConflictError(N_("Запись ещё не под опубликованной отметкой журнала. Повторите через минуту."))
    return _no_event()


def _no_event() -> NotFoundError:
    return NotFoundError(N_("Такой записи в журнале нет. Проверьте её номер."))


def _no_tile() -> NotFoundError:
    return NotFoundError(N_("Такой части дерева журнал не публиковал."))
