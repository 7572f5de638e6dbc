"""A process of its own for what strangers made: a child of ours reads it within limits, this side listens."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).parents[2]
_CHILD: Final = (
    "import sys; from importlib import import_module; sys.path.append(sys.argv.pop()); "
    "import_module(sys.argv.pop()).main()"
)


def ask_apart(child: str, told: object, data: bytes, patience: int, *, cut: bool = False) -> bytes:
    """Run the `main` of a module of ours in a new process without our surroundings, and give its answer.

    Args:
        child: name of the module. Its first argument is what it is told; what it says of itself besides
            is for nobody.
        told: for the child, as JSON.
        data: what it reads on its standard input.
        patience: seconds to wait for it.
        cut: give as much as came of a child that died; otherwise the answer of a dead child is empty.
    """
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-I", "-c", _CHILD, json.dumps(told), child, str(_PROJECT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as process:
        try:
            answer = process.communicate(data, timeout=patience)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            answer = process.communicate()[0]
    return answer if cut or process.returncode == 0 else b""


def keep_within(memory: int, seconds: int) -> None:
    """Take from this process the memory (bytes), processor time and files that reading does not need."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
