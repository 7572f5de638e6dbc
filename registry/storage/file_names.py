"""Which files the database names: what a copy takes along, and what may never be taken for a stray.

A room says which ids of files it holds by marking the columns that hold them (`NAMES_FILE`); tests hold that
no such column is without the mark, and that nothing is written under an id for which there is none.
"""

from uuid import UUID

from sqlalchemy import Column, Connection, select

from registry.storage.every_table import import_tables
from registry.storage.schema import NAMES_FILE, metadata


def holders() -> list[Column[UUID]]:
    """List the columns of all rooms that hold ids of files."""
    import_tables()
    return [column for table in metadata.sorted_tables for column in table.c if column.info.get(NAMES_FILE)]


def named_files(connection: Connection) -> frozenset[UUID]:
    """Read the ids of all files that any row names; one statement a column."""
    return frozenset(
        one
        for column in holders()
        for one in connection.execute(select(column).where(column.is_not(None))).scalars()
    )
