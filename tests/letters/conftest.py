"""A registry that writes letters, a real SMTP server and a real SMS gateway."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from registry.config import Settings
from registry.letters import jobs
from registry.letters.models import Letter
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.storage.ids import uuid7
from registry.trail.entries import Actor
from registry.work import Registry
from tests.letters.providers import SCHOOL_SENDER, Post, Sms, gateway_handler
from tests.servers import free_port

SCHOOL = UUID("01932b3e-7c00-7000-8000-000000000017")
TUTOR = Actor(kind="staff", id=None, role="tutor", auth="password", school=SCHOOL)
INVITATION = Draft(
    LetterKind.INVITATION,
    SCHOOL,
    UUID(int=0),
    ContactPoint(Channel.EMAIL, "parent@example.org"),
    {
        "school": "Школа № 17",
        "student": "Пётр И.",
        "programme": "МЭШ",
        "deadline": "11.11.2020",
        "link": "https://consents.example.org/l/AbCdEfGhIjKl",
    },
)


@pytest.fixture
def post() -> Iterator[Post]:
    got = Post(port=free_port())
    controller = Controller(got, hostname="127.0.0.1", port=got.port)
    controller.start()
    yield got
    jobs.close_connections()
    controller.stop()


@pytest.fixture
def gateway() -> Iterator[Sms]:
    sms = Sms()
    server = ThreadingHTTPServer(("127.0.0.1", 0), gateway_handler(sms))
    sms.url = f"http://127.0.0.1:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield sms
    jobs.close_connections()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def registry_settings(registry_settings: Settings, post: Post, gateway: Sms) -> Settings:
    return dataclasses.replace(
        registry_settings, smtp_port=post.port, sms_url=gateway.url, sender=SCHOOL_SENDER
    )


@pytest.fixture
def person(registry: Registry) -> UUID:
    subject = uuid7(1_604_289_785_000)
    with registry.work(TUTOR) as work:
        work.vault.create_key(work.connection, subject)
    return subject


@pytest.fixture
def invite(registry: Registry, person: UUID) -> Callable[..., Letter]:
    """Write an invitation; values of the draft may be given."""

    def write_one(**changes: object) -> Letter:
        with registry.work(TUTOR) as work:
            return write(work, dataclasses.replace(INVITATION, **({"person_id": person} | changes)))

    return write_one
