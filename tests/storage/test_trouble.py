"""A full disk, a file that is only read, a server that is away: said in words, nothing half-written stays."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from registry.config import load_settings
from registry.errors import UnavailableError
from registry.storage.engine import make_engine
from registry.storage.keyring import KeyRing
from registry.storage.outbox import promises
from registry.storage.trouble import retell, surely_undone
from registry.trail.entries import SYSTEM
from registry.trail.keys import TrailKeys
from registry.work import Registry
from tests.disk import no_room, sqlite_told

FILE = UUID("01942f7e-1111-7000-8000-00000000000f")
BIG = b"x" * 100_000


def stored(registry: Registry) -> list[Path]:
    return [path for path in (registry.settings.home / "files").rglob("*") if path.is_file()]


def write(registry: Registry) -> None:
    """Change a row and write a file, as an upload does."""
    with registry.work(SYSTEM) as work:
        work.later("test.job", said="x" * 50_000)
        work.files.put(FILE, BIG)


def fill(registry: Registry, before_the_commit: Callable[[], object] = lambda: None) -> None:
    """Write a file, and more rows than fit into the free space of a page."""
    with registry.work(SYSTEM) as work:
        work.files.put(FILE, BIG)
        for _ in range(50):
            work.later("test.job", said="x" * 50_000)
        before_the_commit()


def promised(registry: Registry) -> int:
    with registry.reading(SYSTEM) as work:
        return len(work.connection.execute(promises.select()).all())


def test_a_file_that_does_not_fit_on_the_disk_leaves_nothing_of_itself(registry: Registry) -> None:
    with no_room(len(BIG) // 2), pytest.raises(UnavailableError) as told:
        registry.files.put(FILE, BIG)
    assert told.value.slug == "storage-full"
    assert stored(registry) == []
    registry.files.put(FILE, BIG)
    assert registry.files.get(FILE) == BIG


def test_a_unit_that_finds_no_room_changes_nothing_and_works_when_there_is_room(registry: Registry) -> None:
    with no_room(len(BIG) // 2), pytest.raises(UnavailableError, match="Повторите позже"):
        write(registry)
    assert (stored(registry), promised(registry)) == ([], 0)
    write(registry)
    assert (len(stored(registry)), promised(registry)) == (1, 1)


def test_a_unit_that_fails_takes_its_files_with_it(registry: Registry) -> None:
    def fail() -> None:
        with registry.work(SYSTEM) as work:
            work.files.put(FILE, BIG)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert stored(registry) == []


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_url: str) -> Iterator[Registry]:
    """A registry whose database is a file of this process."""
    settings = load_settings({"REGISTRY_HOME": str(tmp_path / "home"), "REGISTRY_DATABASE_URL": sqlite_url})
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    opened = Registry.open(settings)
    yield opened
    opened.engine.dispose()


@pytest.mark.parametrize(
    ("pragma", "slug"), [("max_page_count=1", "storage-full"), ("query_only=ON", "storage-read-only")]
)
def test_sqlite_that_is_full_or_only_read_says_so_and_leaves_no_file(
    on_sqlite: Registry, pragma: str, slug: str
) -> None:
    with sqlite_told(on_sqlite.engine, pragma):
        with pytest.raises(UnavailableError) as told:
            fill(on_sqlite)
        assert told.value.slug == slug
        assert stored(on_sqlite) == []
    assert promised(on_sqlite) == 0
    write(on_sqlite)
    assert promised(on_sqlite) == 1


def test_sqlite_whose_commit_finds_no_room_leaves_no_file(on_sqlite: Registry) -> None:
    """The pages are written at the commit: the file was whole by then."""
    with pytest.raises(UnavailableError) as told, ExitStack() as limits:
        fill(on_sqlite, lambda: limits.enter_context(no_room()))
    assert told.value.slug == "storage-broken"
    assert (stored(on_sqlite), promised(on_sqlite)) == ([], 0)
    write(on_sqlite)


def test_a_database_that_another_writer_holds_too_long_is_busy(
    on_sqlite: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.storage.turns.PATIENCE", 0.2)
    file = on_sqlite.engine.url.database
    assert file
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError) as told:
            write(on_sqlite)
        other.execute("ROLLBACK")
    other.close()
    assert told.value.slug == "storage-busy"


def test_a_server_that_is_away_is_said_to_be_away(registry: Registry) -> None:
    nowhere = make_engine("postgresql+psycopg://registry:x@127.0.0.1:1/none?connect_timeout=2")
    lost = Registry(registry.settings, nowhere, registry.vault, registry.files, registry.trail)
    for unit in (lost.work, lost.reading):
        with pytest.raises(UnavailableError) as told, unit(SYSTEM):
            pytest.fail("no transaction can begin")
        assert told.value.slug == "storage-away"


def test_a_connection_that_the_server_ends_is_said_to_be_away_and_the_next_one_works(
    postgresql_url: str, registry: Registry
) -> None:
    engine = make_engine(postgresql_url)
    there = Registry(registry.settings, engine, registry.vault, registry.files, registry.trail)
    end = text("SELECT pg_terminate_backend(:pid)")

    def write_on_a_line_that_ends() -> None:
        with there.work(SYSTEM) as work:
            pid = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with there.work(SYSTEM) as other:
                other.connection.execute(end, {"pid": pid})
            work.later("test.job")

    with pytest.raises(UnavailableError) as told:
        write_on_a_line_that_ends()
    assert told.value.slug == "storage-away"
    assert promised(there) == 0
    write(there)
    engine.dispose()


def test_what_is_wrong_with_the_request_itself_stays_the_error_that_it_is(engine: Engine) -> None:
    row = {"id": uuid4(), "job": "j", "arguments": {}, "lane": 0, "attempts": None}
    with pytest.raises(IntegrityError) as wrong, engine.begin() as connection:
        connection.execute(promises.insert(), row)
    with pytest.raises(IntegrityError):
        retell(wrong.value)
    with pytest.raises(DBAPIError) as unknown, engine.begin() as connection:
        connection.execute(text("SELECT no_such_column FROM promises"))
    with pytest.raises(type(unknown.value)):
        retell(unknown.value)


def test_only_a_line_that_broke_leaves_open_whether_the_commit_took_place(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as said, engine.begin() as connection:
        connection.execute(text("SELECT no_such_column FROM promises"))
    assert surely_undone(said.value)
    broken = DBAPIError("COMMIT", {}, Exception("the line broke"), connection_invalidated=True)
    assert not surely_undone(broken)
