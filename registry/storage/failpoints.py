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

EXITED: Final = 70
"""Status of a process that a failpoint ended."""
SLOWNESS: Final = 2.0
"""Seconds that the action `slow` takes."""

NAMES: Final = (
    # The unit of work: what the caller believes of a commit, and what holds.
    "work.before-commit",
    "work.after-commit",
    "promise.written",
    "promise.postponed",
    # An act: evidence, row, trail entry, what has to follow from it.
    "act.before-evidence",
    "act.before-row",
    "act.after-row",
    "act.before-promise",
    "act.after-promise",
    "paper.act-before-contacts",
    "text.before-kept",
    "receipts.letter-before-note",
    # Links, codes, sittings.
    "link.made-before-letter",
    "links.after-batch",
    "code.added-before-letter",
    "code.letter-before-entry",
    "code.guess-taken",
    "code.entered-before-sitting",
    "sitting.opened-before-contact",
    "contact.links-voided-before-letter",
    # A roster: files, rows of several tables, the case, destruction.
    "roster.one-file-stored",
    "roster.files-before-row",
    "roster.before-case",
    "roster.people-stored",
    "roster.enrolled-before-ties",
    "roster.stored-before-decision",
    "roster.dropped-before-promise",
    "roster.file-forgotten",
    "person-keys.made",
    # Cases and their clock: state, history, entry, effects, promises.
    "case.changed-before-history",
    "case.history-before-entry",
    "case.before-effects",
    "case.before-promises",
    "clock.batch-taken",
    "clock.case-passed",
    # A submission up to the sign-off.
    "submission.case-before-row",
    "freeze.before-file",
    "freeze.file-before-lines",
    "freeze.lines-before-row",
    "freeze.row-before-entry",
    "sign-off.before-case",
    "sign-off.row-before-entry",
    # Sealing.
    "seal.sealed-before-store",
    "seal.before-file",
    "seal.file-before-row",
    "seal.row-before-entry",
    "seal.entry-before-case",
    # The sealed document of an act, and the time stamp that comes into it later.
    "proof.file-before-row",
    "proof.row-before-entry",
    "proof.stamped-before-row",
    # The sending and the platform's answer.
    "hand-over.published",
    "hand-over.before-attempt",
    "hand-over.attempt-before-gate",
    "gate.before-ledger",
    "gate.ledger-before-entry",
    "hand-over.begun",
    "hand-over.answered",
    "hand-over.ended-before-case",
    "ask.answered",
    "acknowledgement.verified",
    "acknowledgement.kept",
    "acknowledgement.row-before-entry",
    "acknowledgement.before-case",
    # The message that has an entry destroyed.
    "withdrawal.case-before-file",
    "withdrawal.file-before-row",
    "withdrawal.row-before-mark",
    "withdrawal.before-promise",
    # Letters: between the provider's yes and our commit lies the one window in which a copy may be sent.
    "letter.written-before-promise",
    "letter.taken",
    "letter.handed-over",
    "letter.noted-before-entry",
    "letter.before-release",
    # The worker: a claimed promise, its effect, its end.
    "worker.claimed",
    "worker.effect-before-settle",
    "worker.before-conclusion",
    "worker.conclusion-before-settle",
    "worker.before-postpone",
    # The trail: entries, their numbers, the signed checkpoints.
    "entry.before-rows",
    "entry.after-rows",
    "sequencer.leaves-before-queue",
    "sequencer.queue-before-tiles",
    "sequencer.tiles-before-set",
    "sequencer.set-before-commit",
    "sequencer.after-commit",
    "publisher.before-signature",
    "publisher.signed-before-row",
    "publisher.row-before-commit",
    "publisher.after-commit",
    "data-key.ring-before-row",
    "data-key.row-before-sealing",
    "data-key.batch-written",
    # Files: those of the store, and small ones that are written once (keys).
    "file.before-write",
    "file.written-before-rename",
    "file.renamed-before-sync",
    "small-file.opened",
    "small-file.before-name",
)

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
