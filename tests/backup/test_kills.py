"""A killed backup or restore leaves nothing that looks whole, and the next one goes through."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.backup import folders, restoring, taking
from registry.backup.restoring import look_through, restore
from registry.backup.taking import take_data
from registry.cli import main
from registry.config import Settings
from registry.errors import InvalidError, UnavailableError
from registry.work import Registry
from tests.backup.conftest import PASSPHRASE, Copies, checked, live, publish, quiet

Step = Callable[..., object]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed(target: Step, *arguments: object) -> None:
    """Run a function in a process of its own, which does not survive it."""
    child = multiprocessing.get_context("fork").Process(target=target, args=arguments)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


def take_and_die(at: str, registry: Registry, out: Path) -> None:
    registry.engine.dispose(close=False)
    places = {
        "the database": (taking, "_copy_database"),
        "the manifest": (taking.Manifest, "write"),
        "the sync": (folders, "_sync_all"),
    }
    if at == "the rename":
        Path.rename = die  # type: ignore[method-assign,assignment]
    else:
        setattr(*places[at], die)
    take_data(registry.settings, out, registry.now(), quiet)


@pytest.mark.parametrize("at", ["the database", "the manifest", "the sync", "the rename"])
def test_a_killed_backup_leaves_no_copy(registry: Registry, copies: Copies, at: str) -> None:
    live(registry, 2)
    out = copies.folder / "copy"
    killed(take_and_die, at, registry, out)
    assert not out.exists()
    for left in copies.folder.iterdir():
        with pytest.raises(InvalidError):
            look_through(copies.place(), out, None)
        assert left.name == ".copy.unfinished"
    take_data(registry.settings, out, registry.now(), quiet)
    assert [path.name for path in copies.folder.iterdir()] == ["copy"]


def restore_and_die(at: str, place: Settings, data: Path, keys: Path) -> None:
    looked = look_through(place, data, keys, PASSPHRASE)
    if at == "the files":
        restoring.copy_file = die  # type: ignore[assignment]
    elif at == "the database":
        restoring.restore_sqlite = restoring.restore_postgresql = die  # type: ignore[assignment]
    else:
        folders._sync_all = die  # type: ignore[assignment] # noqa: SLF001 - the last step before the name
    restore(place, looked, None, quiet)


@pytest.mark.parametrize("at", ["the files", "the database", "the end"])
def test_a_killed_restore_leaves_no_home(registry: Registry, copies: Copies, at: str) -> None:
    live(registry, 2)
    publish(registry)
    registry.files.put(live(registry)[0], b"a paper")
    data, keys = copies.take(registry)
    place = copies.place()
    killed(restore_and_die, at, place, data, keys)
    assert not place.home.exists()
    if at == "the end" and registry.engine.dialect.name == "postgresql":
        # The tables are there, the keys are not: nothing starts on them, and nothing is put on top of them.
        with pytest.raises(InvalidError, match="База данных не пуста"):
            look_through(place, data, keys, PASSPHRASE)
        return
    restore(place, look_through(place, data, keys, PASSPHRASE), None, quiet)
    back = Registry.open(place)
    assert checked(back).status == 0
    back.engine.dispose()


def test_the_commands_copy_and_restore_with_a_passphrase_from_a_file(
    registry: Registry, copies: Copies, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    live(registry, 2)
    publish(registry)
    secret = copies.folder / "passphrase"
    secret.write_text(PASSPHRASE + "\n")
    monkeypatch.setenv("REGISTRY_HOME", str(registry.settings.home))
    monkeypatch.setenv("REGISTRY_DATABASE_URL", registry.settings.database_url)
    data, keys = str(copies.folder / "data"), str(copies.folder / "keys")
    together = ["backup", "--out", data, "--keys-out", data, "--passphrase-file", str(secret)]
    assert main(together) == 1
    assert "--keys-together" in capsys.readouterr().err
    assert not Path(data).exists()
    assert main(["backup", "--out", data, "--keys-out", keys, "--passphrase-file", str(secret)]) == 0
    place = copies.place()
    monkeypatch.setenv("REGISTRY_DATABASE_URL", place.database_url)
    words = ["restore", "--from", data, "--keys-from", keys, "--home", str(place.home)]
    assert main([*words, "--passphrase-file", str(secret)]) == 0
    assert "trail verify" in capsys.readouterr().out
    assert main([*words, "--passphrase-file", str(secret)]) == 1
    back = Registry.open(place)
    assert checked(back).status == 0
    back.engine.dispose()


def test_keys_may_lie_below_the_data_when_that_is_said(
    registry: Registry, copies: Copies, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = copies.folder / "passphrase"
    secret.write_text(PASSPHRASE)
    monkeypatch.setenv("REGISTRY_HOME", str(registry.settings.home))
    monkeypatch.setenv("REGISTRY_DATABASE_URL", registry.settings.database_url)
    out = copies.folder / "both"
    words = ["backup", "--out", str(out), "--keys-out", str(out), "--keys-together"]
    assert main([*words, "--passphrase-file", str(secret)]) == 0
    assert look_through(copies.place(), out, out / "keys", PASSPHRASE).keys


def test_a_missing_client_of_postgresql_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("registry.backup.postgresql.DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match=r"Нет программы pg_dump: .*postgresql-client"):
        taking.copy_postgresql("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path, quiet)
