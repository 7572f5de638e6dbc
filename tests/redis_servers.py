"""A Redis or Valkey of the tests' own: in a temporary folder, on a free port, empty whenever it starts.

Nothing is kept on disk: what Redis holds may be lost at any time, and the tests take it at its word.
"""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.servers import PATIENCE_S, free_port

PROGRAMS = ("redis-server", "valkey-server")


@dataclass(slots=True)
class RedisServer:
    """A server that can be killed and started again, on the same port."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        return Redis.from_url(self.url, socket_timeout=5)

    def start(self) -> None:
        """Start it with nothing in it."""
        self.port = self.port or free_port()
        # The death signal ends the server even if the tests themselves are killed.
        self.process = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "KILL", program()),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
                *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with self.client() as client:
                    client.ping()
            except RedisError:
                time.sleep(0.02)
            else:
                return
        message = f"{program()} did not start on port {self.port}"
        raise RuntimeError(message)

    def freeze(self) -> None:
        """Let it take connections and say nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it without a word, and with all that it holds."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()


def program() -> str:
    """Find the server's program."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert found, "redis-server is missing: run `make test`, it names what to install"
    return found


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Serve it, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="registry-redis-"))
    server = RedisServer(folder)
    try:
        server.start()
        yield server
    finally:
        if server.process is not None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)
