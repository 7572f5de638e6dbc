"""A small supervisor: starts processes, starts again those that end, and ends all of them with itself."""

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LOOK_S = 0.2
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
LIVED_WELL_S = 30.0
STOPPING_S = 12.0
"""For the job under way; shorter than whoever waits for us waits."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Child:
    """One process that is to run: what runs now, since when, and the pause before it is started again."""

    words: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_S
    again_at: float = 0.0


class Supervisor:
    """Keeps processes running."""

    def __init__(self, commands: Mapping[str, Sequence[str]], environ: Mapping[str, str]) -> None:
        """Take what to run.

        Args:
            commands: the words of each command, by the name that the log gives it.
            environ: of the processes.
        """
        self._children = {name: Child(words) for name, words in commands.items()}
        self._environ = dict(environ)

    def run(self, stop: threading.Event) -> None:
        """Keep them running until `stop` is set, then end them in order."""
        try:
            while not stop.is_set():
                for called, child in self._children.items():
                    self._tend(called, child)
                stop.wait(LOOK_S)
        finally:
            self._end()

    def _tend(self, called: str, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            log.warning("process-ended", extra={"child": called, "status": child.process.returncode})
            lived_well = now - child.started > LIVED_WELL_S
            child.pause = FIRST_PAUSE_S if lived_well else min(child.pause * 2, LONGEST_PAUSE_S)
            child.process, child.again_at = None, now + child.pause
        if child.process is None and now >= child.again_at:
            # It reads the end of its input when this process is gone, however it went.
            child.process = subprocess.Popen(  # noqa: S603 - our own program
                child.words,
                env=self._environ,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            child.started = now

    def _end(self) -> None:
        running = [child.process for child in self._children.values() if child.process is not None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOPPING_S
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()
