"""Files that no row names are deleted after a day; a file that any row names never is."""

import os
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert

from registry.jobs import strays
from registry.jobs.names import ticks
from registry.letters.models import letters
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.clocks import Later

DAY_AFTER = strays.AGE + timedelta(minutes=1)


def stored(registry: Registry) -> set[UUID]:
    return registry.files.written_before(registry.now() + 2 * DAY_AFTER)


def stray(registry: Registry) -> UUID:
    """Write a file as a crash leaves it: nothing was committed, nothing taken back."""
    with registry.reading(SYSTEM) as work:
        file_id = work.new_id()
    registry.files.put(file_id, b"left behind")
    return file_id


def attached(registry: Registry) -> UUID:
    """Write a file with a letter that names it."""
    with registry.work(SYSTEM) as work:
        file_id = work.new_id()
        work.files.put(file_id, b"named")
        of = {"id": work.new_id(), "person_id": work.new_id(), "created_at": work.now}
        row = of | {"kind": "receipt", "channel": "email", "state": "queued", "attempts": 0}
        work.connection.execute(insert(letters).values(**row, attachment_id=file_id))
    return file_id


def clean(registry: Registry, after: timedelta = DAY_AFTER) -> None:
    with Later(after).ticking():
        strays.delete_strays(registry)


def test_a_file_that_no_row_names_is_deleted_after_a_day(registry: Registry):
    named, left = attached(registry), stray(registry)
    clean(registry, strays.AGE - timedelta(minutes=1))
    assert stored(registry) == {named, left}
    clean(registry)
    assert stored(registry) == {named}
    assert registry.files.get(named) == b"named"


def test_a_half_written_file_is_deleted_with_the_others(registry: Registry):
    named, left = attached(registry), stray(registry)
    path = next(registry.settings.home.glob(f"files/*/{left.hex}"))
    path.rename(path.with_suffix(".part"))
    clean(registry)
    assert stored(registry) == {named}
    assert not path.with_suffix(".part").exists()


def test_what_is_not_of_the_store_is_left_alone(registry: Registry):
    attached(registry)
    strange = registry.settings.home / "files" / "ab" / "notes.txt"
    strange.parent.mkdir(parents=True, exist_ok=True)
    strange.write_text("somebody's")
    os.utime(strange, (0, 0))
    clean(registry)
    assert strange.exists()


def test_beside_a_database_that_names_no_file_nothing_is_deleted(registry: Registry):
    named, left = attached(registry), stray(registry)
    with registry.work(SYSTEM) as work:
        work.connection.execute(delete(letters))
    clean(registry)
    assert stored(registry) == {named, left}


def test_more_strays_than_crashes_leave_are_told_of_and_left(
    registry: Registry, caplog: pytest.LogCaptureFixture
):
    named = attached(registry)
    left = {stray(registry) for _ in range(strays.MOST + 1)}
    clean(registry)
    assert stored(registry) == {named, *left}
    assert [one.message for one in caplog.records] == ["stray-files-left"]
    registry.files.remove(left.pop())
    clean(registry)
    assert stored(registry) == {named}


def test_strays_are_looked_for_at_the_start_and_once_a_day():
    tick = next(one for one in ticks() if one.name == "jobs.strays")
    assert tick.every == timedelta(days=1)
