"""Every declared failpoint stands in the code exactly once, and nobody passes one that is not declared."""

import ast
from collections import Counter

from registry.storage.failpoints import NAMES
from tests.guards.source import dotted, modules

FEWEST = 40


def passed() -> list[tuple[str, ast.expr]]:
    """Give the first argument of every call of `reach`, with where it stands."""
    return [
        (f"{module.path}:{call.lineno}", call.args[0])
        for module in modules()
        for call in module.calls
        if dotted(call.func).rpartition(".")[2] == "reach"
    ]


def test_every_failpoint_is_passed_by_a_plain_declared_name() -> None:
    strange = [
        where
        for where, name in passed()
        if not isinstance(name, ast.Constant) or name.value not in set(NAMES)
    ]
    assert not strange


def test_every_declared_failpoint_stands_in_the_code_once() -> None:
    counted = Counter(name.value for _, name in passed() if isinstance(name, ast.Constant))
    assert {name: counted[name] for name in NAMES if counted[name] != 1} == {}
    assert len(NAMES) == len(set(NAMES)) >= FEWEST


def test_nothing_but_the_running_registry_arms_a_failpoint() -> None:
    """A process is struck because its environment says so, in sandbox mode, and for no other reason."""
    armers = {
        module.path
        for module in modules()
        for call in module.calls
        if dotted(call.func).rpartition(".")[2] in {"arm", "listening", "Strike"}
    }
    assert armers == {"registry/work.py", "registry/storage/failpoints.py"}
