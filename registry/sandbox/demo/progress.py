"""Progress of the demo: bars on a terminal, plain lines elsewhere, always on standard error."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import (
    Progress as Bars,
)

from registry.errors import N_

EVERY = 100


class Progress:
    """Tells what is under way; safe for threads."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._terminal = console.is_terminal
        self._console = console
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._lock = threading.Lock()
        self._done = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        self._bars.stop()

    def note(self, text: str) -> None:
        """Say one line."""
        self._console.print(f"  {text}", style="dim")

    @contextmanager
    def step(self, title: str, total: int = 1) -> Iterator["Step"]:
        """Begin a part of the way; it counts as done when the block ends."""
        task = self._bars.add_task(title, total=total)
        if not self._terminal:
            self._console.print(title)
        step = Step(self._bars, task, None if self._terminal else self._console, total)
        yield step
        self._bars.update(task, completed=total)


class Step:
    """One part of the way, counted."""

    def __init__(self, bars: Bars, task: TaskID, console: Console | None, total: int) -> None:
        self._bars = bars
        self._task = task
        self._console = console
        self._total = total
        self._done = 0
        self._lock = threading.Lock()

    def advance(self) -> None:
        """Count one more."""
        with self._lock:
            self._done += 1
            done = self._done
        self._bars.advance(self._task)
        if self._console is not None and (done % EVERY == 0 or done == self._total):
            self._console.print(N_("  готово %(done)s из %(total)s") % {"done": done, "total": self._total})
