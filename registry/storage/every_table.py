"""Every room's tables, brought together: who looks at the whole database must not miss one."""

import importlib
from pathlib import Path

STORAGE_TABLES = (
    "registry.storage.data_keys",
    "registry.storage.leases",
    "registry.storage.marks",
    "registry.storage.outbox",
    "registry.storage.vault",
)
"""Besides these, tables stand in a room's `models` (a file or a folder)."""


def import_tables() -> None:
    """Import every room's tables, so that the metadata is whole; rooms are found by name."""
    for name in STORAGE_TABLES:
        importlib.import_module(name)
    importlib.import_module("registry.storage.policies")  # raised with the tables
    house = Path(__file__).resolve().parents[1]
    for path in sorted(house.glob("*/models.py")) + sorted(house.glob("*/models/**/*.py")):
        parts = path.relative_to(house.parent).with_suffix("").parts
        importlib.import_module(".".join(parts).removesuffix(".__init__"))
