"""A school, the real sandbox platform on a port of its own, and real keys on both sides."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

import pytest
from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from registry.app import load_names
from registry.config import Settings, load_settings
from registry.keys import folder as key_folder
from registry.keys.adopting import take
from registry.keys.rules import OPERATOR, Kind
from registry.sandbox.platform import create_platform
from registry.sandbox.platform.intake import Intake
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.conftest import LEGAL_DAY
from tests.servers import free_port
from tests.submissions.school import School, found_school

load_names()


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass
class Platform:
    """The sandbox platform, served; a test may cut its lines or put other answers into them."""

    home: Path
    port: int
    app: Flask = field(init=False)
    received: list[str] = field(default_factory=list)
    answer_instead: bytes | None = None
    silent: bool = False
    lost: bool = False
    """Whether messages are taken in and the line is cut before the answer."""
    answered: int = 0
    """Requests about messages that were carried out to their end, whether somebody waited or not."""

    def __post_init__(self) -> None:
        self.app = create_platform(self.home)
        # Before the platform's own switches: they may answer a request that the test counts.
        self.app.before_request_funcs[None].insert(0, self._before)
        self.app.after_request(self._after)
        self.server: Any = None
        self.open()

    def open(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=Quiet)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def intake(self) -> Intake:
        found: Intake = self.app.extensions["intake"]
        return found

    def held(self, query: str = "SELECT * FROM entries WHERE content IS NOT NULL") -> list[Any]:
        return self.intake.store.rows(query)

    def messages(self) -> list[Any]:
        return self.intake.store.rows("SELECT * FROM messages ORDER BY sequence")

    def _before(self) -> Response | None:
        if request.path.startswith("/messages"):
            self.received.append(f"{request.method} {request.path}")
            if self.silent:
                return Response("", 503)
        return None

    def _after(self, response: Response) -> Response:
        self.answered += request.path.startswith("/messages")
        if request.path.startswith("/messages") and self.lost:
            request.environ["werkzeug.socket"].shutdown(SHUT_RDWR)
        if request.path.startswith("/messages") and self.answer_instead is not None:
            return Response(self.answer_instead, 200, content_type="application/json")
        return response


@dataclass(frozen=True)
class Keys:
    """Homes of both sides with keys that know each other; made once, copied for each test."""

    platform: Path
    registry: Path
    revocations: Path
    """The folder that adopting the registry's home makes beside it."""
    told: tuple[tuple[Kind, str, str, str], ...]
    """What adopting it finds: kind, owner, fingerprint and public half of each key."""


@pytest.fixture(scope="session")
def exchanged(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("exchanged")
    intake = create_platform(folder / "platform").extensions["intake"]
    settings = load_settings({"REGISTRY_HOME": str(folder / "home")})
    create_passphrase(settings.keys / "passphrase")
    with OpenPgpSealer(settings.keys / "openpgp", settings.keys / "passphrase") as sealer:
        operator = sealer.create_key("registry-operator")
        sealer.pin(intake.sealer.export_public(intake.key), intake.key)
        intake.senders.add("operator", sealer.export_public(operator), operator)
    said = {"operator": operator, "platform": intake.key, "receiver": intake.settings.receiver}
    (settings.keys / "parties.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    told = (
        (Kind.OPERATOR, OPERATOR, operator),
        (Kind.PLATFORM, intake.settings.receiver, intake.key),
    )
    _copy(settings.keys, folder / "adopted" / "keys")
    adopted = load_settings({"REGISTRY_HOME": str(folder / "adopted")})
    with key_folder.opened(adopted) as sealer:
        key_folder.set_certificate_apart(adopted, sealer, operator)
        halves = tuple((*one, sealer.public_half(one[2]).decode("ascii")) for one in told)
    intake.sealer.close()
    return Keys(folder / "platform", settings.keys, adopted.keys / "revocations", halves)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("S.*", "*.lock"), dirs_exist_ok=True)


@pytest.fixture
def platform(tmp_path: Path, exchanged: Keys) -> Iterator[Platform]:
    _copy(exchanged.platform, tmp_path / "platform")
    opened = Platform(tmp_path / "platform", free_port())
    yield opened
    opened.close()
    opened.intake.sealer.close()


@pytest.fixture
def registry_settings(
    database_url: str, registry_home: Path, platform: Platform, exchanged: Keys
) -> Settings:
    """Settings of a sandbox whose platform listens, and whose keys the platform knows."""
    _copy(exchanged.registry, registry_home / "keys")
    return load_settings(
        {
            "REGISTRY_HOME": str(registry_home),
            "REGISTRY_DATABASE_URL": database_url,
            "REGISTRY_TODAY": LEGAL_DAY,
            "REGISTRY_ARGON2_MEMORY_KIB": "64",
            "REGISTRY_ARGON2_PASSES": "1",
            "REGISTRY_PLATFORM_URL": f"http://127.0.0.1:{platform.port}",
        }
    )


@pytest.fixture
def school(registry: Registry, exchanged: Keys) -> School:
    """A school that takes part, with nobody in it yet; its home comes from before the table of keys."""
    adopt(registry, exchanged)
    return found_school(registry)


def adopt(registry: Registry, exchanged: Keys) -> None:
    """Leave home and table as adopting leaves them, without its five runs of gpg: it said them once for all.

    That this is what adopting does is held by tests/keys/test_home.py.
    """
    keys = registry.settings.keys
    shutil.copytree(exchanged.revocations, keys / "revocations", dirs_exist_ok=True)
    for certificate in exchanged.revocations.iterdir():
        (keys / "openpgp" / "openpgp-revocs.d" / f"{certificate.stem}.rev").unlink()
    with registry.work(SYSTEM) as work:
        for one in exchanged.told:
            take(work, *one)
    (keys / "parties.json").unlink()
