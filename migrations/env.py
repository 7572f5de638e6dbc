"""Alembic's entry: one transaction a migration, short waits for locks, the connection given by the caller."""

from alembic import context
from sqlalchemy import Connection

from registry.storage.schema import metadata

LOCK_TIMEOUT = "4s"
"""A migration that cannot get its lock gives up and leaves the registry serving; run it again."""


def migrate(connection: Connection) -> None:
    """Run what alembic was asked for."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        user_module_prefix="schema.",
        transaction_per_migration=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
