"""The roads of the demo to the sandbox's platform: settings, and what two organisations agree on before.

Each is given the home of a run and its settings so far, and gives what has to be set besides.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from registry.cli.processes import free_ports
from registry.sandbox.platform.doors import sftp_home
from registry.sandbox.platform.sftp import make_key_pair

Environment = Mapping[str, str]
ADDRESS: Final = "intake@platform.example"


def _https(_home: Path, _environ: Environment) -> dict[str, str]:
    return {}


def _sftp(home: Path, environ: Environment) -> dict[str, str]:
    """Make both keys, and let each side know the other's, as on paper."""
    server = sftp_home(home / "sandbox")
    fingerprint = server.prepare()
    key = home / "keys" / "sftp"
    server.let_in(make_key_pair(key))
    return {
        "REGISTRY_PLATFORM_URL": f"sftp://registry@127.0.0.1:{free_ports(1)[0]}/inbox",
        "REGISTRY_SFTP_KEY": str(key),
        "REGISTRY_SFTP_HOST_KEY": fingerprint,
        "REGISTRY_SANDBOX_URL": environ["REGISTRY_PLATFORM_URL"],
    }


def _mail(_home: Path, environ: Environment) -> dict[str, str]:
    """Let the mailbox of the sandbox be the one where answers arrive."""
    mailbox = urlsplit(environ["REGISTRY_SMS_URL"]).netloc
    return {
        "REGISTRY_PLATFORM_URL": f"mailto:{ADDRESS}",
        "REGISTRY_INBOX_URL": f"http://{mailbox}",
        "REGISTRY_SANDBOX_URL": environ["REGISTRY_PLATFORM_URL"],
    }


def _folder(home: Path, environ: Environment) -> dict[str, str]:
    """Let both sides see one folder, as if somebody carried every file at once."""
    folder = home.resolve() / "carried"
    folder.mkdir(mode=0o700, parents=True)
    return {
        "REGISTRY_PLATFORM_URL": f"file://{folder}",
        "REGISTRY_SANDBOX_URL": environ["REGISTRY_PLATFORM_URL"],
    }


ROADS: Final[Mapping[str, Callable[[Path, Environment], dict[str, str]]]] = {
    "https": _https,
    "sftp": _sftp,
    "mail": _mail,
    "folder": _folder,
}
