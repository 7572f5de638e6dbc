"""A process starts with what it needs: its own command's code, and templates that were compiled before."""

import subprocess
import sys
from pathlib import Path

import pytest

from registry.cli import COMMANDS, main
from registry.cli.setting_up import prepare
from registry.config import load_settings
from tests.guards.source import ROOT


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_offered_by_the_module_that_is_loaded_for_it(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"registry {command}" in capsys.readouterr().out


def test_the_list_of_commands_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert {line.split()[0] for line in told.splitlines() if line.startswith("    ") and line[4] != " "} == {
        *COMMANDS
    }


def test_a_server_starts_without_the_libraries_of_other_commands_and_of_rare_work() -> None:
    words = "import sys, registry.cli.serve as one; one._load_once(); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert {"registry.consents.pages", "registry.submissions.pages"} <= loaded
    assert not loaded & {"alembic", "aiosmtpd", "openpyxl", "registry.backup", "registry.sandbox.demo"}
    assert not loaded & {"aiohttp", "email_validator", "pyhanko"}


def test_the_first_page_is_compiled_by_the_set_up(tmp_path: Path) -> None:
    settings = load_settings({"REGISTRY_HOME": str(tmp_path / "home")})
    prepare(settings, lambda _: None).engine.dispose()
    compiled = list(settings.compiled.iterdir())
    assert len(compiled) > 10
    assert settings.compiled.stat().st_mode & 0o077 == 0
