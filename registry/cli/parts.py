"""How far a long command is: bars on a terminal, nothing elsewhere; always on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from registry.backup.folders import Tell


@contextmanager
def parts_told() -> Iterator[Tell]:
    """Give a function that is told each part of the work and how much of it is done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def tell(part: str, done: int, total: int) -> None:
            if part not in tasks:
                tasks[part] = bars.add_task(part)
            bars.update(tasks[part], completed=done, total=total)

        yield tell
