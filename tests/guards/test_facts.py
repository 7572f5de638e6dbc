"""No state without its fact: who writes rows also writes a trail entry, in the same transaction."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from tests.guards.source import Module, modules

STORIES = {"usecases", "gate", "steps", "withdrawals", "clock", "moving"}
"""Files that tell what happens; models below them only write what they are told."""
CHANGES = {"insert", "update", "delete"}
WITHOUT_A_FACT = {
    "registry.consents.usecases.esia_login.begin": "nobody is known yet; the way back tells what came of it",
    "registry.consents.usecases.esia_login.take": "the same: it is told right after it",
    "registry.access.usecases.sessions.take_try": "tries are counted; the door tells of refusals",
    "registry.access.usecases.factors.take_code_try": "the same: codes that were tried are counted",
    "registry.proofs.usecases.checking.take_question": "the same: questions of strangers are counted",
    "registry.proofs.usecases.stamping.let_go": "the destruction, or what takes its place, is told",
    "registry.proofs.usecases.attaching.let_signatures_go": "the destruction that lets them go is told",
    "registry.access.usecases.sessions.open_session": "whoever opens a session says who signed in",
    "registry.consents.usecases.asking.ask_one": "the act on paper that follows at once is told",
    "registry.consents.usecases.placing.take_sheets": "the end of the reading tells how many found a form",
    "registry.consents.usecases.placing.put_in_form": "the same; a page that a person lays is told by him",
    "registry.consents.usecases.placing.drop_form": "the same: the next scan of a form takes its place",
    "registry.consents.usecases.requesting.begin_requests": "what is asked is told, and each case of itself",
    "registry.consents.usecases.following.begin_some": "the same, and cases tell that they began",
    "registry.consents.steps.keep_on_paper": "the step of the case, of which it is a part, is told",
    "registry.consents.steps.keep_off_paper": "the same",
    "registry.consents.usecases.presenting.keep_text": "the act names what was shown, with its digest",
    "registry.consents.usecases.presenting.present": "the same: it prepares a text and keeps it",
    "registry.consents.usecases.identifying.keep_how": "the accepted code is told, and acts take it along",
    "registry.people.usecases.tying.tie": "the approval of the list that says so is told, with its changes",
    "registry.workflows.clock.count_cases": "cases are counted for drawings; each case tells of itself",
    "registry.staff.clock.forget_old_answers": "what was done is told; these rows tell a second asking",
    "registry.people.clock.forget_old_looks": "the looks are told; these rows tell one look from another",
    "registry.letters.usecases.void": "who changes a contact tells of it, and of the links that end",
}


def dotted_path(module: Module) -> str:
    return module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(module: Module) -> Mapping[str, str]:
    """Map the names that a module uses to what they are called where they come from."""
    names = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.update({one.asname or one.name: f"{node.module}.{one.name}" for one in node.names})
    return names


def calls_of(function: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    """Name whatever a function calls or hands on, by its full name where it can be told."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{known.get(node.value.id, '?')}.{node.attr}"
        elif isinstance(node, ast.Name) and node.id in known:
            yield known[node.id]


@cache
def graph() -> Mapping[str, frozenset[str]]:
    """Give each function of a module's top level, or of a class there, with all that it calls."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules():
        here = dotted_path(module)
        own = {
            node.name: f"{here}.{node.name}"
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        known = {**imported(module), **own}
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[own[node.name]] |= set(calls_of(node, known))
    return {name: frozenset(calls) for name, calls in found.items()}


def reached(start: str) -> set[str]:
    """Follow the calls from one function to the end."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph().get(name, ())
    return seen


def writes(name: str) -> bool:
    """Tell whether a function of a room's models changes rows itself."""
    return ".models" in name and bool(
        graph().get(name, frozenset()) & {f"sqlalchemy.{verb}" for verb in CHANGES}
    )


def storytellers() -> list[str]:
    """Name the public functions that change rows, by themselves or by what they call."""
    names = [
        f"{dotted_path(module)}.{node.name}"
        for module in modules()
        if module.place in STORIES
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    return [name for name in names if any(writes(called) for called in reached(name))]


def records(name: str) -> bool:
    return any(called.endswith((".record", ".record_many")) for called in reached(name))


def test_who_changes_rows_records_what_happened() -> None:
    assert storytellers()
    assert not [name for name in storytellers() if not records(name) and name not in WITHOUT_A_FACT]


def test_no_exception_outlives_its_reason() -> None:
    silent = {name for name in storytellers() if not records(name)}
    assert not set(WITHOUT_A_FACT) - silent
