"""Shelves of prepared installations, one a kind of database, and the mailbox that outlives all crashes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.letters import jobs
from tests.crash.outside import Mailbox
from tests.crash.shelf import Databases, ServerDatabases, Shelf, SqliteFiles
from tests.submissions.conftest import Keys, exchanged

__all__ = ["exchanged"]


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.open()
    yield box
    jobs.close_connections()
    box.close()


@pytest.fixture(scope="session")
def shelf_of(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    mailbox: Mailbox,
    exchanged: Keys,
) -> Callable[[str], Shelf]:
    """Give the shelf of a kind of database; the story is told for it when it is first asked for."""
    made: dict[str, Shelf] = {}

    def find(kind: str) -> Shelf:
        if kind not in made:
            folder: Path = tmp_path_factory.mktemp(f"crash-{kind}")
            databases: Databases
            if kind == "sqlite":
                databases = SqliteFiles(folder, request.getfixturevalue("empty_sqlite"))
            else:
                databases = ServerDatabases(request.getfixturevalue("postgres"))
            made[kind] = Shelf(kind, folder, exchanged, databases, mailbox)
            made[kind].fill()
        return made[kind]

    return find
