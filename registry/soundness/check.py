"""Everything that keeps an installation from starting for real, found at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from registry.config import Mode, Settings, read_settings
from registry.errors import N_, SettingsError
from registry.soundness.faults import Fault
from registry.soundness.keys import key_faults
from registry.soundness.postgresql import postgresql_faults
from registry.soundness.sample import sample_faults
from registry.soundness.seals import seal_faults
from registry.soundness.settings import setting_faults
from registry.soundness.sqlite import MOUNTS, sqlite_faults
from registry.storage.engine import make_engine
from registry.storage.reach import everywhere


def sound_settings(environ: Mapping[str, str], *, installing: bool = False) -> Settings:
    """Read the settings of a process that is about to start.

    Args:
        environ: its environment.
        installing: it sets up what is missing before anything serves.

    Raises:
        SettingsError: it is a production start and something is unsafe; names every cause with its cure.
    """
    settings = read_settings(environ)
    if settings.mode is Mode.PRODUCTION:
        refuse(find_faults(settings, installing=installing))
    return settings


def refuse(faults: list[Fault]) -> None:
    """Refuse if there is any cause.

    Raises:
        SettingsError: there is.
    """
    if faults:
        raise SettingsError(
            N_("Запуск в режиме production отклонён, причин: %(count)s. Устраните и повторите:"),
            code="unsound",
            fields={f"{number}. {one.setting}": one.sentence for number, one in enumerate(faults, 1)},
            count=len(faults),
        )


def find_faults(settings: Settings, *, installing: bool = False) -> list[Fault]:
    """Find everything that keeps this installation from starting in production."""
    return [
        *setting_faults(settings),
        *key_faults(settings),
        *seal_faults(settings),
        *_database_faults(settings, installing=installing),
    ]


def _database_faults(settings: Settings, *, installing: bool) -> list[Fault]:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        return []  # the set-up makes it; to open it would make an empty one
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        with everywhere(engine).connect() as connection:
            return [*_of_kind(connection, installing=installing), *sample_faults(connection, settings)]
    except SQLAlchemyError as error:
        return [
            Fault(
                "REGISTRY_DATABASE_URL",
                N_("База данных не отвечает (%(error)s): проверьте адрес, имя, пароль и работает ли она."),
                {"error": type(error).__name__},
            )
        ]
    finally:
        engine.dispose()


def _of_kind(connection: Connection, *, installing: bool) -> Iterator[Fault]:
    if connection.dialect.name == "postgresql":
        return postgresql_faults(connection, installing=installing)
    return sqlite_faults(connection, _mounts(MOUNTS))


def _mounts(table: Path) -> str | None:
    try:
        return table.read_text(errors="replace")
    except OSError:
        return None
