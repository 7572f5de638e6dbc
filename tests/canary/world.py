"""The whole story of a class on real servers, and every place in which it could leave a trace."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from registry.config import load_settings
from registry.sandbox.sample.region import LEGAL_DAY
from registry.work import Registry
from tests.canary.people import SEED, workbook
from tests.redis_servers import RedisServer

OUTSIDE = {"sandbox"}
"""In the home, but another's: platform and mailbox, which are told the data because they are for them."""


@dataclass
class World:
    """One installation after the story, with its database, logs, temporary files and Redis.

    Attributes:
        database_files: folders and files in which the database server keeps what it is told.
    """

    folder: Path
    database_url: str
    database_files: list[Path]
    redis: RedisServer
    status: int = -1
    kept: int = field(default=0)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "REGISTRY_HOME": str(self.home),
            "REGISTRY_DATABASE_URL": self.database_url,
            "REGISTRY_REDIS_URL": self.redis.url,
            "REGISTRY_TODAY": LEGAL_DAY.isoformat(),
            "TMPDIR": str(self.temporary),
        }

    @contextmanager
    def opened(self) -> Iterator[Registry]:
        registry = Registry.open(load_settings(self.environ))
        try:
            yield registry
        finally:
            registry.engine.dispose()

    def places(self) -> list[Path]:
        """Everything that is to be looked through: home, database, Redis's dump, logs, temporary files."""
        with self.redis.client() as client:
            client.save()
        home = [path for path in self.home.iterdir() if path.name not in OUTSIDE]
        said = [self.folder / "logs", self.folder / "temporary-kept", self.temporary, self.redis.folder]
        return [*home, *self.database_files, *said]

    def run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command of the registry; what it says goes into the logs."""
        command = [sys.executable, "-m", "registry", *words]
        environ = {**os.environ, **self.environ}
        done = subprocess.run(command, env=environ, capture_output=True, timeout=300, check=False)
        (self.folder / "logs").mkdir(exist_ok=True)
        with (self.folder / "logs" / words[0]).open("ab") as log:
            log.write(done.stdout + done.stderr)
        return done

    def play(self) -> None:
        """Go from the upload to the acknowledgement, online and on paper, and keep each temporary file."""
        self.temporary.mkdir()
        (self.folder / "temporary-kept").mkdir()
        file = self.folder / "upload.xlsx"
        file.write_bytes(workbook())
        over = threading.Event()
        keeper = threading.Thread(target=self._keep_temporary_files, args=(over,))
        keeper.start()
        try:
            done = self.run("demo", str(file), "--home", str(self.home), "--seed", str(SEED), "--json")
        finally:
            over.set()
            keeper.join()
            file.unlink()
        self.status = done.returncode

    def _keep_temporary_files(self, over: threading.Event) -> None:
        """Open every file that appears in the temporary folder, so that it can be read after its removal.

        A second name would do too, but GnuPG counts the names of its locks.
        """
        with ExitStack() as stack:
            opened: dict[int, BinaryIO] = {}
            while not over.wait(0.002):
                with suppress(OSError):  # folders go while they are walked through
                    for path in self.temporary.rglob("*"):
                        if path.is_file() and path.stat().st_ino not in opened:
                            file = stack.enter_context(path.open("rb"))
                            opened[os.fstat(file.fileno()).st_ino] = file
            for number, file in enumerate(opened.values()):
                (self.folder / "temporary-kept" / str(number)).write_bytes(file.read())
        self.kept = len(opened)
