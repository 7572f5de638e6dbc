"""`run` is ended by whoever started it: nothing goes on serving afterwards, whenever the wish comes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry.cli.processes import free_ports

PATIENCE_S = 60


def of_home(home: Path) -> list[int]:
    """Processes that were told of this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"REGISTRY_HOME={home}".encode() in told:
            found.append(int(folder.name))
    return found


def wait_for(words: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while words not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.01)


@pytest.mark.parametrize(
    "signals",
    [[signal.SIGINT], [signal.SIGINT, signal.SIGINT], [signal.SIGTERM]],
    ids=["once", "twice", "term"],
)
def test_a_run_has_its_home_for_itself_and_ended_as_soon_as_it_stands_leaves_no_process(
    tmp_path: Path, signals: list[signal.Signals]
) -> None:
    web, platform, mailbox, smtp, esia, tsa = free_ports(6)
    environ = {
        **os.environ,
        "REGISTRY_HOME": str(tmp_path / "home"),
        "REGISTRY_PORT": str(web),
        "REGISTRY_PLATFORM_URL": f"http://127.0.0.1:{platform}",
        "REGISTRY_SMS_URL": f"http://127.0.0.1:{mailbox}/sms",
        "REGISTRY_SMTP_PORT": str(smtp),
        "REGISTRY_ESIA_URL": f"http://127.0.0.1:{esia}",
        "REGISTRY_TSA_URL": f"http://127.0.0.1:{tsa}",
    }
    log = tmp_path / "log"
    command = [sys.executable, "-m", "registry", "run"]
    with log.open("w") as said:
        process = subprocess.Popen(command, env=environ, stdout=said, stderr=said)
        wait_for("Ctrl-C", log, process)
        second = subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        assert (second.returncode, "уже работает" in second.stderr) == (1, True)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.1)
        assert process.wait(PATIENCE_S) == 0, log.read_text()
    assert of_home(tmp_path / "home") == []
