"""Failpoints: named places where a crash would hurt, so that a test can strike exactly there.

`reach` does nothing until somebody listens: a test in its own process, or `REGISTRY_FAILPOINT` for a child
process in sandbox mode (production refuses to start with it). Each name stands once in the code; a guard
holds that, and a sweep in tests/crash strikes at every one of them.
"""

import os
import re
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Engine, event

from registry.errors import N_, SettingsError
from registry.storage.failpoint_names import NAMES

EXITED: Final = 70
"""Status of a process that a failpoint ended."""
SLOWNESS: Final = 2.0
"""Seconds that the action `slow` takes."""

_SAID = re.compile(r"(?P<name>[a-z.-]+)=(?P<action>[a-z]+)(?:@(?P<hit>[1-9][0-9]*))?")
_listeners: list[Callable[[str], None]] = []


class Action(StrEnum):
    """What happens to whoever reaches an armed failpoint."""

    RAISE = "raise"
    EXIT = "exit"
    KILL = "kill"
    DROP = "drop"
    SLOW = "slow"


class FailpointError(Exception):
    """Raised where a failpoint was armed to raise: an error that nobody reckons with."""


def reach(name: str) -> None:
    """Pass a named place; nothing happens unless somebody listens."""
    for listener in _listeners:
        listener(name)


class Strike:
    """Listens for one failpoint and acts once, when it is reached for the n-th time."""

    def __init__(self, name: str, action: Action, hit: int = 1) -> None:
        self.name, self.action, self.left = name, action, hit
        self.connections: list[Any] = []

    @property
    def fired(self) -> bool:
        """Whether it has acted."""
        return self.left <= 0

    def watch(self, engine: Engine | type[Engine]) -> None:
        """Remember the connections that an engine opens from now on, to drop them."""
        event.listen(engine, "connect", self.opened)
        event.listen(engine, "close", self.closed)

    def __call__(self, name: str) -> None:
        """Act if this is the place and the time."""
        if name != self.name or self.fired:
            return
        self.left -= 1
        if self.fired:
            _ACTIONS[self.action](self)

    def opened(self, connection: object, _record: object) -> None:
        """Called by the pool for each new connection."""
        self.connections.append(connection)

    def closed(self, connection: object, _record: object) -> None:
        """Called by the pool when it closes one."""
        self.connections = [one for one in self.connections if one is not connection]


def read_strike(said: str) -> Strike:
    """Read ``name=action`` or ``name=action@n``.

    Raises:
        SettingsError: there is no such failpoint or action.
    """
    read = _SAID.fullmatch(said)
    if read is None or read["name"] not in NAMES or read["action"] not in set(Action):
        raise SettingsError(
            N_("REGISTRY_FAILPOINT: «%(said)s» не читается; нужен вид work.before-commit=kill."), said=said
        )
    return Strike(read["name"], Action(read["action"]), int(read["hit"] or 1))


def arm(strike: Strike, engine: Engine) -> None:
    """Arm a failpoint for the rest of this process, before the engine has opened a connection."""
    strike.watch(engine)
    _listeners.append(strike)


def disarm() -> None:
    """Take back what was armed, for a test that armed it in its own process."""
    _listeners.clear()


@contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Tell a listener of every place that is passed inside the block; a `Strike` is one."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def _raise(strike: Strike) -> None:
    raise FailpointError(strike.name)


def _drop(strike: Strike) -> None:
    """Take the database away from this process: the socket under the driver, or SQLite's handle."""
    for connection in strike.connections:
        if isinstance(connection, sqlite3.Connection):
            connection.close()
        elif not connection.closed:
            with socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)


_ACTIONS: dict[Action, Callable[[Strike], None]] = {
    Action.RAISE: _raise,
    Action.EXIT: lambda _: os._exit(EXITED),
    Action.KILL: lambda _: os.kill(os.getpid(), signal.SIGKILL),
    Action.DROP: _drop,
    Action.SLOW: lambda _: time.sleep(SLOWNESS),
}
