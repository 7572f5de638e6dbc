"""Whatever people do, and whatever goes wrong, no log line holds a person's data, a link or a code."""

import io
import json
import logging
import smtplib
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from registry.access.rules import Role
from registry.app import load_names
from registry.consents.pages import documents
from registry.jobs import worker
from registry.people.models.persons import load_persons
from registry.sandbox.mailbox import Box, create_mailbox, open_smtp
from registry.sandbox.platform import create_platform
from registry.trail.entries import SYSTEM
from registry.web.logs import JsonLines
from tests.consents.conftest import Town, confirm_everything
from tests.consents.pages.conftest import Reader


class Lines:
    """What the process logged, as it would stand on its standard error."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.text.splitlines()]


@pytest.fixture
def logged() -> Iterator[Lines]:
    """What the registry's own code logs, more than a server writes, and what libraries warn of."""
    lines = Lines()
    handler = logging.StreamHandler(lines.stream)
    handler.setFormatter(JsonLines())
    root, own = logging.getLogger(), logging.getLogger("registry")
    level = own.level
    root.addHandler(handler)
    own.setLevel(logging.INFO)
    yield lines
    own.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def canaries(town: Town) -> set[str]:
    """What must not be found: names, numbers, contacts and documents of everybody."""
    with town.registry.reading(SYSTEM) as work:
        people = load_persons(work.connection, work.vault, list(town.people.values()))
    found = {"Канарейка"}
    for one in people.values():
        contacts = [contact.value for contact in (one.phone, one.email) if contact]
        found |= {one.full_name, one.last_name, str(one.snils), *contacts, str(one.identity_document)}
    return found


def free_of(text: str, canaries: set[str]) -> bool:
    """Tell whether none of them is in a text, as it is or as JSON escapes it."""
    return not any(one in text or json.dumps(one)[1:-1] in text for one in canaries)


def test_the_pages_log_nothing_of_anybody(
    town: Town,
    signer: Callable[[str], Reader],
    employee: Callable[[Role], Reader],
    class_id: UUID,
    canaries: set[str],
    logged: Lines,
    capfd: pytest.CaptureFixture[str],
) -> None:
    confirm_everything(town)
    mother = signer("mother")
    mother.follow("Соглашение")
    mother.open("/decide?note=Канарейка")
    tutor = employee(Role.TUTOR)
    for path in (
        f"/schools/{town.school}/classes/{class_id}",
        f"/people/{town.people['mother']}",
        "/Канарейка",
    ):
        tutor.open(path)
    tutor.client.get("/", headers={"X-Request-Id": "Канарейка", "User-Agent": "Канарейка"})
    token = town.link("father")
    stranger = Reader(tutor.client)
    stranger.open(f"/i/{token}")
    assert logged.events.count("request") > 5
    assert free_of(logged.text, canaries | {token})
    assert free_of("".join(capfd.readouterr()), canaries | {token})


def test_a_failure_inside_logs_its_place_and_not_its_words(
    town: Town,
    signer: Callable[[str], Reader],
    canaries: set[str],
    logged: Lines,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError(" ".join(canaries))

    confirm_everything(town)
    mother = signer("mother")
    mother.follow("Соглашение")
    mother.choose("given")
    monkeypatch.setattr(documents, "record_online_act", fail)
    answer = mother.send("/sign", full_name="Канарейка")
    assert answer.status_code == 500
    assert "request-failed" in logged.events
    assert "ValueError" in logged.text
    assert free_of(logged.text, canaries)


def test_the_worker_logs_nothing_of_anybody(
    town: Town, canaries: set[str], logged: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters to a gateway that is not there, and a job that fails with a person's data in its words."""
    load_names()

    def fail(*_arguments: object, **_more: object) -> None:
        raise ValueError(" ".join(canaries))

    tokens = {town.link(name) for name in ("mother", "father")}
    with town.work() as work:
        work.later("guards.fail")
    monkeypatch.setattr(worker, "find_errand", lambda _name: fail)
    worker.keep_due_promises(town.registry)
    assert "promise-failed" in logged.events
    assert free_of(logged.text, canaries | tokens)


def test_the_sandbox_logs_nothing_of_anybody(
    town: Town, canaries: set[str], logged: Lines, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    box = Box(tmp_path / "mailbox")
    mailbox = create_mailbox(box).test_client()
    platform = create_platform(tmp_path / "platform")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    controller = open_smtp(box, "127.0.0.1", port)
    said = " ".join(sorted(canaries))
    sms = {"to": "+79140000001", "text": said, "sender": "registry", "reference": "1"}
    assert mailbox.post("/sms", json=sms).status_code == 201
    assert mailbox.post("/sms", json={"to": 1, "text": said}).status_code == 400
    mailbox.get("/messages?to=%2B79140000001")
    mailbox.get("/?to=%2B79140000001")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "registry@example.ru", "p1@example.ru", "Канарейка"
    message.set_content(said)
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.send_message(message)
        line.docmd("CANARY", "p1@example.ru")
    headers = {"Idempotency-Key": str(town.school), "Registry-School": str(town.school)}
    platform.test_client().post("/messages", data=said.encode(), headers=headers)
    controller.stop()
    box.close()
    platform.extensions["intake"].sealer.close()
    assert free_of(logged.text, canaries)
    assert free_of("".join(capfd.readouterr()), canaries)
