"""The check that trusts nobody: what is derived is made again from the leaves and held against what stands.

Tree, tiles and checkpoints; the form of every leaf; openings against commitments; each object's chain of
states against its head, and the heads against what the rooms hold now.
"""

from collections.abc import Mapping

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from registry.errors import N_
from registry.storage.turns import READING
from registry.storage.vault import Vault
from registry.trail.keys import TrailKeys
from registry.trail.verify.findings import Finding, Report, Reporter, Severity
from registry.trail.verify.leaves import LeafCheck
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
            form in which it was recorded.
    """
    said = Reporter()
    options: dict[str, object] = {READING: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    try:
        with engine.connect().execution_options(**options) as connection:
            tree = TreeCheck(connection, keys, said)
            objects = ObjectCheck(connection, vault, said)
            openings = OpeningCheck(connection, vault, said)
            leaves = LeafCheck(connection, keys, said, (openings, objects))
            leaves.walk(tree)
            tree.finish()
            check_queue(connection, leaves, said)
            openings.finish()
            objects.finish(readers)
    except SQLAlchemyError as error:
        said.add(
            Severity.UNVERIFIED, "V0", N_("База данных не читается (%(error)s)."), error=type(error).__name__
        )
        return Report(tuple(said.findings), 0, b"", 0, 0)
    return Report(tuple(said.findings), tree.size, tree.root, tree.checkpoints, openings.erased)
