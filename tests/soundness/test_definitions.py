"""A process started alone looks at the definitions as the set-up does: a broken one stops it, in words."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from registry.app import load_names
from registry.config import load_settings
from registry.errors import SettingsError
from registry.soundness.definitions import definition_faults, demand_definitions
from registry.work import Registry
from registry.workflows import usecases, versions
from registry.workflows.names import NAMES
from tests.guards.source import ROOT
from tests.servers import free_port
from tests.workflows.tiny import ROBOT, TINY, publish_tiny, thing

SERVE = ["-m", "registry", "serve"]
WORK = ["-m", "registry", "work"]
OTHERS = ["-c", "import wsgi"]


def environment(home: Path, url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "REGISTRY_HOME": str(home),
        "REGISTRY_DATABASE_URL": url,
        "REGISTRY_PORT": str(free_port()),
    }


def refused(environ: Mapping[str, str], starts: Sequence[list[str]], where: Path = ROOT) -> list[str]:
    """Start processes side by side, and give what each says of why it does not go on."""
    began = [
        subprocess.Popen(
            [sys.executable, *words],
            cwd=where,
            env={**environ},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for words in starts
    ]
    try:
        said = [process.communicate(timeout=60)[1].decode() for process in began]
    finally:
        for process in began:
            process.kill()
    assert [process.returncode for process in began] == [1] * len(starts), said
    return said


def copy_of_the_code(folder: Path) -> Path:
    """Lay an installation's code out, of links to the files of this one; give the folder of definitions."""
    inner = ("registry", "registry/workflows", "registry/workflows/definitions")
    for part in inner:
        (folder / part).mkdir(parents=True)
        for path in (ROOT / part).iterdir():
            if f"{part}/{path.name}" not in inner:
                (folder / part / path.name).symlink_to(path)
    return folder / inner[-1]


def spoil(file: Path, before: str, after: str) -> int:
    """Put a mistake into a file; give its line."""
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    file.unlink()
    file.write_text(text.replace(before, after), "utf-8")
    return text[: text.index(before)].count("\n") + 1


def test_a_broken_file_stops_server_and_worker_with_file_line_key_and_reason(
    sqlite_url: str, registry_home: Path, tmp_path: Path
) -> None:
    code = tmp_path / "code"
    file = copy_of_the_code(code) / "submission.toml"
    line = spoil(file, 'to = "prepared"', 'to = "preparedd"')
    for said in refused(environment(registry_home, sqlite_url), [SERVE, WORK], code):
        assert f"submission.toml неверно. строка {line}, transitions.prepare.to: " in said
        assert "состояния «preparedd» нет" in said
        assert "Traceback" not in said


def test_a_version_that_a_case_runs_on_stops_them_when_the_owner_of_a_name_is_gone(
    registry: Registry,
) -> None:
    """The room of the tests that owns the guard is no room of a real start."""
    publish_tiny(registry)
    with registry.work(ROBOT) as work:
        usecases.start(work, "tiny", thing(), None)
    environ = environment(registry.settings.home, registry.settings.database_url)
    server, worker, other = refused(environ, [SERVE, WORK, OTHERS])
    for said in (server, worker):
        assert "Версия 1 процесса «tiny» в базе данных неверна" in said
        assert "transitions.check.guards: имени «tiny.open» нет ни у одной комнаты" in said
        assert "Traceback" not in said
    assert "SettingsError: Версия 1 процесса «tiny»" in other


def test_an_installation_that_was_never_set_up_is_told_what_to_do(
    registry_home: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nothing.sqlite3"
    settings = load_settings(
        {"REGISTRY_HOME": str(registry_home), "REGISTRY_DATABASE_URL": f"sqlite:///{nowhere}"}
    )
    with pytest.raises(SettingsError, match="install"):
        demand_definitions(settings)
    assert not nowhere.exists()
    assert list(definition_faults(settings)) == []


def test_a_check_before_a_start_finds_the_same(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_tiny(registry)
    with registry.work(ROBOT) as work:
        usecases.start(work, "tiny", thing(), None)
    load_names()
    assert list(definition_faults(registry.settings)) == []
    monkeypatch.delitem(NAMES.guards, "tiny.open")
    (fault,) = definition_faults(registry.settings)
    assert "tiny.open" in fault.sentence


def test_what_new_cases_begin_with_is_looked_at_and_what_nobody_ships_or_runs_is_not(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_tiny(registry)
    monkeypatch.delitem(NAMES.guards, "tiny.open")
    later = TINY.replace("version = 1", "version = 2").replace('guards = ["tiny.open"]\n', "")
    later = later.replace("immediate = true", 'by = ["system"]')
    with registry.reading(ROBOT) as work:
        versions.demand_sound(work.connection, {})
        with pytest.raises(SettingsError, match=r"Версия 1 .*tiny\.open"):
            versions.demand_sound(work.connection, {"tiny.toml": later})
