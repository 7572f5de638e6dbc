"""Units opened ahead of a request's route: kept for it, or ended where no route took them over."""

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from flask import Response, g

from registry.work import Work

NAMES = ("opened", "read_ahead")


@dataclass(frozen=True, slots=True)
class Opened:
    """A unit that was opened ahead of the request's route, what ends it, and the lock to share, if any."""

    work: Work
    end: ExitStack
    lock: str


def put_ahead(name: str, unit: AbstractContextManager[Work], lock: str = "") -> Work:
    """Open a unit and keep it under one of the names until the route takes it, or the request ends."""
    end = ExitStack()
    work = end.enter_context(unit)
    setattr(g, name, Opened(work, end, lock))
    return work


def drop(name: str) -> None:
    """End such a unit, if there is one."""
    opened: Opened | None = g.pop(name, None)
    if opened is not None:
        opened.end.close()


def end_opened(response: Response) -> Response:
    """End a unit that no route took over: the request was refused before."""
    drop_opened()
    return response


def drop_opened(_error: BaseException | None = None) -> None:
    """End such a unit even where no answer could be made: others wait for it."""
    for name in NAMES:
        drop(name)
