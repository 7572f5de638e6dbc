"""One store of compiled statements for all engines of a process.

Each test has a database and an engine of its own, and an engine compiles each statement at its first use: in
tests that is nearly every use. What a statement becomes depends on the kind of database alone; so the engines
of one kind share what they compiled.
"""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from registry.storage import engine as product

MOST = 5_000
compiled: LRUCache[Hashable, Any] = LRUCache(MOST)


class Shared:
    """An engine's view of the store: in a key stands its kind of dialect, not the dialect itself."""

    def __init__(self, engine: Engine) -> None:
        self.kind = (engine.dialect.name, engine.dialect.driver)

    def get(self, key: tuple[Hashable, ...]) -> Any:
        return compiled.get((self.kind, *key[1:]))

    def __setitem__(self, key: tuple[Hashable, ...], value: Any) -> None:
        compiled[self.kind, *key[1:]] = value


create_engine = product.create_engine


def create_sharing(*said: Any, **named: Any) -> Engine:
    """Make an engine as the registry does, with that store instead of one of its own."""
    made = create_engine(*said, **named)
    made._compiled_cache = Shared(made)  # type: ignore[assignment]  # noqa: SLF001 - it has no public way in
    return made


def share_compiled() -> None:
    """Let every engine that the registry opens in this process share."""
    product.create_engine = create_sharing  # type: ignore[assignment]
