"""The check that trusts nobody: what is derived is made again from the leaves and held against what stands.

Tree, tiles and checkpoints; the form of every leaf; openings against commitments; each object's chain of
states against its head, and the heads against what the rooms hold now.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from registry.errors import N_
from registry.storage.reach import everywhere
from registry.storage.turns import READING
from registry.storage.vault import Vault
from registry.trail.epochs import KIND, present_states
from registry.trail.keys import TrailKeys
from registry.trail.verify.epochs import check_epochs, ended_epochs
from registry.trail.verify.findings import Finding, Report, Reporter, Severity
from registry.trail.verify.leaves import Follower, LeafCheck
from registry.trail.verify.objects import ObjectCheck, Reader
from registry.trail.verify.openings import OpeningCheck
from registry.trail.verify.queue import check_queue
from registry.trail.verify.tree import TreeCheck

__all__ = ["Finding", "Reader", "Report", "Severity", "verify"]


def verify(engine: Engine, vault: Vault, keys: TrailKeys, readers: Mapping[str, Reader]) -> Report:
    """Check the whole trail in one snapshot of the database.

    Args:
        engine: of the database under check; nothing is written.
        vault: opens openings and salts.
        keys: the log's name and its public keys.
        readers: object kind -> what gives all objects of that kind as (id, version, state), the state in the
            form in which it was recorded; where that form has changed since, in all forms.
    """
    said = Reporter()
    options: dict[str, object] = {READING: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    try:
        with everywhere(engine).connect().execution_options(**options) as connection:
            objects = ObjectCheck(connection, vault, said)
            openings = OpeningCheck(connection, vault, said)
            followers = (openings, objects)
            checkpoints = 0
            for epoch in ended_epochs(connection, keys):
                checkpoints += _walk(connection, keys.of_epoch(epoch), said, followers)[0].checkpoints
            tree, leaves = _walk(connection, keys, said, followers)
            check_epochs(connection, keys, said)
            check_queue(connection, leaves, said)
            openings.finish()
            objects.finish({**readers, KIND: present_states})
    except SQLAlchemyError as error:
        said.add(
            Severity.UNVERIFIED, "V0", N_("База данных не читается (%(error)s)."), error=type(error).__name__
        )
        return Report(tuple(said.findings), 0, b"", 0, 0)
    checkpoints += tree.checkpoints
    return Report(tuple(said.findings), tree.size, tree.root, checkpoints, openings.erased)


def _walk(
    connection: Connection, keys: TrailKeys, said: Reporter, followers: Sequence[Follower]
) -> tuple[TreeCheck, LeafCheck]:
    """Rebuild the tree of one epoch from its leaves."""
    tree, leaves = TreeCheck(connection, keys, said), LeafCheck(connection, keys, said, followers)
    leaves.walk(tree)
    tree.finish()
    return tree, leaves
