"""A process that makes the parts of an export until it is killed."""

from pathlib import Path
from uuid import UUID

from registry.app import load_names
from registry.config import load_settings
from registry.proofs.exports import packing
from registry.work import Registry


def pack_for_ever(environ: dict[str, str], export_id: UUID, alive: Path) -> None:
    """Make an export, a student a part, and tell when it begins and at each part."""
    load_names()
    packing.AT_ONCE = 1  # type: ignore[misc] # more parts, so that a kill falls into any of them
    registry = Registry.open(load_settings(environ))
    with alive.open("ab", buffering=0) as told:
        told.write(b".")
        while packing.pack_some(registry, export_id) is not packing.Step.OVER:
            told.write(b".")
