"""Coming right after a blow: people try again, the worker goes on, and how long it takes is measured."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.clocks import Later
from tests.crash.town import Stage, Town

ROUNDS = 300
"""Far more than are needed, even where many promises fall due one after the other."""
LONG = timedelta(minutes=5)
"""What does not come right by then never will."""
A_LITTLE = timedelta(milliseconds=1)
A_WHILE = timedelta(seconds=5)
"""After which somebody who met an error, or the clock, tries again."""


def come_right(town: Town, stage: Stage, clock: Later) -> timedelta:
    """Let people try again and the worker go on until nothing is left to do; give the time that it took.

    Waiting is not waited: the clock is moved to when the next promise falls due. What else the machine does
    meanwhile is not counted; test_worker_command.py measures by the clock on the wall.
    """
    began = time.process_time()
    with clock.ticking():
        for _ in range(ROUNDS):
            told = _told(town, stage)
            due = next_due(town.registry) if stage.settles else None
            if told and due is None:
                return clock.waited + timedelta(seconds=time.process_time() - began)
            if clock.waited > LONG:
                break
            if due is None:
                clock.waited += A_WHILE
            else:
                ahead = due - datetime.now(UTC) - clock.waited
                clock.waited += max(ahead, timedelta(0)) + A_LITTLE
    message = f"not come right after {ROUNDS} rounds and {clock.waited}"
    raise AssertionError(message)


def _told(town: Town, stage: Stage) -> bool:
    """Tell the stage again; false when somebody met an error, or has to wait, and will try once more."""
    try:
        stage.tell(town)
    except Exception:  # noqa: BLE001 - whatever a page says: people try again
        return False
    return True


def next_due(registry: Registry) -> datetime | None:
    """When the next open promise may be kept."""
    with registry.reading(SYSTEM) as work:
        found: datetime | None = work.connection.execute(select(func.min(promises.c.due_at))).scalar()
    return found
