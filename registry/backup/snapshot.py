"""What a copied database says: the form of its tables, where its trail stands, which files it names."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from registry.storage.file_names import named_files
from registry.trail.models import last_checkpoint, read_tree


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A database at one moment.

    Attributes:
        migration: the newest migration that it has.
        trail: epoch, size, root (base64) of its tree, and the size last published.
        files: ids of the files that its rows name.
    """

    migration: str
    trail: Mapping[str, Any]
    files: frozenset[UUID]


def read_snapshot(connection: Connection) -> Snapshot:
    """Read it in the transaction in which it is copied, or from the copy."""
    tree = read_tree(connection)
    last = last_checkpoint(connection, tree.epoch)
    trail = {
        "epoch": tree.epoch,
        "size": tree.size,
        "root": base64.b64encode(tree.root).decode(),
        "published": last.size if last else 0,
    }
    migration = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
    return Snapshot(migration, trail, named_files(connection))
