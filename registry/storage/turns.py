"""SQLite has one writer: who writes waits for a turn, first in this process and then between processes.

SQLite's own waiting sleeps longer and longer, up to a tenth of a second a try; with a few writers that
costs more than the writing. Here threads queue on a lock, and only the one at its head asks the file: when
another process rings that it has written, and after a pause in any case.

A thread that writes again and again keeps the turn for a while: going from process to process with each
transaction, the same work takes twice as long, for the processor has nothing of it at hand.
"""

import errno
import logging
import os
import select
import sqlite3
import stat
import threading
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

log = logging.getLogger(__name__)

READING = "registry_reading"
"""Execution option of a connection that only reads: on SQLite it takes no write lock."""
PATIENCE: Final = 30.0
PAUSE: Final = 0.01
"""Not shorter than a tenure, or who waits breaks into it."""
TENURE: Final = 0.01
AT_ONCE: Final = 0.001
"""Who comes back within so many seconds writes again and again."""
MOST_RINGS: Final = 65_536
_HELD: Final = "registry_turn"


class Turns:
    """The turns of one engine."""

    def __init__(self, file: str | None) -> None:
        self._lock = threading.Lock()
        self._bell = open_bell(file) if file and file != ":memory:" else None
        self._last: int | None = None
        self._left_at = self._until = 0.0

    def attach(self, engine: Engine) -> None:
        """Let every transaction begin with its turn, and end it when the connection goes back."""
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "checkin", self._end)
        event.listen(engine, "invalidate", self._end)

    def _begin(self, connection: Connection) -> None:
        file: Any = connection.connection.driver_connection
        if connection.get_execution_options().get(READING):
            file.execute("BEGIN")
            return
        asked_at = time.monotonic()
        if not connection.info.get(_HELD):
            # Without a turn in time the file itself decides, and says "locked" if it must.
            connection.info[_HELD] = self._lock.acquire(timeout=PATIENCE)
        file.execute("PRAGMA busy_timeout=0")
        try:
            self._take(file, asked_at + PATIENCE)
            self._enter(asked_at)
        finally:
            file.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")

    def _end(self, _dbapi_connection: object, record: Any, *_: object) -> None:  # noqa: ANN401 - the pool's record
        if record.info.pop(_HELD, False):
            self._leave()
            self._lock.release()

    def _leave(self) -> None:
        """Tell the others, unless this thread's tenure goes on."""
        self._last, self._left_at = threading.get_ident(), time.monotonic()
        if self._bell and self._left_at >= self._until:
            self._bell.ring()

    def _enter(self, asked_at: float) -> None:
        """Begin a tenure where a thread came back at once, and end it where another one came."""
        now = time.monotonic()
        if threading.get_ident() != self._last or asked_at - self._left_at > AT_ONCE:
            self._until = 0.0
        elif now >= self._until:
            self._until = now + TENURE

    def _take(self, file: Any, deadline: float) -> None:  # noqa: ANN401 - the driver's connection
        """Ask for the write lock again and again, in short steps, until another process lets it go."""
        while True:
            try:
                file.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                if self._bell:
                    self._bell.wait()
                else:
                    time.sleep(PAUSE)
            else:
                return


def open_bell(file: str) -> "Bell | None":
    """Open the bell beside a database; none where the file system has no pipes, as some network shares.

    Without it a waiting process asks again after each pause, which costs a little and loses nothing.
    """
    try:
        return Bell(file)
    except (OSError, NotImplementedError) as error:
        log.warning("no-bell-beside-the-database", extra={"error": type(error).__name__})
        return None


class Bell:
    """A named pipe beside the database: who has written rings, who waits to write wakes up.

    A ring that is lost, or meant for another process, costs the pause and nothing else.
    """

    def __init__(self, file: str) -> None:
        """Open the pipe, and make it if nobody has.

        Raises:
            OSError, NotImplementedError: there can be no pipe here, or something else stands in its place.
        """
        path = f"{file}-turn"
        with suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        if not stat.S_ISFIFO(Path(path).stat().st_mode):
            raise FileExistsError(errno.EEXIST, "not a named pipe", path)
        self._pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._pipe)

    def ring(self) -> None:
        """Wake a process that waits; a pipe full of rings that nobody heard is as good."""
        with suppress(BlockingIOError):
            os.write(self._pipe, b"!")

    def wait(self) -> None:
        """Wait for a ring, a pause at the longest."""
        if select.select([self._pipe], (), (), PAUSE)[0]:
            with suppress(BlockingIOError):
                os.read(self._pipe, MOST_RINGS)
