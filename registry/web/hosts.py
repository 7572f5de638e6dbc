"""Under which names people reach this installation; a request that names another host is refused."""

from urllib.parse import urlsplit

from registry.config import Settings

LOOPBACK = ("127.0.0.1", "localhost")


def own_hosts(settings: Settings) -> list[str]:
    """List the host names: of the public address, and of the loopback where the sandbox runs on it."""
    public = urlsplit(settings.base_url).hostname or "localhost"
    return [public, *(name for name in LOOPBACK if settings.host in LOOPBACK and name != public)]
