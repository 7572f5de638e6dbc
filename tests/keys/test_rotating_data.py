"""A new master key under everything, while others read and write, and whatever kills the run."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update

from registry.app import present_states
from registry.errors import ConflictError
from registry.keys import data_keys
from registry.keys.resealing import Resealed
from registry.people.models.persons import load_persons
from registry.storage.failpoints import Action as Blow
from registry.storage.failpoints import FailpointError, Strike, listening
from registry.storage.keyring import FILE, KeyRing
from registry.storage.resealing import every_sealed
from registry.storage.schema import metadata
from registry.storage.vault import subject_keys
from registry.trail.entries import SYSTEM, Entry, EntryType, ObjectRef
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry
from tests.clocks import Later
from tests.commands import Done, run_command
from tests.submissions.school import School, found_school

PEOPLE = 40
HOUR = timedelta(hours=1, minutes=1)
A_FILE = UUID(int=77)
PASSED = ("data-key.ring-before-row", "data-key.row-before-sealing", "data-key.batch-written")


@pytest.fixture
def filled(registry: Registry) -> School:
    """A school with people, contacts, entries of the trail and a file, all under the first master key."""
    school = found_school(registry)
    school.enrol(PEOPLE // 2)
    registry.files.put(A_FILE, b"a scan")
    return school


def rotate(registry: Registry, settle_s: float = 0) -> Resealed:
    return data_keys.rotate(registry, "плановая замена", lambda *_: None, settle_s)


def names(registry: Registry) -> set[str]:
    with registry.reading(SYSTEM) as work:
        ids = list(work.connection.execute(select(subject_keys.c.subject)).scalars())
        return {str(one.snils) for one in load_persons(work.connection, work.vault, ids).values()}


def stale(registry: Registry, version: int) -> dict[str, int]:
    return {name: number for name, number in data_keys.under_older_keys(registry, version).items() if number}


def assert_verified(registry: Registry) -> None:
    tend(registry.engine, registry.trail, registry.now())
    report = verify(registry.engine, registry.vault, registry.trail, present_states())
    assert report.status == 0, report.findings


def write_an_entry(registry: Registry) -> None:
    with registry.work(SYSTEM) as work:
        work.record(Entry(EntryType.SETTING_CHANGED, ObjectRef("note", work.new_id(), 1), None, None))


@contextmanager
def busy(*acts: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Let threads do something again and again inside the block; what went wrong is in the list."""
    over, wrong = Event(), list[BaseException]()

    def go(act: Callable[[], object]) -> None:
        while not over.is_set():
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
                wrong.append(error)

    threads = [Thread(target=go, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    try:
        yield wrong
    finally:
        over.set()
        for one in threads:
            one.join()


def test_everything_stands_under_the_new_key_while_another_process_reads_and_writes(
    registry: Registry, filled: School
) -> None:
    other = Registry.open(registry.settings)
    before = names(registry)
    with busy(lambda: names(other), lambda: filled.enrol(1), lambda: other.files.get(A_FILE)) as wrong:
        done = rotate(registry, settle_s=1.5)
    assert wrong == []
    assert (done.version, done.files, done.damaged) == (2, 1, {})
    assert done.values >= PEOPLE
    assert stale(other, 2) == {}
    assert names(other) >= before
    with other.reading(SYSTEM) as work:
        versions = work.connection.execute(select(subject_keys.c.master_version).distinct()).scalars().all()
    assert versions == [2]
    assert stat.S_IMODE((registry.settings.keys / FILE).stat().st_mode) == 0o600
    assert_verified(other)
    other.engine.dispose()


@pytest.mark.parametrize("name", PASSED)
def test_a_run_that_was_killed_is_gone_on_with(registry: Registry, filled: School, name: str) -> None:
    with listening(Strike(name, Blow.RAISE)), pytest.raises(FailpointError):
        rotate(registry)
    assert len(names(registry)) == PEOPLE
    other = Registry.open(registry.settings)
    assert len(names(other)) == PEOPLE
    assert rotate(other).version == 2
    other.engine.dispose()
    assert stale(registry, 2) == {}
    assert len(names(registry)) == PEOPLE
    assert filled.id
    assert_verified(registry)


def test_a_prepared_key_is_known_and_seals_nothing_until_it_is_told_to(
    registry: Registry, filled: School
) -> None:
    assert [data_keys.prepare(registry), data_keys.prepare(registry)] == [2, 2]
    assert KeyRing.load(registry.settings.keys).current == 1
    filled.enrol(1)
    assert stale(registry, 1) == {}
    assert rotate(registry).version == 2


def test_old_keys_go_only_when_nothing_stands_under_them_and_all_transactions_have_ended(
    registry: Registry, filled: School
) -> None:
    old = Registry.open(registry.settings)  # a process that has not looked at the ring for hours
    with pytest.raises(ConflictError):
        data_keys.retire(registry)
    rotate(registry)
    with pytest.raises(ConflictError, match="через час"):
        data_keys.retire(registry)
    clock = Later()
    clock.waited = HOUR
    with clock.ticking():
        old.vault._looked = float("inf")  # noqa: SLF001 - it was stopped for all this time, and does not look
        with old.work(SYSTEM) as work:
            old.vault.create_key(work.connection, work.new_id())
        with pytest.raises(ConflictError) as told:
            data_keys.retire(registry)
        assert told.value.values["places"] == "subject_keys.wrapped: 1"
        old.files.put(UUID(int=78), b"late")
        assert rotate(registry).version == 3
        clock.waited = 2 * HOUR
        assert data_keys.retire(registry) == [1, 2]
    assert list(KeyRing.load(registry.settings.keys).masters) == [3]
    assert registry.files.get(UUID(int=78)) == b"late"
    assert len(names(registry)) == PEOPLE
    assert filled.id
    assert_verified(registry)
    old.engine.dispose()


def test_two_machines_that_made_different_keys_of_one_version_are_told_apart(
    registry: Registry, filled: School
) -> None:
    first = KeyRing.load(registry.settings.keys)
    rotate(registry)
    first.with_new_version().write_over(registry.settings.keys)
    other = Registry.open(registry.settings)
    with pytest.raises(ConflictError, match="на другой машине"):
        rotate(other)
    other.engine.dispose()
    assert filled.id


def test_a_value_that_does_not_open_is_left_told_and_keeps_the_old_key(
    registry: Registry, filled: School
) -> None:
    with registry.work(SYSTEM) as work:
        other = work.connection.execute(select(subject_keys.c.wrapped)).scalars().first()
        work.connection.execute(
            insert(subject_keys).values(subject=UUID(int=5), wrapped=other, master_version=1)
        )
    assert rotate(registry).damaged == {"subject_keys.wrapped": 1}
    assert stale(registry, 2) == {"subject_keys.wrapped": 1}
    assert filled.id


def test_what_changed_between_reading_and_writing_is_not_written_over(
    registry: Registry, filled: School
) -> None:
    sealed = next(one for one in every_sealed() if one.name == "subject_keys.wrapped")
    ring = KeyRing.load(registry.settings.keys).with_new_version()
    ring.sealing_with(2).write_over(registry.settings.keys)
    registry.vault.follow()
    with registry.reading(SYSTEM) as work:
        rows = sealed.stale(work.connection, 2, None)
    renewed = [sealed.renew(registry.vault, row) for row in rows]
    newer = registry.vault.seal_shared("subject_keys.wrapped", renewed[0].key[0], b"newer" * 7)
    with registry.work(SYSTEM) as work:
        same = subject_keys.c.subject == renewed[0].key[0]
        work.connection.execute(update(subject_keys).where(same).values(wrapped=newer))
    with registry.work(SYSTEM) as work:
        sealed.write(work.connection, renewed)
    with registry.reading(SYSTEM) as work:
        kept = dict(work.connection.execute(select(subject_keys.c.subject, subject_keys.c.wrapped)).all())
    assert bytes(kept[renewed[0].key[0]]) == newer
    assert all(bytes(kept[one.key[0]]) == one.new for one in renewed[1:])
    assert len(renewed) == PEOPLE
    assert filled.id


def run(registry: Registry, *words: str, **environ: str) -> Done:
    said = {
        **os.environ,
        "REGISTRY_HOME": str(registry.settings.home),
        "REGISTRY_DATABASE_URL": registry.settings.database_url,
        **environ,
    }
    return run_command("keys", *words, environ=said)


def test_the_commands_tell_versions_age_and_what_was_done(registry: Registry, filled: School) -> None:
    write_an_entry(registry)
    told = run(registry, "data", "--check")
    assert (told.returncode, told.stdout.splitlines()[0][:3]) == (0, "1  ")
    told = run(registry, "data", "--check", REGISTRY_MASTER_KEY_DAYS="0")
    assert told.returncode == 1
    assert "REGISTRY" not in told.stderr
    told = run(registry, "rotate-data", "--why", "ключ могли видеть")
    assert told.returncode == 0, told.stderr
    assert "версии 2" in told.stdout
    assert run(registry, "rotate-data", "--retire").returncode == 1
    with registry.reading(SYSTEM) as work:
        keys = metadata.tables["data_keys"]
        assert work.connection.execute(select(keys.c.why)).scalars().all() == ["ключ могли видеть"]
        assert work.connection.execute(select(func.count()).select_from(subject_keys)).scalar() == PEOPLE
    assert filled.id


def test_a_ring_that_cannot_be_read_just_now_stops_nobody(registry: Registry, filled: School) -> None:
    path = registry.settings.keys / FILE
    kept = path.read_bytes()
    path.write_bytes(b"{")
    registry.vault.follow()
    assert len(names(registry)) == PEOPLE
    path.write_bytes(kept)
    registry.vault.follow()
    assert len(names(registry)) == PEOPLE
    assert filled.id
