"""The whole story of a class on real servers, and every place in which it could leave a trace."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from registry.config import load_settings
from registry.sandbox.sample.region import LEGAL_DAY
from registry.work import Registry
from tests.canary.keeping import keeping, named_files
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
    def copies(self) -> Path:
        return self.folder / "copies"

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
        """All that is to be looked through: home, database, Redis's dump, logs, temporary files, copies."""
        with self.redis.client() as client:
            client.save()
        home = [path for path in self.home.iterdir() if path.name not in OUTSIDE]
        said = [self.folder / "logs", self.folder / "temporary-kept", self.temporary, self.redis.folder]
        return [*home, *self.database_files, *said, *([self.copies] if self.copies.exists() else [])]

    def has_file(self, file_id: UUID) -> bool:
        """Say whether an encrypted file lies in the home."""
        return any(path.name == file_id.hex for path in (self.home / "files").rglob("*"))

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
        file = self.folder / "upload.xlsx"
        file.write_bytes(workbook())
        kept = self.folder / "temporary-kept"
        with keeping(lambda: named_files(self.temporary), kept):
            done = self.run("demo", str(file), "--home", str(self.home), "--seed", str(SEED), "--json")
        file.unlink()
        self.kept = len(list(kept.iterdir()))
        self.status = done.returncode
