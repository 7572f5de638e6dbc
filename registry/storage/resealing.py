"""Re-sealing: values that stand under an older master key are sealed under the one that seals now.

In batches of short transactions. What is read and opened outside of the writing one is written only where
the value is still the same: whoever changed it meanwhile has sealed it anew himself.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    and_,
    bindparam,
    false,
    func,
    select,
    tuple_,
    update,
)

from registry.storage.every_table import import_tables
from registry.storage.sealed_columns import Under, under_a_master_key
from registry.storage.vault import HEAD, SHARED, Vault, version_of

BATCH: Final = 500
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Renewed:
    """A value sealed anew: the key of its row, as it stood, and as it shall stand."""

    key: Key
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column with values that a new master key concerns."""

    column: Column[bytes]
    under: Under

    @property
    def name(self) -> str:
        """Name it as people read it."""
        return f"{self.column.table.name}.{self.column.name}"

    def stale(self, connection: Connection, version: int, after: Key | None) -> list[Row[Any]]:
        """Read the next rows whose value stands under another master key, in the order of their keys."""
        keys = list(self._keys)
        wanted = and_(self._under_another(version), _past(keys, after))
        named = {column.name: column for column in (*keys, *self._bound, self.column)}
        rows = select(*named.values()).where(wanted).order_by(*keys).limit(BATCH)
        return list(connection.execute(rows))

    def count(self, connection: Connection, version: int) -> int:
        """Count the values that stand under another master key than this version."""
        counted = select(func.count()).select_from(self.column.table).where(self._under_another(version))
        return int(connection.execute(counted).scalar_one())

    def key_of(self, row: Row[Any]) -> Key:
        """Give the key of a row as `stale` reads it."""
        return tuple(row._mapping[column.name] for column in self._keys)  # noqa: SLF001 - the library's public name for it

    def renew(self, vault: Vault, row: Row[Any]) -> Renewed:
        """Seal the value of a row anew.

        Raises:
            TamperedError: it does not open.
        """
        values = dict(row._mapping)  # noqa: SLF001 - the library's public name for it
        place, bound = self.under.bound_to(values)
        old = bytes(values[self.column.name])
        return Renewed(
            self.key_of(row), old, vault.seal_shared(place, bound, vault.open_shared(place, bound, old))
        )

    def write(self, connection: Connection, renewed: Collection[Renewed]) -> None:
        """Write values where the old ones still stand.

        On PostgreSQL the rows are locked first, and those that somebody else holds are passed over: so nobody
        waits for this transaction while it waits for him. They are found again by the next pass.
        """
        mine = self._locked(connection, renewed)
        table = self.column.table
        same = [column == bindparam(f"of_{column.name}", type_=column.type) for column in self._keys]
        statement = update(table).where(*same, self.column == bindparam("old_value", type_=self.column.type))
        values = {self.column.name: bindparam("new_value", type_=self.column.type)}
        if self.under.version:
            values[self.under.version] = bindparam("new_version")
        rows = [self._parameters(one) for one in renewed if one.key in mine]
        if rows:
            connection.execute(statement.values(values), rows)

    def _parameters(self, one: Renewed) -> dict[str, Any]:
        named = {f"of_{column.name}": value for column, value in zip(self._keys, one.key, strict=True)}
        said = {**named, "old_value": one.old, "new_value": one.new}
        return said | ({"new_version": version_of(one.new)} if self.under.version else {})

    def _locked(self, connection: Connection, renewed: Collection[Renewed]) -> set[Key]:
        wanted = [one.key for one in renewed]
        if connection.dialect.name != "postgresql":
            return set(wanted)
        keys = list(self._keys)
        held = (
            select(*keys).where(tuple_(*keys).in_(wanted)).with_for_update(skip_locked=True, key_share=True)
        )
        return {tuple(row) for row in connection.execute(held)}

    def _under_another(self, version: int) -> ColumnElement[bool]:
        head = SHARED + version.to_bytes(2)
        return and_(_beginning(self.column, 1) == SHARED, _beginning(self.column, HEAD) != head)

    @property
    def _keys(self) -> Iterator[Column[Any]]:
        yield from self.column.table.primary_key.columns

    @property
    def _bound(self) -> Iterator[Column[Any]]:
        """The columns out of which place and row of a value are told."""
        columns = self.column.table.c
        yield from (
            one for one in columns if one.name == self.under.row or f"{{{one.name}}}" in self.under.place
        )


def every_sealed() -> list[Sealed]:
    """List all columns of all rooms with values under a master key."""
    import_tables()
    return [Sealed(column, under) for column, under in under_a_master_key()]


def _beginning(column: Column[bytes], length: int) -> ColumnElement[bytes]:
    return func.substr(column, 1, length, type_=LargeBinary)


def _past(keys: list[Column[Any]], after: Key | None) -> ColumnElement[bool]:
    if after is None:
        return ~false()
    values = [bindparam(None, value, type_=column.type) for column, value in zip(keys, after, strict=True)]
    return tuple_(*keys) > tuple_(*values)
