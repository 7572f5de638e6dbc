"""What was published last, kept outside the database: a file beside the keys that only grows.

A database that was put back to an earlier day knows nothing of the checkpoints that were shown since. If it
went on signing, it would sign two different trees of one size: a fork, which every auditor takes for forgery.
So before anything is numbered or signed, the tree must be a continuation of what this file remembers.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from registry.errors import N_, SettingsError, UnavailableError
from registry.storage.small_files import write_over
from registry.trail.keys import TrailKeys
from registry.trail.merkle import EMPTY_ROOT, root_of
from registry.trail.models import Published, checkpoint_at, read_tree
from registry.trail.proofs import shown_checkpoint, tree_nodes

HELD: Final = "trail-held"
"""Code of the refusal to number and sign."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The newest checkpoint known outside the database.

    Attributes:
        epoch, size: of the checkpoint.
        root: base64 of 32 bytes.
        note: the signed checkpoint; empty when only a restore is remembered.
        restored: the database came from a copy, and nobody has said since that it is the newest state.
    """

    epoch: int
    size: int
    root: str
    note: str
    restored: bool = False


def remember(file: Path, published: Published) -> None:
    """Keep a checkpoint that has been published; an older one than the file has changes nothing."""
    with _alone(file.parent):
        known = recall(file)
        if known is not None and (known.epoch, known.size) >= (published.epoch, published.size):
            return
        root = base64.b64encode(shown_checkpoint(published).root).decode()
        _write(file, Remembered(published.epoch, published.size, root, published.note))


def remember_restore(file: Path, epoch: int) -> None:
    """Keep that the database of this epoch was put back from a copy, and may be behind what was shown."""
    with _alone(file.parent):
        known = recall(file)
        if known is None or known.epoch < epoch:
            known = Remembered(epoch, 0, base64.b64encode(EMPTY_ROOT).decode(), "")
        _write(file, replace(known, restored=True))


def recall(file: Path) -> Remembered | None:
    """Read what is remembered; None before the first checkpoint.

    Raises:
        SettingsError: the file is damaged.
    """
    try:
        return Remembered(**json.loads(file.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise SettingsError(
            N_("Файл последней опубликованной отметки повреждён: %(path)s. Верните его из копии."), path=file
        ) from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other publishers waiting between reading and writing; a lock that ends with its process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(file: Path, said: Remembered) -> None:
    write_over(file, json.dumps(asdict(said)))


def demand_newest(connection: Connection, keys: TrailKeys) -> None:
    """Hold that the tree goes on from everything that was published in this epoch.

    Raises:
        UnavailableError: it does not, or nobody has said so after a restore: nothing is numbered or signed.
    """
    known, tree = recall(keys.published), read_tree(connection)
    if tree.epoch > keys.epoch:
        raise UnavailableError(
            N_("Начата эпоха %(epoch)s журнала, а ключи — прежней: перезапустите этот процесс."),
            code=HELD,
            epoch=tree.epoch,
        )
    if known is None or known.epoch < keys.epoch:
        return
    if known.restored:
        raise UnavailableError(
            N_(
                "База восстановлена из копии: журнал стоит, пока не начата новая эпоха. Выполните:"
                ' python -m registry trail new-epoch --reason "..."'
            ),
            code=HELD,
        )
    if known.epoch == tree.epoch and _goes_on(connection, known):
        return
    raise UnavailableError(
        N_(
            "База старше последней опубликованной отметки журнала (эпоха %(epoch)s, записей %(size)s): журнал"
            " стоит. Верните более новую базу или начните новую эпоху:"
            ' python -m registry trail new-epoch --reason "..."'
        ),
        code=HELD,
        epoch=known.epoch,
        size=known.size,
    )


def why_held(connection: Connection, keys: TrailKeys) -> str:
    """Say in words why nothing is numbered and signed; nothing when the log goes on."""
    try:
        demand_newest(connection, keys)
    except UnavailableError as held:
        return held.text % held.values if held.values else held.text
    return ""


def _goes_on(connection: Connection, known: Remembered) -> bool:
    """Say whether the database knows what is remembered; that it holds together is for others to see."""
    stored = checkpoint_at(connection, known.epoch, known.size)
    if stored is not None and stored.note == known.note:
        return True
    # Without that row the same tree at that size is as good.
    return _root_at(connection, known.size) == base64.b64decode(known.root)


def _root_at(connection: Connection, size: int) -> bytes | None:
    """Root that the tree had at a size; None when it never was so large."""
    tree = read_tree(connection)
    if size >= tree.size:
        return tree.root if size == tree.size else None
    return root_of(size, tree_nodes(connection, tree.epoch, tree.size))
