"""Two roles on PostgreSQL: one owns the tables and migrates, another works with them."""

from collections.abc import Collection

from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from registry.errors import N_, SettingsError

MIGRATED = "alembic_version"


def let_serve(engine: Engine, role: str, unchanging: Collection[str]) -> None:
    """Let a role that owns nothing work with the tables; run by their owner after each migration.

    Args:
        engine: of the owner.
        role: who serves; the owner himself needs no grant.
        unchanging: tables whose rows never change: by these grants already, before any trigger is asked.

    Raises:
        SettingsError: there is no such role.
    """
    quote = engine.dialect.identifier_preparer.quote_identifier
    to = quote(role)
    with engine.begin() as connection:
        if connection.exec_driver_sql("SELECT current_user").scalar_one() == role:
            return
        within = quote(connection.exec_driver_sql("SELECT current_schema()").scalar_one())
        try:
            # Everything is taken back first: what an older version granted and this one does not must go.
            connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA {within} FROM {to}")
        except ProgrammingError as error:
            raise SettingsError(
                N_("REGISTRY_DATABASE_URL: роли %(role)s в PostgreSQL нет. Создайте её и повторите."),
                role=role,
            ) from error
        for statement in (
            f"GRANT USAGE ON SCHEMA {within} TO {to}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {within} TO {to}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {within} TO {to}",
            *(f"REVOKE UPDATE, DELETE ON {quote(table)} FROM {to}" for table in sorted(unchanging)),
            f"REVOKE INSERT, UPDATE, DELETE ON {MIGRATED} FROM {to}",
        ):
            connection.exec_driver_sql(statement)
