"""Every process that serves or works refuses to start; `check` says the same without starting."""

import os
import subprocess
import sys

import pytest

from registry.cli import main
from tests.guards.source import ROOT

STARTS = (["serve"], ["work"], ["install"])


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [*STARTS, ["check"]], ids=lambda words: words[0])
def test_an_unsafe_start_is_refused_with_every_cause(production: dict[str, str], words: list[str]) -> None:
    spoilt = production | {"REGISTRY_BASE_URL": "http://consents.school.test", "REGISTRY_TODAY": "2020-11-02"}
    said = run(spoilt, "-m", "registry", *words)
    assert said.returncode == 1
    assert "production отклонён, причин: 2" in said.stderr
    assert "1. REGISTRY_TODAY: " in said.stderr
    assert "2. REGISTRY_BASE_URL: " in said.stderr
    assert "Traceback" not in said.stderr


def test_another_server_that_takes_the_wsgi_entry_is_refused_too(production: dict[str, str]) -> None:
    said = run(production | {"REGISTRY_SMS_URL": "http://127.0.0.1:8082/sms"}, "-c", "import wsgi")
    assert said.returncode == 1
    assert "SettingsError" in said.stderr


def test_the_stand_ins_are_no_part_of_a_production_start(production: dict[str, str]) -> None:
    said = run(production, "-m", "registry", "run")
    assert (said.returncode, "песочницу" in said.stderr) == (1, True)


def test_a_check_that_finds_nothing_says_so(
    production: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in production.items():
        monkeypatch.setenv(name, value)
    assert main(["check"]) == 0
    assert "Препятствий к запуску нет" in capsys.readouterr().out


def test_a_sandbox_says_plainly_that_it_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], production: dict[str, str]
) -> None:
    monkeypatch.setenv("REGISTRY_HOME", production["REGISTRY_HOME"])
    assert main(["check"]) == 0
    assert "Режим sandbox" in capsys.readouterr().out
