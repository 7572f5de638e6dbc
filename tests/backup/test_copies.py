"""A copy taken while others write is whole, opens with its keys, and is looked through before it is used."""

import json
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert

from registry.backup import taking
from registry.backup.manifest import read_manifest
from registry.backup.restoring import look_through, restore
from registry.backup.taking import demand_apart, take_data, take_keys
from registry.errors import InvalidError, NotFoundError, RegistryError
from registry.letters.models import letters
from registry.storage.keyring import KeyRing
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.backup.conftest import PASSPHRASE, Copies, checked, live, publish, quiet


def attach(registry: Registry, data: bytes) -> UUID:
    """Write a file and the row that names it, as a letter with an attachment does."""
    with registry.work(SYSTEM) as work:
        file_id = work.new_id()
        work.files.put(file_id, data)
        row = {
            "id": work.new_id(),
            "person_id": work.new_id(),
            "kind": "invitation",
            "channel": "email",
            "state": "waiting",
            "attachment_id": file_id,
            "attempts": 0,
            "created_at": work.now,
        }
        work.connection.execute(insert(letters).values(**row))
    return file_id


def test_everything_comes_back_elsewhere_and_verifies_and_opens(registry: Registry, copies: Copies) -> None:
    live(registry, 5)
    file_id = attach(registry, b"a paper")
    publish(registry)
    before = checked(registry)
    back = copies.put_back(*copies.take(registry))
    report = checked(back)
    assert (report.status, report.size, report.root) == (0, before.size, before.root)
    assert back.files.get(file_id) == b"a paper"
    assert stat.S_IMODE(back.settings.home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in back.settings.keys.glob("*.json")} == {0o600}
    back.engine.dispose()


def test_a_copy_taken_while_acts_and_files_are_written_is_one_moment(
    registry: Registry, copies: Copies
) -> None:
    with writing(registry) as written:
        reach(written, 20)
        taken = copies.take(registry)
        reach(written, len(written) + 5)
    back = copies.put_back(*taken)
    assert checked(back).status == 0
    named = [row for row in back_files(back) if row is not None]
    assert 20 <= len(named) < len(written)
    assert {len(back.files.get(one)) for one in named} == {20_000}
    back.engine.dispose()


@contextmanager
def writing(registry: Registry) -> Iterator[list[UUID]]:
    """Let three threads write entries and files, and publish, until the block ends."""
    stop = threading.Event()
    written: list[UUID] = []

    def write() -> None:
        while not stop.is_set():
            live(registry)
            written.append(attach(registry, os.urandom(20_000)))
            publish(registry)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        yield written
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def reach(written: list[UUID], number: int) -> None:
    while len(written) < number:
        time.sleep(0.01)


def back_files(registry: Registry) -> list[UUID]:
    with registry.reading(SYSTEM) as work:
        return list(
            work.connection.execute(letters.select().with_only_columns(letters.c.attachment_id)).scalars()
        )


def test_a_file_that_comes_and_goes_meanwhile_makes_the_copy_begin_anew(
    registry: Registry, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[UUID] = []
    whole = taking._copy_database  # noqa: SLF001 - the moment between two steps

    def between(*said: object) -> object:
        if not calls:
            calls.append(attach(registry, b"gone before it was copied"))
            done = whole(*said)  # type: ignore[arg-type]
            registry.files.remove(calls[0])
            registry.files.put(calls[0], b"back, as the second look finds it")
            (registry.settings.home / "files" / calls[0].hex[-2:] / calls[0].hex).rename(
                copies.folder / "away"
            )
            return done
        if (copies.folder / "away").exists():
            (copies.folder / "away").rename(
                registry.settings.home / "files" / calls[0].hex[-2:] / calls[0].hex
            )
        return whole(*said)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "_copy_database", between)
    back = copies.put_back(*copies.take(registry))
    assert back.files.get(calls[0]).startswith(b"back")
    back.engine.dispose()


def test_pipes_sockets_and_side_files_are_left_out(registry: Registry, copies: Copies) -> None:
    live(registry)
    os.mkfifo(registry.settings.keys / "pipe")
    data, keys = copies.take(registry)
    names = {path.name for folder in (data, keys) for path in folder.rglob("*") if path.is_file()}
    kind = "registry.sqlite3" if registry.engine.dialect.name == "sqlite" else "registry.pgdump"
    assert names == {kind, "manifest.json", "keys.sealed"}


def test_the_manifest_tells_where_the_trail_stood(registry: Registry, copies: Copies) -> None:
    live(registry, 2)
    publish(registry)
    live(registry, 1)
    manifest = read_manifest(copies.take(registry)[0], "data")
    assert (manifest.trail["epoch"], manifest.trail["size"], manifest.trail["published"]) == (1, 2, 2)
    assert manifest.database == registry.engine.dialect.name


def test_no_secret_stands_in_a_copy_of_data_or_unsealed_in_that_of_keys(
    registry: Registry, copies: Copies
) -> None:
    live(registry)
    said = json.loads((registry.settings.keys / "ring.json").read_text())
    secrets = [said["index"].encode(), *(key.encode() for key in said["masters"].values())]
    for folder in copies.take(registry):
        for path in folder.rglob("*"):
            assert not path.is_file() or not any(secret in path.read_bytes() for secret in secrets)


DAMAGES = {
    "a database with one bit changed": lambda data, _: flip(next(data.glob("registry.*"))),
    "a file with one bit changed": lambda data, _: flip(next((data / "files").rglob("*/*"))),
    "a file gone": lambda data, _: next((data / "files").rglob("*/*")).unlink(),
    "a file too many": lambda data, _: (data / "files" / "more").write_bytes(b"x"),
    "a file cut short": lambda data, _: cut(next(data.glob("registry.*"))),
    "a manifest changed": lambda data, _: edit(data / "manifest.json"),
    "no manifest": lambda data, _: (data / "manifest.json").unlink(),
    "keys with one bit changed": lambda _, keys: flip(keys / "keys.sealed"),
    "keys without a manifest": lambda _, keys: (keys / "manifest.json").unlink(),
}


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def edit(path: Path) -> None:
    path.write_text(path.read_text().replace('"published": 0', '"published": 9'))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_refused_by_name_before_anything_is_written(
    registry: Registry, copies: Copies, damage: str
) -> None:
    live(registry)
    attach(registry, b"a paper")
    data, keys = copies.take(registry)
    DAMAGES[damage](data, keys)
    place = copies.place()
    with pytest.raises(InvalidError) as refused:
        look_through(place, data, keys, PASSPHRASE)
    named = str(refused.value)
    assert str(keys if "keys" in damage else data) in named
    assert not place.home.exists()


def test_a_wrong_passphrase_opens_nothing(registry: Registry, copies: Copies) -> None:
    data, keys = copies.take(registry)
    with pytest.raises(InvalidError, match="пароль не тот"):
        look_through(copies.place(), data, keys, PASSPHRASE + "x")


def test_keys_of_another_installation_are_refused(registry: Registry, copies: Copies, tmp_path: Path) -> None:
    data, _ = copies.take(registry)
    other = tmp_path / "other"
    KeyRing.create(other / "keys")
    take_keys(replace(registry.settings, home=other), copies.folder / "alien", registry.now(), PASSPHRASE)
    with pytest.raises(InvalidError, match="не от этих данных"):
        look_through(copies.place(), data, copies.folder / "alien", PASSPHRASE)


def test_keys_are_not_laid_beside_the_data_unawares(tmp_path: Path) -> None:
    for keys in (tmp_path / "copy", tmp_path / "copy" / "keys", tmp_path):
        with pytest.raises(InvalidError, match="keys-together"):
            demand_apart(tmp_path / "copy", keys)
    demand_apart(tmp_path / "copy", tmp_path / "copy-keys")


def test_a_passphrase_that_could_be_guessed_seals_nothing(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="угадывается"):
        take_keys(registry.settings, tmp_path / "sealed", registry.now(), "password")
    assert not (tmp_path / "sealed").exists()


def test_nothing_is_restored_over_something(registry: Registry, copies: Copies) -> None:
    data, keys = copies.take(registry)
    place = copies.place()
    place.home.mkdir()
    (place.home / "mine").write_text("stays")
    with pytest.raises(InvalidError, match="не пуста"):
        look_through(place, data, keys, PASSPHRASE)
    with pytest.raises(InvalidError, match="не пуста"):
        take_data(registry.settings, place.home, registry.now(), quiet)
    if registry.engine.dialect.name == "postgresql":
        full = replace(place, home=copies.folder / "new", migration_url=registry.settings.database_url)
        with pytest.raises(InvalidError, match="База данных не пуста"):
            look_through(full, data, keys, PASSPHRASE)
    assert (place.home / "mine").read_text() == "stays"


def test_a_copy_of_one_kind_of_database_is_not_put_into_the_other(registry: Registry, copies: Copies) -> None:
    data, keys = copies.take(registry)
    other = {
        "sqlite": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "postgresql": f"sqlite:///{copies.folder / 'home' / 'registry.sqlite3'}",
    }[registry.engine.dialect.name]
    place = replace(copies.place(), database_url=other)
    with pytest.raises(InvalidError, match="REGISTRY_DATABASE_URL"):
        look_through(place, data, keys, PASSPHRASE)


def test_a_copy_of_a_newer_version_is_refused(registry: Registry, copies: Copies) -> None:
    data, keys = copies.take(registry)
    replace(read_manifest(data, "data"), migration="9999").write(data)
    with pytest.raises(InvalidError, match="9999"):
        look_through(copies.place(), data, keys, PASSPHRASE)


def test_a_restore_without_keys_does_not_start(registry: Registry, copies: Copies) -> None:
    data, _ = copies.take(registry)
    place = copies.place()
    restore(place, look_through(place, data), None, quiet)
    with pytest.raises(RegistryError, match="Связка ключей не найдена"):
        Registry.open(place)


def test_a_file_that_had_gone_before_is_no_obstacle(registry: Registry, copies: Copies) -> None:
    file_id = attach(registry, b"destroyed by law")
    registry.files.remove(file_id)
    back = copies.put_back(*copies.take(registry))
    with pytest.raises(NotFoundError):
        back.files.get(file_id)
    back.engine.dispose()
