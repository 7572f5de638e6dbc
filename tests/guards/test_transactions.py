"""Only the unit of work commits, and only it reads the clock."""

import ast

from tests.guards.source import Module, dotted, modules

MAY_COMMIT = {
    "registry/work.py": "the unit of work",
    "registry/storage/engine.py": "ends what only read, and the settings of a new connection",
    "registry/storage/grants.py": "gives rights to the role that serves, before it starts",
    "registry/storage/migrate.py": "ends the transaction that took the lock before migrating",
    "registry/trail/epochs.py": "begins a new tree, which no use case is part of",
    "registry/trail/sequencer.py": "gives committed events their places in the tree",
    "registry/trail/publisher.py": "signs only what was committed before it",
}
MAY_READ_THE_CLOCK = {
    "registry/work.py": "the unit of work",
}
MAY_READ_ANOTHER_CLOCK = "registry/sandbox/"  # outside systems have clocks of their own
BEGINS = ("engine.begin", "engine).begin")
CLOCKS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"datetime", "date"}


def commits(module: Module) -> list[int]:
    """Find the lines that end a transaction or open one that ends by itself."""
    return [
        call.lineno
        for call in module.calls
        if isinstance(call.func, ast.Attribute)
        and (call.func.attr == "commit" or ast.unparse(call.func).endswith(BEGINS))
    ]


def clock_readings(module: Module) -> list[int]:
    """Find the lines that ask what time or day it is; a stop-watch (`time.monotonic`) is no clock."""
    return [call.lineno for call in module.calls if reads_clock(dotted(call.func))]


def reads_clock(name: str) -> bool:
    if name in {"time.time", "time.time_ns", "time.localtime", "time.gmtime"}:
        return True
    owner, _, method = name.rpartition(".")
    return method in CLOCKS and owner.rpartition(".")[2] in CLOCK_OWNERS


def test_only_the_unit_of_work_commits() -> None:
    found = {
        f"{module.path}:{line}"
        for module in modules()
        if module.path not in MAY_COMMIT
        for line in commits(module)
    }
    assert not found


def test_only_the_unit_of_work_reads_the_clock() -> None:
    found = {
        f"{module.path}:{line}"
        for module in modules()
        if module.path not in MAY_READ_THE_CLOCK and not module.path.startswith(MAY_READ_ANOTHER_CLOCK)
        for line in clock_readings(module)
    }
    assert not found


def test_no_exception_outlives_its_reason() -> None:
    by_path = {module.path: module for module in modules()}
    assert [path for path in MAY_COMMIT if path not in by_path or not commits(by_path[path])] in (
        [],
        ["registry/work.py"],  # it commits by leaving `connection.begin()`
    )
    assert all(clock_readings(by_path[path]) for path in MAY_READ_THE_CLOCK)
