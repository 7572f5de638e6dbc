"""The definitions of processes: nothing serves or works on one that cannot run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, make_url

from registry.config import Settings
from registry.errors import N_, SettingsError
from registry.soundness.faults import Fault
from registry.storage.engine import make_engine, reading
from registry.storage.reach import EVERYTHING
from registry.storage.trouble import DATABASE_ERRORS, retell
from registry.workflows import versions

NOT_SET_UP: Final = "not-set-up"


def demand_definitions(settings: Settings) -> None:
    """Refuse a start on a broken definition, of the files or of the database.

    The names of all rooms have to be loaded: a name that nobody owns is a fault.

    Raises:
        SettingsError: one is broken, or the installation was never set up.
        UnavailableError: the database does not answer now.
    """
    if _is_missing(settings.database_url):
        raise _not_set_up()  # to open it would make an empty one
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        with reading(engine, EVERYTHING) as connection:
            if not inspect(connection).has_table("workflow_versions"):
                raise _not_set_up()
            versions.demand_sound(connection, versions.shipped())
    except DATABASE_ERRORS as error:
        retell(error)
    finally:
        engine.dispose()


def definition_faults(settings: Settings) -> Iterator[Fault]:
    """Judge the definitions; of an installation that is still to be set up there is nothing to say."""
    try:
        demand_definitions(settings)
    except SettingsError as error:
        if error.slug != NOT_SET_UP:
            yield Fault("workflows", error.text, dict(error.values))


def _is_missing(url: str) -> bool:
    parts = make_url(url)
    return (
        parts.get_backend_name() == "sqlite"
        and bool(parts.database)
        and not Path(str(parts.database)).exists()
    )


def _not_set_up() -> SettingsError:
    return SettingsError(N_("В базе данных нет таблиц реестра: сначала выполните install."), code=NOT_SET_UP)
