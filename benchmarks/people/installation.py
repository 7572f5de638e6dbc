"""A registry of its own with one school, for the measurements of this group."""

from datetime import date
from pathlib import Path
from uuid import UUID

from registry.app import load_names
from registry.config import load_settings
from registry.people.usecases.places import SchoolSaid, add_municipality, add_region, add_school
from registry.storage.engine import make_engine
from registry.storage.every_table import import_tables
from registry.storage.keyring import KeyRing
from registry.storage.schema import metadata
from registry.trail.entries import SYSTEM
from registry.trail.keys import TrailKeys
from registry.work import Registry
from registry.workflows import versions

ON = date(2020, 11, 2)


def office(folder: Path, url: str | None = None) -> tuple[Registry, UUID]:
    """Set up an installation in a folder, on SQLite there or on the database of the URL."""
    said = {"REGISTRY_HOME": str(folder), "REGISTRY_TODAY": ON.isoformat()}
    settings = load_settings(said | ({"REGISTRY_DATABASE_URL": url} if url else {}))
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    make_tables(settings.database_url)
    load_names()
    registry = Registry.open(settings)
    with registry.work(SYSTEM) as work:
        name = "roster-review.toml"
        versions.publish(work, {name: versions.shipped()[name]})
        town = add_municipality(work, add_region(work, "27", "Край").id, "Город")
        return registry, add_school(work, SchoolSaid(town.id, "17", "Школа", "Школа", "Город")).id


def make_tables(url: str) -> None:
    """Make all tables of the registry in an empty database."""
    import_tables()
    engine = make_engine(url)
    metadata.create_all(engine)
    engine.dispose()
