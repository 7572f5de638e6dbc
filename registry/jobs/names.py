"""Which jobs there are: rooms name their functions, the worker finds them by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from registry.jobs.retries import USUAL, Retries
from registry.work import Registry, Work

Conclusion = Callable[[Work], None]
Job = TypeVar("Job", bound=Callable[..., Conclusion | None])


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that the worker does by the clock."""

    name: str
    every: timedelta
    run: Callable[[Registry], None]


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a job.

    Attributes:
        title: Russian msgid, what the job does, for those who look after the registry.
        retries: how often it is tried.
    """

    title: str = ""
    retries: Retries = USUAL


_jobs: dict[str, Callable[..., Any]] = {}
_errands: dict[str, Callable[..., Any]] = {}
_about: dict[str, About] = {}
_ticks: dict[str, Tick] = {}


def job(name: str, title: str = "", retries: Retries = USUAL) -> Callable[[Job], Job]:
    """Name a job whose whole effect is in the database, and say in words what it does.

    The function takes a `Work` and the promise's arguments; its promise is settled in the same transaction,
    so the effect happens once.
    """
    return _register(_jobs, name, About(title, retries))


def errand(name: str, title: str = "", retries: Retries = USUAL) -> Callable[[Job], Job]:
    """Name a job with an effect outside the database (a letter, a message), and say in words what it does.

    The function takes the `Registry` and the promise's arguments, opens its own units of work, and must
    bear being run twice: its promise is settled after it returns. What it has to write in the end it may
    return as a function of a `Work`: that is written in the same transaction.
    """
    return _register(_errands, name, About(title, retries))


def tick(name: str, every: timedelta) -> Callable[[Callable[[Registry], None]], Callable[[Registry], None]]:
    """Name a function that the worker calls again and again."""

    def remember(function: Callable[[Registry], None]) -> Callable[[Registry], None]:
        _ticks[name] = Tick(name, every, function)
        return function

    return remember


def find_job(name: str) -> Callable[..., Any] | None:
    """Find a job that takes a `Work`."""
    return _jobs.get(name)


def find_errand(name: str) -> Callable[..., Any] | None:
    """Find a job that takes the `Registry`."""
    return _errands.get(name)


def about(name: str) -> About:
    """Tell what is known of a job; of one that no room owns, nothing but how often it is tried."""
    return _about.get(name, About())


def ticks() -> list[Tick]:
    """List what is done by the clock."""
    return list(_ticks.values())


def known_names() -> frozenset[str]:
    """Name every job that a promise may ask for."""
    return frozenset(_jobs) | frozenset(_errands)


def _register(where: dict[str, Callable[..., Any]], name: str, told: About) -> Callable[[Job], Job]:
    def remember(function: Job) -> Job:
        if name in known_names():
            message = f"two jobs are called {name}"
            raise ValueError(message)
        where[name] = function
        _about[name] = told
        return function

    return remember


__all__ = [
    "About",
    "Conclusion",
    "Tick",
    "Work",
    "about",
    "errand",
    "find_errand",
    "find_job",
    "job",
    "known_names",
    "tick",
    "ticks",
]
