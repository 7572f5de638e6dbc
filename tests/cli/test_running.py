"""`run` tells what to open, as whom and what to try; its data stay; a taken port is said with its setting."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from registry.access.models.tables import role_assignments, users
from registry.cli.processes import answers, free_ports
from registry.sandbox.demo.browser import Browser
from registry.sandbox.sample.region import PASSWORD
from tests.cli.test_stopping import PATIENCE_S, of_home, wait_for

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "class-7A.xlsx"
PUPILS = 28
ROLES = {"tutor", "clerk", "director", "coordinator", "operator", "auditor", "administrator"}
COMMAND = [sys.executable, "-m", "registry", "run"]


@dataclass(frozen=True)
class Machine:
    """One home, its ports and its database, for all tests of this file."""

    home: Path
    web: int
    platform: int
    mailbox: int
    smtp: int
    esia: int
    tsa: int

    @property
    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "REGISTRY_HOME": str(self.home),
            "REGISTRY_PORT": str(self.web),
            "REGISTRY_BASE_URL": f"http://127.0.0.1:{self.web}",
            "REGISTRY_PLATFORM_URL": f"http://127.0.0.1:{self.platform}",
            "REGISTRY_SMS_URL": f"http://127.0.0.1:{self.mailbox}/sms",
            "REGISTRY_SMTP_PORT": str(self.smtp),
            "REGISTRY_ESIA_URL": f"http://127.0.0.1:{self.esia}",
            "REGISTRY_TSA_URL": f"http://127.0.0.1:{self.tsa}",
        }

    @contextmanager
    def running(self) -> Iterator[str]:
        """Start the run and give what it printed until it stands; end it with the block."""
        log = self.home.with_name("log")
        with log.open("w") as said:
            process = subprocess.Popen(COMMAND, env=self.environ, stdout=said, stderr=said)
        try:
            wait_for("Ctrl-C", log, process)
            yield log.read_text()
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 0, log.read_text()

    def staff(self, login: str) -> Browser:
        browser = Browser(f"http://127.0.0.1:{self.web}")
        form = browser.get("/sign-in").form("sign-in")
        assert browser.submit(form, login=login, password=PASSWORD).status == 200
        return browser

    def logins(self) -> dict[str, set[str]]:
        """Name the logins of each role that somebody of the sample region has."""
        engine = create_engine(f"sqlite:///{self.home / 'registry.sqlite3'}")
        query = select(role_assignments.c.role, users.c.login).join_from(role_assignments, users)
        found: dict[str, set[str]] = {}
        with engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.role, set()).add(row.login)
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("run") / "home", *free_ports(6))


def upload(machine: Machine) -> None:
    """Upload the sample list and approve it, as the clerk."""
    with closing(machine.staff("clerk-17")) as clerk:
        form = clerk.get("/schools/rosters").form("/rosters")
        review = clerk.upload(form, SAMPLE.name, SAMPLE.read_bytes())
        assert clerk.submit(review.form("/approve")).status == 200


def pupils(machine: Machine) -> set[str]:
    """Read the names on the page of the class, as its tutor."""
    with closing(machine.staff("tutor-17-7а")) as tutor:
        shown = tutor.get(tutor.get("/schools/").link("/classes/"))
    return {words for link, words in shown.links.items() if "/people/" in link}


def test_it_tells_addresses_logins_of_every_role_and_first_steps_and_a_second_start_keeps_the_data(
    machine: Machine,
):
    with machine.running() as printed:
        for port in (machine.web, machine.platform, machine.mailbox, machine.esia):
            assert f"http://127.0.0.1:{port}/" in printed
            assert answers(f"http://127.0.0.1:{port}/")
        assert answers(f"http://127.0.0.1:{machine.tsa}/health")
        assert (machine.home / "keys" / "tsa.crt").exists()
        assert PASSWORD in printed
        shown = {line.split()[0] for line in printed.splitlines() if line.startswith("  ")}
        roles = machine.logins()
        assert set(roles) == ROLES
        assert [role for role, logins in roles.items() if not logins & shown] == []
        for login in shown & set().union(*roles.values()):
            machine.staff(login).close()
        assert "Что попробовать сначала" in printed
        assert "samples/school-17.xlsx" in printed
        assert "02.11.2020" in printed
        assert pupils(machine) == set()
        upload(machine)
        before = pupils(machine)
        assert len(before) >= PUPILS
    with machine.running():
        assert pupils(machine) == before
    assert of_home(machine.home) == []


def test_a_web_port_that_is_taken_is_said_with_its_setting_and_nothing_goes_on(machine: Machine):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # lines of the run before may linger
        other.bind(("127.0.0.1", machine.web))
        other.listen()
        ended = subprocess.run(
            COMMAND, env=machine.environ, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    assert ended.returncode == 1
    assert f"Порт {machine.web} занят" in ended.stderr
    assert "REGISTRY_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert of_home(machine.home) == []
