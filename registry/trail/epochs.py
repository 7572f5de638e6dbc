"""Epochs: a log that lost its end begins a new tree, whose first leaf holds what was known of the old one.

The old tree is signed no more and stays as it is: what of it was published can be checked for ever, and how
much of that is missing here can be read from the first leaf of the next epoch. The transaction is its own.
"""

import base64
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, insert, select, update

from registry.errors import N_, TamperedError
from registry.storage.ids import uuid7
from registry.storage.reach import everywhere
from registry.storage.schema import Json
from registry.storage.vault import Vault
from registry.trail.append import Place, append
from registry.trail.checkpoint import Checkpoint, open_checkpoint
from registry.trail.commitment import show
from registry.trail.entries import Actor, Entry, EntryType, ObjectRef
from registry.trail.fence import TREE_ID
from registry.trail.keys import TrailKeys
from registry.trail.models import (
    hold_tree,
    last_checkpoint,
    trail_epoch,
    trail_leaf,
    trail_queue,
    trail_tree,
)
from registry.trail.published import recall
from registry.trail.recorded import Recorded
from registry.trail.sequencer import write_tiles
from registry.trail.tiles import grow

KIND = "trail-epoch"
OPERATOR = Actor("system", None, "operator", "terminal")


@dataclass(frozen=True, slots=True)
class Epoch:
    """How an epoch began.

    Attributes:
        epoch: its number, from 2.
        event_id: of its first leaf.
        witnessed: the newest signed checkpoint known of the epochs before; empty when there was none.
        recovered_size, recovered_root: the tree of the epoch before as this database has it.
        operator, reason: who began it, and why.
    """

    epoch: int
    event_id: UUID
    began_at: datetime
    witnessed: str
    recovered_size: int
    recovered_root: bytes
    operator: str
    reason: str

    @property
    def state(self) -> Mapping[str, Json]:
        """What the first leaf commits to."""
        return {
            "epoch": self.epoch,
            "witnessed": self.witnessed,
            "recovered_size": self.recovered_size,
            "recovered_root": base64.b64encode(self.recovered_root).decode(),
            "operator": self.operator,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Said:
    """What the operator says: his name, the reason, and signed checkpoints that others kept."""

    operator: str
    reason: str
    notes: Collection[str] = ()


def begin_epoch(engine: Engine, vault: Vault, keys: TrailKeys, now: datetime, said: Said) -> int:
    """Begin the next epoch in the database and give its number; `move_to_epoch` then moves the keys.

    What waits in the queue comes after its first leaf. After a crash between the two a second call changes
    nothing.

    Raises:
        TamperedError: a given checkpoint is not of this log.
    """
    with everywhere(engine).begin() as connection:
        tree = hold_tree(connection)
        if tree.epoch > keys.epoch:
            return tree.epoch
        remembered = recall(keys.published)
        # A copy may be older than several epochs: a number that was shown once is never used again.
        number = 1 + max(keys.epoch, remembered.epoch if remembered else 0)
        note = _newest(connection, keys, tree.epoch, said.notes)
        event_id = uuid7(int(now.timestamp() * 1000))
        begun = Epoch(number, event_id, now, note, tree.size, tree.root, said.operator, said.reason)
        connection.execute(insert(trail_epoch).values(**asdict(begun)))
        entry = Entry(EntryType.EPOCH_BEGAN, ObjectRef(KIND, UUID(int=number), 1), begun.state, None)
        place = Place(event_id, now, OPERATOR, cause_of(begun, keys))
        _put_first(connection, append(connection, vault, entry, place, keys.of_epoch(number)), number)
    return number


def cause_of(begun: Epoch, keys: TrailKeys) -> str | None:
    """Show the last known checkpoint in a new epoch's first leaf, for all to read: ``epoch:size:root``."""
    if not begun.witnessed:
        return None
    epoch, known = open_witnessed(begun.witnessed, keys)
    return f"{epoch}:{known.size}:{show(known.root)}"


def list_epochs(connection: Connection) -> list[Epoch]:
    """List the epochs after the first."""
    return [Epoch(*row) for row in connection.execute(select(trail_epoch).order_by(trail_epoch.c.epoch))]


def present_states(connection: Connection, _: Vault) -> Iterator[tuple[UUID, int, Mapping[str, Json]]]:
    """Tell the verifier how the beginnings of epochs stand now."""
    for one in list_epochs(connection):
        yield UUID(int=one.epoch), 1, one.state


def open_witnessed(note: str, keys: TrailKeys) -> tuple[int, Checkpoint]:
    """Read a signed checkpoint of any epoch of this log; give the epoch as well.

    Raises:
        TamperedError: it is not one.
    """
    name, _, epoch = note.partition("\n")[0].rpartition("/")
    if name != keys.name or not epoch.isdecimal():
        raise TamperedError(N_("Отметка — другого журнала."))
    of = keys.of_epoch(int(epoch))
    opened = open_checkpoint(note, [of.checkpoint.verifier])
    return of.epoch, opened


def _newest(connection: Connection, keys: TrailKeys, epoch: int, notes: Collection[str]) -> str:
    """Find the newest signed checkpoint known: in the database, beside the keys, or in others' hands."""
    found = list(notes)
    remembered, last = recall(keys.published), last_checkpoint(connection, epoch)
    if remembered is not None and remembered.note:
        found.append(remembered.note)
    if last is not None:
        found.append(last.note)

    def age(note: str) -> tuple[int, int]:
        of, opened = open_witnessed(note, keys)
        return of, opened.size

    return max(found, key=age, default="")


def _put_first(connection: Connection, first: Recorded, epoch: int) -> None:
    """Put the new epoch's first leaf into its tree, past the queue, and make that tree the present one."""
    connection.execute(delete(trail_queue).where(trail_queue.c.event_id == first.event_id))
    row = {"epoch": epoch, "idx": 0, "event_id": first.event_id, "leaf_hash": first.leaf_hash}
    connection.execute(insert(trail_leaf).values(**row))
    grown = grow(0, {}, [first.leaf_hash])
    write_tiles(connection, epoch, grown.tiles)
    values = {"epoch": epoch, "size": grown.size, "root": grown.root}
    connection.execute(update(trail_tree).where(trail_tree.c.id == TREE_ID).values(**values))
