"""The registry's pages as a process of their own, on the server that they run on in use."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from registry.config import Settings
from tests.servers import free_port

PATIENCE_S = 60


@contextmanager
def running_pages(
    settings: Settings,
    database_url: str | None = None,
    *,
    more: Mapping[str, str] | None = None,
    log: IO[bytes] | int = subprocess.DEVNULL,
) -> Iterator[int]:
    """Serve an installation on a free port, by another way to its database if one is given; give the port.

    Args:
        settings: of the installation.
        database_url: another way to its database.
        more: what else the process finds in its environment.
        log: what takes in what it says.
    """
    port = free_port()
    environ = {
        **os.environ,
        "REGISTRY_HOME": str(settings.home),
        "REGISTRY_DATABASE_URL": database_url or settings.database_url,
        "REGISTRY_REDIS_URL": settings.redis_url or "",
        "REGISTRY_TODAY": f"{settings.today}",
        **(more or {}),
        "REGISTRY_PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "registry", "serve"], env=environ, stdout=log, stderr=log
    )
    try:
        _await(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the pages ended"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the pages did not answer within {PATIENCE_S} s"
    raise AssertionError(message)
