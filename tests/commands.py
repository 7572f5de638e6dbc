"""Run a command of the registry in a process of its own (see `tests.forking`)."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO

from tests.guards.source import ROOT

ANSWER = 64
STARTS_S = 300
one_at_a_time = Lock()
Done = subprocess.CompletedProcess[str]


def run_command(
    *words: str, environ: Mapping[str, str], typed: str = "", folder: Path = ROOT, timeout: float = 120
) -> Done:
    """Run `python -m registry WORDS`, as `subprocess.run` would with text and both outputs taken.

    Args:
        words: the command.
        environ: all of its environment.
        typed: what it reads on its standard input.
        folder: the one it runs in; the registry must be found from there.
        timeout: seconds after which it is killed.

    Raises:
        subprocess.TimeoutExpired: it was killed.
    """
    asked = json.dumps({"words": words, "environ": dict(environ), "folder": str(folder)}).encode()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(typed.encode())
        given.seek(0)
        status = _waited(asked, [given, out, err], timeout)
        return Done(("registry", *words), status, _read(out), _read(err))


def _waited(asked: bytes, streams: list[IO[bytes]], timeout: float) -> int:
    with one_at_a_time:
        control = _prepared()
        control.settimeout(STARTS_S)
        socket.send_fds(control, [asked], [one.fileno() for one in streams])
        child = int(json.loads(control.recv(ANSWER)))
        control.settimeout(timeout)
        try:
            return int(json.loads(control.recv(ANSWER)))
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            control.settimeout(STARTS_S)
            control.recv(ANSWER)
            raise subprocess.TimeoutExpired(asked.decode(), timeout) from None


def _read(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode()


@cache
def _prepared() -> socket.socket:
    """Start the process that forks, once for all tests of this one; it ends when its line is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.forking", str(theirs.fileno())]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours
