"""PostgreSQL as this installation's role sees it: a commit is durable, and the role is bound by the rules."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Row, text

from registry.errors import N_
from registry.soundness.faults import Fault
from registry.storage.policies import unheld_tables

DURABILITY: Final = text(
    "SELECT name, setting, source, current_user AS role, current_database() AS base FROM pg_settings"
    " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name"
)
ROLES: Final = text(
    "SELECT rolname, rolsuper, rolbypassrls, current_user AS role FROM pg_roles"
    " WHERE (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER')"
    " ORDER BY rolname = current_user DESC, rolname LIMIT 1"
)
OWNED: Final = text(
    "SELECT count(*) AS tables, current_user AS role FROM pg_class"
    " WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
    " AND pg_has_role(current_user, relowner, 'USAGE') HAVING count(*) > 0"
)
CURES: Final = {
    "database": "ALTER DATABASE %(base)s RESET %(name)s",
    "user": "ALTER ROLE %(role)s RESET %(name)s",
    "database user": "ALTER ROLE %(role)s IN DATABASE %(base)s RESET %(name)s",
    "client": "REGISTRY_DATABASE_URL: -c %(name)s=on",
    "command line": "postgres -c %(name)s=on",
}
"""Where a setting comes from -> what undoes it; any other place is a file, where ALTER SYSTEM helps."""
ANYWHERE: Final = "ALTER SYSTEM SET %(name)s = on; SELECT pg_reload_conf()"


def postgresql_faults(connection: Connection, *, installing: bool = False) -> Iterator[Fault]:
    """Judge the server, the role and the row security of the tables.

    Args:
        connection: made as the registry makes all of them.
        installing: the tables are about to be migrated, which puts their row security up.
    """
    if not installing:
        yield from _unheld(unheld_tables(connection))
    for row in connection.execute(DURABILITY):
        yield _durability(row)
    above = connection.execute(ROLES).first()
    if above is not None:
        yield _role(above)
        return  # such a role owns everything as well; one cause is named once
    owned = connection.execute(OWNED).first()
    if owned is not None:
        yield Fault(
            "REGISTRY_DATABASE_URL",
            N_(
                "Роль %(role)s владеет таблицами (%(tables)s) и может снять с них защиту строк и журнала:"
                " впишите её в REGISTRY_MIGRATION_URL, а работать дайте роли без прав владельца"
                " (install выдаст ей нужные права)."
            ),
            {"role": owned.role, "tables": owned.tables},
        )


def _unheld(tables: list[str]) -> Iterator[Fault]:
    if tables:
        yield Fault(
            "row_security",
            N_(
                "PostgreSQL: строки школ не защищены друг от друга в таблицах: %(tables)s."
                " Выполните install: он вернёт защиту строк."
            ),
            {"tables": ", ".join(tables)},
        )


def _durability(row: Row[tuple[str, str, str, str, str]]) -> Fault:
    name, source, role, base = row.name, row.source, row.role, row.base
    cure = CURES.get(source, ANYWHERE) % {"name": name, "role": role, "base": base}
    return Fault(
        name,
        N_(
            "PostgreSQL: %(name)s выключено (откуда: %(source)s), подтверждённая запись может пропасть."
            " Включите: %(cure)s"
        ),
        {"name": name, "source": source, "cure": cure},
    )


def _role(row: Row[tuple[str, bool, bool, str]]) -> Fault:
    what = "SUPERUSER" if row.rolsuper else "BYPASSRLS"
    return Fault(
        "REGISTRY_DATABASE_URL",
        N_(
            "Роль %(role)s имеет права %(what)s (через роль %(through)s): защита строк её не держит."
            " Дайте реестру роль без этих прав."
        ),
        {"role": row.role, "what": what, "through": row.rolname},
    )
