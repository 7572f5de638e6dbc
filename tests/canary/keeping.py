"""Files that programs make in the temporary folder and remove again: kept so that they can be looked at."""

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PAUSE_S = 0.002


def named_files(folder: Path) -> Iterator[Path]:
    """Give the files of a folder."""
    return (path for path in folder.rglob("*") if path.is_file())


def held_files(processes: Collection[int], folder: Path) -> Iterator[Path]:
    """Give the files of a folder that processes hold open; such as never had a name too."""
    for process in processes:
        for path in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):  # it was closed meanwhile
                if str(path.readlink()).startswith(f"{folder}/"):
                    yield path


def processes_with(word: str) -> list[int]:
    """Name the processes in whose environment something stands."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if word.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


@contextmanager
def keeping(files: Callable[[], Iterable[Path]], into: Path) -> Iterator[None]:
    """Open every file that appears meanwhile, and write down at the end what was in it.

    A second name would do too, but GnuPG counts the names of its locks.
    """
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(files, into, over))
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep(files: Callable[[], Iterable[Path]], into: Path, over: threading.Event) -> None:
    with ExitStack() as stack:
        opened: dict[int, BinaryIO] = {}
        while not over.wait(PAUSE_S):
            with suppress(OSError):  # files and folders go while they are walked through
                for path in files():
                    if path.stat().st_ino not in opened:
                        file = stack.enter_context(path.open("rb"))
                        opened[os.fstat(file.fileno()).st_ino] = file
        into.mkdir(exist_ok=True)
        for number, file in enumerate(opened.values(), len(list(into.iterdir()))):
            (into / str(number)).write_bytes(file.read())
