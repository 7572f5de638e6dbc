"""The server under measurement: the registry, and beside it the endpoints by hand, in the same processes."""

import os
import sys
from collections.abc import Callable, Iterable

from granian import Granian
from granian.constants import Interfaces

from benchmarks.consents.by_hand import by_hand
from benchmarks.consents.clients import BY_HAND
from registry.app import TURN, create_app
from registry.cli.serve import THREADS
from registry.config import load_settings
from registry.work import Registry

Wsgi = Callable[[dict[str, object], Callable[..., object]], Iterable[bytes]]


def both() -> Wsgi:
    """Make both applications on one registry and send each request to its own."""
    sys.setswitchinterval(TURN)
    registry = Registry.open(load_settings(os.environ))
    ours, theirs = create_app(registry), by_hand(registry)

    def application(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        app = theirs if str(environ["PATH_INFO"]).startswith(BY_HAND) else ours
        return app.wsgi_app(environ, start)  # type: ignore[arg-type]

    return application


if __name__ == "__main__":
    settings = load_settings(os.environ)
    Granian(
        "benchmarks.consents.server:both",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=int(sys.argv[1]),
        blocking_threads=THREADS,
        log_enabled=False,
    ).serve()
