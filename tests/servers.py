"""Servers that the tests start for themselves: a throw-away PostgreSQL.

It is not durable on purpose (no fsync): it lives as long as one run of the tests, and a test about lost power
would need more than a killed process anyhow. Benchmarks ask for a durable one: there the waiting for the
disk is part of what is measured.
"""

import base64
import hashlib
import hmac
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from registry.storage.reach import ALL, SETTING

SERVING = "serving"
PATIENCE_S = 60
TRIES = 3
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # A database a test, made and dropped by the thousand: nothing is to be kept in order or replayed.
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
}
DURABLE = SETTINGS | {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "wal_level": "replica",
}
"""As a server runs that must not lose a commit."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server: where it listens and who may do everything in it."""

    port: int
    password: str

    def url(self, database: str) -> str:
        """Give the SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://registry:{self.password}@127.0.0.1:{self.port}/{database}"

    def add_serving(self) -> None:
        """Make the role that serves: it is held to row security, as an installation's own is.

        A statement of a test that opens no unit of work sees everything; a unit of work says its own reach.
        """
        known = verifier(self.password)
        self.execute(f"ALTER ROLE registry PASSWORD '{known}'")
        self.execute(f"CREATE ROLE {SERVING} LOGIN PASSWORD '{known}'")
        self.execute(f"ALTER ROLE {SERVING} SET {SETTING} = '{ALL}'")

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction, as `CREATE DATABASE` needs it."""
        with self.connect() as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Open a connection to the server's own database, or to another, as who may do everything."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="registry",
            password=self.password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )


def verifier(password: str) -> str:
    """Give what a server keeps of a password (RFC 5802), with one round of hashing instead of 4,096.

    The rounds cost whoever connects more than all the rest of connecting, and tests connect all the time.
    They are against guessing, and nobody guesses 18 random bytes.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    client, server = (hmac.digest(salted, f"{side} Key".encode(), "sha256") for side in ("Client", "Server"))
    told = (base64.b64encode(part).decode() for part in (salt, hashlib.sha256(client).digest(), server))
    return "SCRAM-SHA-256$1:{}${}:{}".format(*told)


def served(url: str) -> str:
    """Give a database's URL for the role that serves and owns nothing; SQLite has no roles."""
    return url.replace("//registry:", f"//{SERVING}:")


@contextmanager
def running_postgres(settings: Mapping[str, str] = SETTINGS) -> Iterator[Postgres]:
    """Make a cluster in a temporary folder, serve it on a free port, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="registry-postgresql-"))
    try:
        password = secrets.token_urlsafe(18)
        make_cluster(folder, password)
        process, server = start(folder / "data", password, settings)
        try:
            yield server
        finally:
            end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path:
    """Find the newest server's programs: Debian keeps them off the PATH."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: float(path.parts[4]),
        reverse=True,
    )
    if installed:
        return installed[0].parent
    on_path = shutil.which("initdb")
    assert on_path, "PostgreSQL's programs are missing: run `make test`, it names what to install"
    return Path(on_path).resolve().parent


def owner() -> list[str]:
    """Give the words that start a server as somebody else when we are root: it refuses to run as root."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def make_cluster(folder: Path, password: str) -> None:
    """Make an empty cluster in `folder/data`, owned by who will serve it."""
    secret = folder / "password"
    secret.write_text(password)
    words = owner()
    if words:
        user, group = (int(word.partition("=")[2]) for word in words[:2])
        for path in (folder, secret):
            os.chown(path, user, group)
    subprocess.run(
        [
            "setpriv",
            *words,
            programs() / "initdb",
            "--pgdata",
            folder / "data",
            "--username=registry",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
    )


def start(
    data: Path, password: str, settings: Mapping[str, str] = SETTINGS
) -> tuple[subprocess.Popen[bytes], Postgres]:
    """Start the server as our own child; another port is tried when somebody took the free one meanwhile."""
    for _ in range(TRIES):
        server = Postgres(free_port(), password)
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        # The death signal ends the server at once (SIGQUIT) even if the tests themselves are killed.
        process = subprocess.Popen(
            [
                "setpriv",
                *owner(),
                "--pdeathsig",
                "QUIT",
                programs() / "postgres",
                "-D",
                data,
                "-c",
                f"port={server.port}",
                *words,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=data,
            start_new_session=True,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        )
        if answers(process, server):
            return process, server
        end(process)
    message = f"PostgreSQL did not start in {data} ({TRIES} tries)"
    raise RuntimeError(message)


def answers(process: subprocess.Popen[bytes], server: Postgres) -> bool:
    """Wait until the server takes connections; False when it ended or never did."""
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return True
    return False


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group, backends too, and wait: a zombie would keep its lock file alive."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGQUIT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    """Find a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
