"""The walked-through installation and a browser, once for all tests here."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.crawl.looking import browsing
from tests.crawl.staging import Stage, playing


@pytest.fixture(scope="module")
def stage(empty_sqlite: Path, compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The installation after the story; how a page looks does not hang on the kind of the database."""
    folder = tmp_path_factory.mktemp("crawl")
    (folder / "home").mkdir(mode=0o700)
    (folder / "home" / "compiled").symlink_to(compiled)
    shutil.copy(empty_sqlite, folder / "registry.sqlite3")
    with playing(folder / "home", f"sqlite:///{folder}/registry.sqlite3") as played:
        yield played


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    with browsing() as started:
        yield started
