"""The installation that is walked through: the world of the matrix with more states, and its server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from unittest import mock

from flask import Flask
from werkzeug.serving import make_server

from registry.app import create_app
from registry.config import load_settings
from registry.documents.pades.keys import create_keys
from registry.proofs.clock import seal_new
from registry.sandbox.serve import Quiet
from registry.storage.keyring import KeyRing
from registry.trail.keys import TrailKeys
from registry.trail.publisher import tend
from registry.work import Registry
from tests.access.matrix.actors import Asker, gather
from tests.access.matrix.conftest import Stopped
from tests.access.matrix.world import World, build_world, hold_still
from tests.conftest import LEGAL_DAY
from tests.crawl import failing
from tests.crawl.states import add_states, newcomers


@dataclass(frozen=True)
class Stage:
    """What is walked through: by whom, from which addresses on, and where it is served.

    Attributes:
        askers: everybody who walks, by letter; those of the matrix, and newcomers of states that it lacks.
        begins: where each of them begins: his first page, and the addresses that letters and papers name.
        at: the server's address.
    """

    app: Flask
    world: World
    askers: Mapping[str, Asker]
    begins: Mapping[str, tuple[str, ...]]
    at: str


@contextmanager
def playing(home: Path, database_url: str) -> Iterator[Stage]:
    """Play the story on an empty database and serve its pages; nothing that a reader does stays."""
    settings = load_settings(
        {
            "REGISTRY_HOME": str(home),
            "REGISTRY_DATABASE_URL": database_url,
            "REGISTRY_TODAY": LEGAL_DAY,
            "REGISTRY_ARGON2_MEMORY_KIB": "64",
            "REGISTRY_ARGON2_PASSES": "1",
        }
    )
    KeyRing.create(settings.keys)
    TrailKeys.create(settings.keys, settings.origin)
    create_keys(settings.keys, "registry.example", datetime.now(UTC))
    registry = Registry.open(settings)
    app = create_app(registry)
    app.register_blueprint(failing.blueprint)
    world = build_world(registry)
    add_states(world)
    askers = gather(app, world)
    begins = {letter: ("/decide" if letter in "GU" else "/",) for letter in askers}
    for letter, (asker, begin) in newcomers(app, world, askers).items():
        askers[letter] = asker
        begins[letter] = begins.get(letter, ()) + begin
    tend(registry.engine, registry.trail, registry.now())
    seal_new(registry)
    since = registry.now()
    # No time passes for those who came in: passwords stay fresh however long the walk takes.
    with hold_still(registry), mock.patch("registry.work.datetime", Stopped(since)), serving(app) as at:
        yield Stage(app, world, askers, begins, at)
    registry.engine.dispose()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
