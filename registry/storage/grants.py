"""Roles on PostgreSQL: one owns the tables and migrates, others work with them, each with its duty's rights.

What a role may see of a table is another matter: row security holds it to the reach of its transactions.
"""

from collections.abc import Callable, Collection
from enum import StrEnum

from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from registry.errors import N_, SettingsError

MIGRATED = "alembic_version"
SIGNED = ("trail_leaf", "trail_tile", "trail_tree", "trail_checkpoint", "trail_epoch")
"""Tables of the log's tree: only the sequencer writes them, where it has a role of its own."""


class Duty(StrEnum):
    """What a role is for.

    Attributes:
        SERVING: pages and worker in one, the trail's sequencer in it: what `install` grants.
        PAGES: as serving, but the trail's tree is only read and its queue is only added to.
        SEQUENCER: the trail's tree and queue, and nothing else.
        AUDITOR: reads every table, changes none.
    """

    SERVING = "serving"
    PAGES = "pages"
    SEQUENCER = "sequencer"
    AUDITOR = "auditor"


def let_serve(engine: Engine, role: str, unchanging: Collection[str]) -> None:
    """Let a role that owns nothing serve; run by the owner of the tables after each migration.

    Args:
        engine: of the owner.
        role: who serves; the owner himself needs no grant.
        unchanging: tables whose rows never change: by these grants already, before any trigger is asked.

    Raises:
        SettingsError: there is no such role.
    """
    let_do(engine, role, Duty.SERVING, unchanging)


def let_do(engine: Engine, role: str, duty: Duty, unchanging: Collection[str]) -> None:
    """Give a role the rights of a duty and take all others from it, as `let_serve` does for serving.

    Raises:
        SettingsError: there is no such role, or the database is not PostgreSQL.
    """
    quote = engine.dialect.identifier_preparer.quote_identifier
    to = quote(role)
    if engine.dialect.name != "postgresql":
        raise SettingsError(N_("Права по ролям есть только в PostgreSQL: задайте REGISTRY_MIGRATION_URL."))
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
        connection.exec_driver_sql(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {within} FROM {to}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {within} TO {to}")
        for statement in _RIGHTS[duty](within, to, sorted(unchanging)):
            connection.exec_driver_sql(statement)


def _serving(within: str, to: str, unchanging: list[str]) -> list[str]:
    return [
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {within} TO {to}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {within} TO {to}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {to}" for table in unchanging),
        f"REVOKE INSERT, UPDATE, DELETE ON {MIGRATED} FROM {to}",
    ]


def _pages(within: str, to: str, unchanging: list[str]) -> list[str]:
    return [
        *_serving(within, to, unchanging),
        *(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {to}" for table in SIGNED),
        f"REVOKE UPDATE, DELETE ON trail_queue FROM {to}",
    ]


def _sequencer(within: str, to: str, _unchanging: list[str]) -> list[str]:
    return [
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {within} TO {to}",
        f"GRANT SELECT, INSERT ON trail_event, trail_queue, {', '.join(SIGNED)} TO {to}",
        f"GRANT UPDATE ON trail_tree, trail_tile, trail_queue TO {to}",
        f"GRANT DELETE ON trail_queue TO {to}",
    ]


def _auditor(within: str, to: str, _unchanging: list[str]) -> list[str]:
    return [f"GRANT SELECT ON ALL TABLES IN SCHEMA {within} TO {to}"]


_RIGHTS: dict[Duty, Callable[[str, str, list[str]], list[str]]] = {
    Duty.SERVING: _serving,
    Duty.PAGES: _pages,
    Duty.SEQUENCER: _sequencer,
    Duty.AUDITOR: _auditor,
}
