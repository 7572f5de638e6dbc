"""Every file has a column that names it, and each such column is marked: no room can be forgotten."""

import ast

from registry.storage.file_names import holders
from registry.storage.schema import metadata
from tests.guards.source import dotted, modules

FEWEST = 5
WRITES_FOR_OTHERS = {"registry/storage/files.py"}


def written() -> list[tuple[str, str]]:
    """Give the last name of the id under which each file is written, with where that stands."""
    return [
        (f"{module.path}:{call.lineno}", dotted(call.args[0]).rpartition(".")[2])
        for module in modules()
        if module.path not in WRITES_FOR_OTHERS
        for call in module.calls
        if dotted(call.func).endswith("files.put")
    ]


def test_every_column_that_names_a_file_is_marked() -> None:
    marked = {str(column) for column in holders()}
    named = {
        str(column)
        for table in metadata.sorted_tables
        for column in table.c
        if column.name.endswith("_file") or column.name == "attachment_id"
    }
    assert marked == named
    assert len(marked) >= FEWEST


def test_every_file_is_written_under_an_id_for_which_there_is_a_marked_column() -> None:
    names = {column.name for column in holders()}
    assert [where for where, name in written() if name not in names] == []
    assert len(written()) >= FEWEST


def test_nobody_writes_files_past_the_store() -> None:
    """The store is opened where the registry is, and nowhere else: `put` is called on `files`."""
    openers = {
        module.path
        for module in modules()
        for call in module.calls
        if isinstance(call.func, ast.Name) and call.func.id in {"FileStore", "UnitFiles"}
    }
    assert openers == {"registry/work.py"}
