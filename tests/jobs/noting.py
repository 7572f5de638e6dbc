"""Jobs of the tests' own, and a worker process that knows them: `python -m tests.jobs.noting work ...`."""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

from registry.cli import main
from registry.cli import work as working
from registry.errors import UnavailableError
from registry.jobs.names import errand, job
from registry.jobs.retries import Retries
from registry.trail.entries import SYSTEM, Entry, EntryType, ObjectRef
from registry.trail.models import trail_event
from registry.work import Registry, Work

NOTE, NOTE_OUTSIDE, REFUSE = "noting.note", "noting.note_outside", "noting.refuse"


@job(NOTE)
def note(work: Work, *, thing: str, pause_at: str | None = None) -> None:
    """Write an entry into the trail; with a file named, make it and hang before the end."""
    work.record(Entry(EntryType.INSTALLATION_STARTED, ObjectRef("thing", UUID(thing), 1), None, None))
    if pause_at is not None and not Path(pause_at).exists():
        Path(pause_at).touch()
        time.sleep(600)


@errand(NOTE_OUTSIDE)
def note_outside(registry: Registry, *, thing: str) -> Callable[[Work], None]:
    """Give back what writes an entry."""
    del registry
    return lambda work: note(work, thing=thing)


@job(REFUSE, retries=Retries(tries=3, longest=timedelta(seconds=4)))
def refuse(work: Work, *, thing: str) -> None:
    """Write an entry and fail: it must not stay."""
    note(work, thing=thing)
    raise UnavailableError("Нет.", code="not-now")


def promise(registry: Registry, job: str = NOTE, **arguments: str) -> tuple[UUID, UUID]:
    """Promise a job about a new thing; give the promise and the thing."""
    thing = uuid4()
    with registry.work(SYSTEM) as work:
        return work.later(job, thing=str(thing), **arguments), thing


def times_noted(registry: Registry, *things: UUID) -> list[int]:
    """Count the entries about each of some things."""
    with registry.engine.connect() as connection:
        leaves = connection.scalars(select(trail_event.c.leaf)).all()
    return [sum(str(thing).encode() in leaf for leaf in leaves) for thing in things]


if __name__ == "__main__":
    working.PROGRAM = (sys.executable, "-m", "tests.jobs.noting")
    sys.exit(main(sys.argv[1:]))
