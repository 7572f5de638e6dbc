"""A GnuPG home directory of one purpose: made once, private, with an agent that remembers nothing."""

import fcntl
import logging
import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from copy import copy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TextIO

import gnupg

from registry.errors import N_, SettingsError
from registry.sealing.status import StatusLine
from registry.storage.small_files import write_new, write_over

AGENT = """s2k-count 65536
default-cache-ttl 0
max-cache-ttl 0
ignore-cache-for-signing
no-allow-external-cache
disable-scdaemon
"""
"""The low count is safe and fast because the passphrase is 256 random bits, not something remembered;
the caches are off because a warm agent signs even for a wrong passphrase."""

OPTIONS = [
    "--no-options",
    # Words for people share a stream with the status lines; nothing that a sender wrote may reach it.
    "--logger-file=/dev/null",
    "--trust-model=always",
    "--no-auto-check-trustdb",
    "--no-auto-key-locate",
    "--no-auto-key-retrieve",
    "--disable-dirmngr",
    "--no-comments",
    "--no-emit-version",
]
_LONGEST_SOCKET_FOLDER = 80
"""A UNIX socket's path has at most 107 bytes, and the agent's longest socket name has 20."""

# The library writes what gpg says, key owners included, into its own log.
logging.getLogger("gnupg").setLevel(logging.CRITICAL)


class Lines(gnupg.StatusHandler):  # type: ignore[misc]  # the library has no types
    """Collects the status lines of one run and decides nothing."""

    def __init__(self, gpg: gnupg.GPG) -> None:
        super().__init__(gpg)
        self.data = b""
        self.lines: list[StatusLine] = []

    def handle_status(self, key: str, value: str) -> None:
        """Called by the library for each status line."""
        self.lines.append(StatusLine(key, tuple(value.split())))

    def word(self, keyword: str, place: int) -> str:
        """A word of the first line with this keyword, or an empty string."""
        for line in self.lines:
            if line.keyword == keyword and len(line.words) > place:
                return line.words[place]
        return ""


class StrictGPG(gnupg.GPG):  # type: ignore[misc]  # the library has no types
    """The library's runner, with results that only collect."""

    result_map = gnupg.GPG.result_map | dict.fromkeys(
        ["crypt", "generate", "import", "sign", "verify"], Lines
    )
    buffer_size = 65_536


def run_in(home: Path, keyrings: list[Path], *options: str) -> StrictGPG:
    """A runner for one call in `home`, which sees exactly these keyrings.

    Raises:
        SettingsError: GnuPG is not installed.
    """
    program = shutil.which("gpg")
    try:
        if program is None or not home.is_dir():
            raise FileNotFoundError(program or "gpg")
        runner = copy(_asked(program))
    except (OSError, ValueError) as error:
        raise SettingsError(
            N_("Программа gpg не работает: установите пакет gnupg (apt install gnupg).")
        ) from error
    runner.gnupghome = str(home)
    runner.keyring = [str(ring) for ring in keyrings] or None
    runner.options = [*OPTIONS, *options]
    return runner


@cache
def _asked(program: str) -> StrictGPG:
    """A runner that knows gpg's version: the library asks gpg for it at each runner that it makes."""
    with TemporaryDirectory(prefix="gnupg-") as home:
        return StrictGPG(gpgbinary=program, gnupghome=home, options=OPTIONS)


def prepare(home: Path) -> Path:
    """Make `home` private and its agent forgetful; give a path short enough for the agent's socket."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    (home / "pinned").mkdir(mode=0o700, exist_ok=True)
    settings = home / "gpg-agent.conf"
    if not settings.exists() or settings.read_text() != AGENT:
        write_over(settings, AGENT)
    if len(os.fsencode(home)) <= _LONGEST_SOCKET_FOLDER:
        return home
    short = Path(mkdtemp(prefix="gnupg-"), "home")
    short.symlink_to(home, target_is_directory=True)
    return short


def join(home: Path) -> TextIO:
    """Say that `home` is in use, until `leave`; waits while its agent is being ended.

    All who use a home share its one agent, and gpg without it finds no secret key and says so with success.
    """
    users = (home / "in-use.lock").open("w")
    fcntl.flock(users, fcntl.LOCK_SH)
    return users


def leave(home: Path, users: TextIO) -> None:
    """Use `home` no more; who leaves last ends its agent, which would outlive the process otherwise."""
    with users:
        # Let go first: of two who leave at once and still share the lock, neither would get it alone.
        fcntl.flock(users, fcntl.LOCK_UN)
        with suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _stop_agent(home)
    if home.is_symlink():
        with suppress(OSError):
            home.unlink()
            home.parent.rmdir()


def create_passphrase(file: Path) -> None:
    """Write a new random passphrase into a private file outside the database; an existing one stays."""
    with suppress(FileExistsError):
        write_new(file, secrets.token_urlsafe(32))


def read_passphrase(file: Path) -> str:
    """The passphrase of a home's keys.

    Raises:
        SettingsError: the file is missing, empty, or readable by others.
    """
    try:
        text = file.read_text().strip()
        open_to_others = file.stat().st_mode & 0o077
    except OSError as error:
        raise SettingsError(N_("Файл с паролем ключа не читается: %(file)s."), file=file.name) from error
    if not text or not text.isascii() or open_to_others:
        raise SettingsError(
            N_("Файл с паролем ключа пуст или доступен другим: %(file)s. Нужны права 0600."), file=file.name
        )
    return text


def _stop_agent(home: Path) -> None:
    program = shutil.which("gpgconf")
    if program is not None:
        command = [program, "--homedir", str(home), "--kill", "all"]
        subprocess.run(command, check=False, capture_output=True, timeout=30)  # noqa: S603 - own program, no shell
