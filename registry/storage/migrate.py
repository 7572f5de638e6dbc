"""Migrations: bring a database to the present head, from code and not from a command line."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from registry.storage.every_table import import_tables
from registry.storage.policies import raise_policies, unheld_tables
from registry.storage.reach import everywhere

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
ADVISORY_LOCK = 7_226_301
"""Any number that nothing else in the database locks; two starts migrate one after the other."""


def upgrade(engine: Engine) -> None:
    """Apply what is missing; each migration is one transaction, and a failed one leaves the earlier ones."""
    with everywhere(engine).connect() as connection:
        _wait_for_others(connection)
        command.upgrade(alembic_config(connection), "head")
    _hold_tables(engine)


def _hold_tables(engine: Engine) -> None:
    """Put row security up again where somebody took it down since the migration that brought it."""
    with everywhere(engine).begin() as connection:
        if unheld_tables(connection):
            import_tables()
            raise_policies(connection)


def alembic_config(connection: Connection) -> Config:
    """Tell alembic where the migrations are and which connection they use; `migrations/env.py` reads it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _wait_for_others(connection: Connection) -> None:
    """Take a lock that ends with the connection's session; SQLite's own write lock does the same there."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_LOCK})")
        connection.commit()
