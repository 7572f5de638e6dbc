"""A log line is an event's name and ids: nothing in it can be a person's data."""

import ast
from collections.abc import Iterator

from tests.guards.source import Module, dotted, modules

LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
OF_PERSONS = {
    *("name", "last_name", "first_name", "middle_name", "birth_date", "snils", "email", "phone", "address"),
    *(
        "login",
        "password",
        "token",
        "text",
        "note",
        "reason",
        "value",
        "values",
        "typed",
        "said",
        "form",
        "args",
    ),
    *("url", "path", "full_path", "body", "data", "content", "subject", "destination", "headers", "cookies"),
}
NOT_OF_PERSONS = {
    "one.name": "a tick's name",
}


def log_calls(module: Module) -> Iterator[ast.Call]:
    """Find the calls that write a log line."""
    for call in module.calls:
        owner, _, level = dotted(call.func).rpartition(".")
        if level in LEVELS and owner.rpartition(".")[2] in {"log", "logger", "logging", "_log"}:
            yield call


def is_plain(call: ast.Call) -> bool:
    """Tell whether the event is a literal, and nothing is put into it."""
    event = call.args[0] if len(call.args) == 1 else None
    named = {keyword.arg for keyword in call.keywords} <= {"extra", "exc_info"}
    return (
        isinstance(event, ast.Constant) and isinstance(event.value, str) and "%" not in event.value and named
    )


def doubtful(call: ast.Call) -> set[str]:
    """Give what a call's extras speak of that may be a person's data."""
    found = {
        dotted(node)
        for keyword in call.keywords
        for node in ast.walk(keyword.value)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    return {name for name in found if name.rpartition(".")[2] in OF_PERSONS and name not in NOT_OF_PERSONS}


def test_an_event_is_a_literal_and_carries_extras_only() -> None:
    found = {f"{module.path}:{call.lineno}" for module in modules() for call in log_calls(module)}
    assert found
    strange = {
        f"{module.path}:{call.lineno}"
        for module in modules()
        for call in log_calls(module)
        if not is_plain(call)
    }
    assert not strange


def test_no_extra_speaks_of_a_persons_data() -> None:
    strange = {
        f"{module.path}:{call.lineno} {', '.join(doubtful(call))}"
        for module in modules()
        for call in log_calls(module)
        if doubtful(call)
    }
    assert not strange


def test_extras_name_what_they_carry() -> None:
    """A dictionary made elsewhere may grow a field that nobody looked at here."""
    strange = {
        f"{module.path}:{call.lineno}"
        for module in modules()
        for call in log_calls(module)
        for keyword in call.keywords
        if keyword.arg == "extra" and not isinstance(keyword.value, ast.Dict)
    }
    assert not strange
