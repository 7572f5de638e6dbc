"""The processes of one installation: started together, watched, stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from registry.config import Settings
from registry.errors import N_, SettingsError, UnavailableError

PATIENCE = 60
STOPPING = 15
REPEATED_EVERY = 1.0
WEB_PROCESSES = 2
"""One a core of the smallest machine that schools have: Python uses one core a process."""


@dataclass(slots=True)
class Processes:
    """Web, worker and sandbox of one installation; leaving the block stops them all."""

    settings: Settings
    environ: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self.stop()

    def start_sandbox(self) -> None:
        """Start platform, mailbox, ESIA and time stamps, and wait until they answer."""
        ports, esia, tsa = sandbox_ports(self.settings), esia_port(self.settings), tsa_port(self.settings)
        more = {"REGISTRY_ESIA_URL": esia, "REGISTRY_TSA_URL": tsa}
        for variable, port in (ports | {name: port for name, port in more.items() if port}).items():
            demand_free(variable, port)
        platform, mailbox, smtp = ports.values()
        command = ["sandbox", "--platform-port", platform, "--mailbox-port", mailbox, "--smtp-port", smtp]
        command += ["--esia-port", esia] if esia else []
        command += ["--tsa-port", tsa] if tsa else []
        self._start("sandbox", [str(word) for word in command])
        self._wait("sandbox", f"{self.settings.sandbox_url}/")
        self._wait("sandbox", f"http://127.0.0.1:{mailbox}/")
        if esia:
            self._wait("sandbox", f"{self.settings.esia_url}/")
        if tsa:
            self._wait("sandbox", f"{self.settings.tsa_url}/health")

    def start_registry(self) -> None:
        """Start worker and web, and wait until the pages answer."""
        demand_free("REGISTRY_PORT", self.settings.port)
        self._start("worker", ["work"])
        self._start("web", ["serve", "--processes", str(WEB_PROCESSES)])
        self._wait("web", f"{self.settings.base_url}/health")

    def watch(self) -> None:
        """Stay until a process ends by itself.

        Raises:
            UnavailableError: one did; names it.
        """
        while True:
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise UnavailableError(
                        N_("Процесс «%(name)s» остановился (код %(status)s); остальные остановлены тоже."),
                        name=name,
                        status=process.returncode,
                    )
            time.sleep(0.5)

    def stop(self) -> None:
        """Ask every process to end, then wait, then end what is left, their children too.

        A second Ctrl-C does not break this off. A server's child that was still starting misses the first
        request, so it is repeated.
        """
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        deadline = time.monotonic() + STOPPING
        left = list(self.running.values())
        while left and time.monotonic() < deadline:
            for process in left:
                _tell_group(process, signal.SIGTERM)
            left = [process for process in left if not _ends_within(process, REPEATED_EVERY / len(left))]
        for process in self.running.values():
            _tell_group(process, signal.SIGKILL)
            process.wait()
        self.running.clear()

    def _start(self, name: str, words: list[str]) -> None:
        # A group of its own: Ctrl-C reaches the supervisor alone, which then stops the others in order.
        self.running[name] = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "registry", *words], env=dict(self.environ), start_new_session=True
        )

    def _wait(self, name: str, url: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.running[name].poll() is not None:
                break
            if answers(url):
                return
            time.sleep(0.05)
        raise UnavailableError(
            N_("Процесс «%(name)s» не запустился: %(url)s не отвечает."), name=name, url=url
        )


def _tell_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a process and its children: each was started as the leader of a group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def answers(url: str) -> bool:
    """Say whether an address answers at all."""
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own loopback addresses
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def sandbox_ports(settings: Settings) -> dict[str, int]:
    """Name the setting and number of each port that the sandbox needs."""
    return {
        _names_platform(settings): urlsplit(settings.sandbox_url).port or 80,
        "REGISTRY_SMS_URL": urlsplit(settings.sms_url).port or 80,
        "REGISTRY_SMTP_PORT": settings.smtp_port,
    }


def esia_port(settings: Settings) -> int | None:
    """Give the port of the stand of ESIA; none where the settings name another ESIA, or none at all."""
    return _own_port(settings.esia_url)


def tsa_port(settings: Settings) -> int | None:
    """Give the port of the stand-in for time stamps; none where the settings name an authority, or none."""
    return _own_port(settings.tsa_url)


def _own_port(address: str) -> int | None:
    parts = urlsplit(address)
    return parts.port if parts.hostname == "127.0.0.1" else None


def _names_platform(settings: Settings) -> str:
    """Name the setting that moves the platform: its own, where messages go there by another road."""
    same = settings.sandbox_url == settings.platform_url
    return "REGISTRY_PLATFORM_URL" if same else "REGISTRY_SANDBOX_URL"


def demand_free(variable: str, port: int) -> None:
    """Refuse to start on a port that another program holds.

    Raises:
        SettingsError: it is taken; names the port and the setting that moves it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SettingsError(
                N_("Порт %(port)s занят другой программой. Освободите его или задайте другой: %(variable)s."),
                port=port,
                variable=variable,
            ) from None


def free_ports(count: int) -> list[int]:
    """Find ports that nobody holds now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def own_environment(settings: Settings, **changed: str) -> dict[str, str]:
    """Give the environment of child processes: this one's, with the home named in full."""
    return {**os.environ, "REGISTRY_HOME": str(settings.home), **changed}


def stop_in_order(_number: int, _frame: object) -> None:
    """Take a request to end like Ctrl-C, so that no process is left behind."""
    raise KeyboardInterrupt
