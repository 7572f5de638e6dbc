"""A real IMAP server (Dovecot) with one mailbox, over TLS with a certificate of this run."""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.servers import free_port
from tests.transports.test_https import _certificate

PROGRAM = "/usr/sbin/dovecot"
PATIENCE_S = 20
PASSWORD = "correct-horse-battery"
CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{home}/certificate.pem
ssl_key = <{home}/key.pem
ssl_dh =
mail_location = maildir:{home}/mail
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
numbers = count(1)


@dataclass(frozen=True)
class Dovecot:
    """A running server and its mailbox."""

    home: Path
    port: int
    owner: pwd.struct_passwd

    @property
    def authorities(self) -> str:
        return str(self.home / "certificate.pem")

    def deliver(self, mail: bytes) -> None:
        """Lay a mail into the mailbox, as a delivery agent does."""
        name = f"{next(numbers):06d}.test"
        part = self.home / "mail" / "tmp" / name
        part.write_bytes(mail)
        _give(part, self.owner)
        part.rename(self.home / "mail" / "new" / name)

    def empty(self) -> None:
        for folder in ("new", "cur"):
            for path in (self.home / "mail" / folder).iterdir():
                path.unlink()


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Serve a new mailbox on a free port, in processes of its own; it never serves root's mail."""
    home = Path(tempfile.mkdtemp(prefix="registry-dovecot-"))
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    server = Dovecot(home, free_port(), owner)
    try:
        _furnish(server)
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", PROGRAM, "-F", "-c", home / "dovecot.conf"],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait(process, server)
            yield server
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _furnish(server: Dovecot) -> None:
    home, owner = server.home, server.owner
    home.chmod(0o755)
    for name in ("mail", "mail/new", "mail/cur", "mail/tmp", "run", "state"):
        (home / name).mkdir()
        if name.startswith("mail"):
            _give(home / name, owner)
    _certificate(home)
    said = {
        "home": home,
        "port": server.port,
        "user": owner.pw_name,
        "group": grp.getgrgid(owner.pw_gid).gr_name,
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
        "password": PASSWORD,
    }
    (home / "dovecot.conf").write_text(CONFIG.format(**said))


def _give(path: Path, owner: pwd.struct_passwd) -> None:
    if os.geteuid() == 0:
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _wait(process: "subprocess.Popen[bytes]", server: Dovecot) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
            return
        time.sleep(0.05)
    log = server.home / "log"
    message = f"Dovecot did not start: {log.read_text() if log.exists() else process.returncode}"
    raise RuntimeError(message)
