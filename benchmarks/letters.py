"""E-mails handed over while many are written, with a worker and an SMTP server that run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from aiosmtpd.controller import Controller
from sqlalchemy import select

from benchmarks.figure import Figure
from registry.letters.models import letters
from registry.letters.rules import Channel, ContactPoint, LetterKind
from registry.letters.usecases import Draft, write
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.jobs.processes import open_promises, running
from tests.letters.providers import Post

A_SECOND, SECONDS = 20, 15
WITHIN = timedelta(seconds=10)
START_S = 3
LEAST = 0.99


@contextmanager
def running_post(port: int) -> Iterator[Post]:
    """Serve SMTP in a thread of this process."""
    got = Post(port=port)
    controller = Controller(got, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield got
    finally:
        controller.stop()


def figure(name: str, registry: Registry) -> Figure:
    """Write so many a second; tell which share was handed over in time."""
    many = A_SECOND * SECONDS
    with registry.work(SYSTEM) as work:
        person = work.new_id()
        work.vault.create_key(work.connection, person)
    with running_post(registry.settings.smtp_port) as post, running(registry, "work", module="registry"):
        time.sleep(START_S)
        begun = time.monotonic()
        for number in range(many):
            time.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
            _write(registry, person, number)
        wrote = time.monotonic() - begun
        end = time.monotonic() + WITHIN.total_seconds() + 1
        while time.monotonic() < end and open_promises(registry):
            time.sleep(0.1)
    waits = _waits(registry)
    assert len(waits) == many
    share = sum(one is not None and one <= WITHIN for one in waits) / many
    slowest = max((one.total_seconds() for one in waits if one is not None), default=0)
    came = len(post.messages)
    floor = f"{many} written in {wrote:.1f} s, {came} came to the server; the slowest {slowest:.1f} s"
    text = f"e-mails handed over within 10 s at {A_SECOND} a second, {name}"
    return Figure("jobs", text, share, "of all", LEAST, at_least=True, floor=floor)


def _write(registry: Registry, person: UUID, number: int) -> None:
    values = {"code": f"{number:06d}", "minutes": "10", "host": "consents.example.org"}
    contact = ContactPoint(Channel.EMAIL, f"parent{number}@example.org")
    with registry.work(SYSTEM) as work:
        write(work, Draft(LetterKind.CODE, None, person, contact, values))


def _waits(registry: Registry) -> list[timedelta | None]:
    """How long each letter waited for the server's yes; none where it is not there yet."""
    with registry.engine.connect() as connection:
        rows = connection.execute(select(letters.c.created_at, letters.c.handed_over_at)).all()
    return [row.handed_over_at and row.handed_over_at - row.created_at for row in rows]
