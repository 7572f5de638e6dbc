"""How far one transaction sees on PostgreSQL: of which schools its row security lets rows through.

The reach is a setting of the transaction; who sets none sees nothing. It repeats, below the application, what
the application's own conditions say already, for the day when one of them is forgotten. SQLite has no such
thing: there the conditions stand alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Connection, Engine, bindparam, func, literal, select
from sqlalchemy.types import String

from registry.storage.queries import SHARING, Shared, share, sharing
from registry.storage.turns import READING

REACH: Final = "registry_reach"
"""Execution option of a connection: the reach of its transactions."""
SETTING: Final = "registry.schools"
ALL: Final = "*"
DOOR: Final = "door"
BARE: Final = "installation"
_BEGIN: Final = "registry_begin"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a transaction may see and change.

    Attributes:
        all: every row: the registry's own work (worker, clocks, commands, set-up), never a person's request
            unless his right is for the whole installation.
        schools: schools by their ids.
        municipalities: all schools of these.
        regions: all schools of these.
        door: what has to be read before it is known who asks: sessions, rights, personal links.
        bare: rows that belong to no school, and none that tell of people.
    """

    all: bool = False
    schools: frozenset[UUID] = frozenset()
    municipalities: frozenset[UUID] = frozenset()
    regions: frozenset[UUID] = frozenset()
    door: bool = False
    bare: bool = False


EVERYTHING: Final = Reach(all=True)
NOTHING: Final = Reach()
AT_THE_DOOR: Final = Reach(door=True)


def of_schools(schools: Iterable[UUID]) -> Reach:
    """Give the reach of some schools."""
    return Reach(schools=frozenset(schools))


def everywhere(engine: Engine) -> Engine:
    """Give the engine with the reach of the registry itself, for what runs outside a unit of work."""
    return engine.execution_options(**{REACH: EVERYTHING})


def set_reach(connection: Connection, reach: Reach, shared: Shared | None = None) -> None:
    """Change the reach of a transaction under way, for the rest of it, and share a lock from here on."""
    if connection.dialect.name != "postgresql":
        return
    if _branches(reach):
        connection.exec_driver_sql(f"SELECT set_config('{SETTING}', {_looked_up(reach)}, true)")
        if shared is not None:
            share(connection, *shared)
    elif shared is None:
        connection.execute(_SET, {"reach": _words(reach)})
    else:
        connection.execute(_SET_AND_SHARE, {"reach": _words(reach)} | sharing(shared))


_reach: BindParameter[str] = bindparam("reach", type_=String)
_SET: Final = select(func.set_config(SETTING, _reach, literal(True)))  # noqa: FBT003 - PostgreSQL's "is_local"
_SET_AND_SHARE: Final = _SET.add_columns(SHARING)


def prepare_begin(connection: Connection) -> None:
    """Lay down how the transaction that begins now is to begin; `begin` says it, in one round trip."""
    options = connection.get_execution_options()
    driver: Any = connection.connection.driver_connection
    said = []
    if driver.autocommit:
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        said.append("BEGIN READ ONLY" if options.get(READING) else "BEGIN")
    reach: Reach | None = options.get(REACH)
    if reach is not None and _branches(reach):
        said.append(f"SELECT set_config('{SETTING}', {_looked_up(reach)}, true)")
    elif reach is not None:
        said.append(f"SET LOCAL {SETTING} = '{_words(reach)}'")
    connection.info[_BEGIN] = "; ".join(said)


def begin(connection: Any) -> None:  # noqa: ANN401 - the pool's connection
    """Begin a transaction together with its reach: the dialect's `do_begin`."""
    said = connection.info.pop(_BEGIN, "")
    if said:
        # Never prepared by the driver: only the simple protocol takes two statements at once.
        connection.driver_connection.execute(said, prepare=False)


def _words(reach: Reach) -> str:
    """Write a reach down as the policies read it: keywords of this file and ids, nothing else."""
    if reach.all:
        return ALL
    marks = [word for word, has in ((DOOR, reach.door), (BARE, reach.bare)) if has]
    return ",".join([*marks, *([_list(reach.schools)] if reach.schools else [])])


def _branches(reach: Reach) -> bool:
    return not reach.all and bool(reach.municipalities or reach.regions)


def _looked_up(reach: Reach) -> str:
    """Write an expression of a reach whose schools the database knows: those below a branch."""
    branches = (
        ("schools.municipality_id", reach.municipalities),
        ("municipalities.region_id", reach.regions),
    )
    below = [f"{column} = ANY ('{{{_list(ids)}}}')" for column, ids in branches if ids]
    joined = "schools JOIN municipalities ON municipalities.id = schools.municipality_id"
    found = f"SELECT string_agg(schools.id::text, ',') FROM {joined} WHERE {' OR '.join(below)}"
    return f"concat_ws(',', '{_words(reach)}', ({found}))"


def _list(ids: Iterable[UUID]) -> str:
    return ",".join(sorted(str(one) for one in ids))
