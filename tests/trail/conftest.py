"""A log on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trail.hand import Log, open_log


@pytest.fixture
def log(database_url: str, tmp_path: Path) -> Iterator[Log]:
    """An empty log, once on each database."""
    opened = open_log(database_url, tmp_path)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def sqlite_log(sqlite_url: str, tmp_path: Path) -> Iterator[Log]:
    """An empty log on SQLite, for what does not differ."""
    opened = open_log(sqlite_url, tmp_path)
    yield opened
    opened.engine.dispose()
