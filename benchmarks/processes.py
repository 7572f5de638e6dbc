"""What the registry's own processes take: memory while idle, time to the first page, and the whole demo."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (("serve", "--processes", "2"), ("work",))
PAGE = "/sign-in"
PAGES = 20
SETTLED_S = 3
PATIENCE_S = 60
MOST_MIB = 280
MOST_S = 2.5
DEMO_FILE = "samples/school-17.xlsx"
MOST_DEMO_S = 180
LIBRARIES = "import flask, sqlalchemy, psycopg, alembic, granian, cryptography"


def figures() -> Iterator[Figure]:
    """Measure one installation: web with two processes and a worker, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="registry-processes-") as folder:
        port = free_port()
        environ = {**os.environ, "REGISTRY_HOME": f"{folder}/home", "REGISTRY_PORT": str(port)}
        subprocess.run([*command("install")], env=environ, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        floor = timed([sys.executable, "-c", LIBRARIES])
        started = time.perf_counter()
        with running(environ) as processes:
            address = f"http://127.0.0.1:{port}{PAGE}"
            wait_for(address)
            first = time.perf_counter() - started
            for _ in range(PAGES):
                urllib.request.urlopen(address, timeout=10).close()
            time.sleep(SETTLED_S)
            pss = sum(memory_mib(one) for one in family([process.pid for process in processes]))
        told = f"libraries alone {floor:.2f} s"
        yield Figure("processes", "start to the first page", first, "s", MOST_S, floor=told)
        yield Figure("processes", "web and worker, idle", pss, "MiB of PSS", MOST_MIB)
    yield demo()


def demo() -> Figure:
    """Go the whole way of a school's spreadsheet in a fresh home, as who tries the registry out does."""
    with tempfile.TemporaryDirectory(prefix="registry-demo-") as folder:
        words = command("demo", DEMO_FILE, "--json", "--home", f"{folder}/home")
        started = time.perf_counter()
        done = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        took = time.perf_counter() - started
    said = json.loads(done.stdout.splitlines()[-1])
    bare = timed([sys.executable, "-c", f"import python_calamine as c; c.load_workbook({DEMO_FILE!r})"])
    floor = (
        f"{said['students']} students, {said['acts']} acts, {said['trail_size']} events verified;"
        f" a process that only opens the file {bare:.2f} s"
    )
    return Figure("processes", f"the demo of {DEMO_FILE}", took, "s", MOST_DEMO_S, floor=floor)


def command(*words: str) -> list[str]:
    """Give the words of one of the registry's commands."""
    return [sys.executable, "-m", "registry", *words]


def timed(words: Sequence[str]) -> float:
    """Give the seconds that a command takes."""
    started = time.perf_counter()
    subprocess.run(words, cwd=ROOT, check=True)
    return time.perf_counter() - started


@contextmanager
def running(environ: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start web and worker together, and end them."""
    processes = [
        subprocess.Popen(command(*words), env=environ, cwd=ROOT, stdout=subprocess.DEVNULL)
        for words in COMMANDS
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(PATIENCE_S)


def wait_for(address: str) -> None:
    """Ask for a page again and again until it is answered with 200."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - loopback
            if answer.status == 200:
                return
        time.sleep(0.01)
    message = f"no page at {address}"
    raise RuntimeError(message)


def family(pids: Sequence[int]) -> list[int]:
    """Give some processes and all their descendants."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name in parentheses may hold blanks; the parent is the second word after it.
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found = list(pids)
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def memory_mib(pid: int) -> float:
    """Give a process's proportional share of memory: what processes share is counted once."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def free_port() -> int:
    """Find a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
