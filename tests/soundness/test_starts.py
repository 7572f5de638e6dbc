"""Every process that serves or works refuses to start; `check` says the same without starting."""

import io
import os
import subprocess
import sys

import httpx
import pytest

from registry.cli import main
from tests.guards.source import ROOT
from tests.servers import Postgres, free_port

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


def test_a_server_on_a_database_that_forgets_does_not_start(
    production: dict[str, str], postgres: Postgres
) -> None:
    """The tests' own PostgreSQL is such a one: nothing of it is durable, and its role may do everything."""
    said = run(production | {"REGISTRY_DATABASE_URL": postgres.url("postgres")}, "-m", "registry", "serve")
    assert said.returncode == 1
    for name in ("fsync", "full_page_writes", "synchronous_commit", "SUPERUSER"):
        assert name in said.stderr
    assert postgres.password not in said.stderr + said.stdout


def test_a_sound_installation_is_set_up_and_serves_its_own_name_only(production: dict[str, str]) -> None:
    environ = production | {"REGISTRY_PORT": str(free_port())}
    assert run(environ, "-m", "registry", "install").returncode == 0
    server = subprocess.Popen(
        [sys.executable, "-m", "registry", "serve"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        stdout=subprocess.PIPE,
    )
    address = f"http://127.0.0.1:{environ['REGISTRY_PORT']}/sign-in"
    try:
        assert b"production" in (server.stdout or io.BytesIO()).readline()
        own = httpx.Client(transport=httpx.HTTPTransport(retries=10), trust_env=False, timeout=30)
        with own:
            answer = own.get(address, headers={"Host": "consents.school.test"})
            assert answer.status_code == 200
            assert answer.headers["Set-Cookie"].startswith("__Host-")
            assert own.get(address, headers={"Host": "evil.test"}).status_code == 400
    finally:
        server.terminate()
        server.communicate(timeout=60)


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
