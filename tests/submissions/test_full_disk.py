"""Freezing, sealing and sending on a disk without room: nothing half-written, nothing lost."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.errors import UnavailableError
from registry.jobs.worker import keep_due_promises
from registry.storage.files import FileStore
from registry.storage.outbox import promises
from registry.submissions.spreadsheet import spreadsheet
from registry.trail.entries import SYSTEM
from tests.disk import no_room
from tests.submissions import way
from tests.submissions.conftest import Platform
from tests.submissions.school import School


def stored(school: School) -> list[Path]:
    folder = school.registry.settings.home / "files"
    return sorted(path for path in folder.rglob("*") if path.is_file())


@contextmanager
def full_store() -> Iterator[None]:
    """The disk of the file store alone has no room; keys and database stand on others."""
    put = FileStore.put

    def put_without_room(store: FileStore, file_id: UUID, data: bytes) -> None:
        with no_room(1000):
            put(store, file_id, data)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FileStore, "put", put_without_room)
        yield


def errors(school: School) -> list[str]:
    with school.registry.reading(SYSTEM) as work:
        query = select(promises.c.last_error).where(promises.c.last_error.is_not(None))
        return sorted(work.connection.execute(query).scalars())


def test_a_freeze_without_room_leaves_the_school_as_it_was(school: School) -> None:
    way.ready_school(school, 2)
    with full_store(), pytest.raises(UnavailableError, match="Повторите позже"):
        way.prepare(school)
    assert stored(school) == []
    submission = way.prepare(school)
    assert (submission.state, len(stored(school))) == ("prepared", 1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library's own leavings
def test_a_spreadsheet_that_does_not_fit_on_the_systems_disk_is_told_in_words() -> None:
    with no_room(1000), pytest.raises(UnavailableError) as told:
        spreadsheet(["Класс"], [[f"{number} Ё"] for number in range(5_000)])
    assert told.value.slug == "storage-full"
    told.value.__cause__ = None
    gc.collect()


def test_a_message_that_the_disk_cannot_take_is_sealed_and_sent_once_there_is_room(
    school: School, platform: Platform
) -> None:
    way.ready_school(school, 2)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    before = stored(school)
    with full_store():
        keep_due_promises(school.registry)
    assert way.now(school, submission).state == "signed_off"
    assert errors(school) == ["UnavailableError storage-full"]
    assert stored(school) == before
    assert platform.received == []
    way.hurry(school.registry)
    way.drain(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1
    assert errors(school) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_whose_database_has_no_room_takes_no_promise_and_goes_on_later(
    school: School, platform: Platform
) -> None:
    way.ready_school(school, 2)
    submission = way.prepare(school)
    way.sign_off(school, submission)
    before = stored(school)
    with no_room(), pytest.raises(UnavailableError, match="Диск сервера не принял запись"):
        keep_due_promises(school.registry)
    assert (way.now(school, submission).state, stored(school)) == ("signed_off", before)
    way.drain(school.registry)
    assert way.now(school, submission).state == "acknowledged"
    assert len(platform.messages()) == 1
