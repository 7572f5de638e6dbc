"""Other versions of a definition, as an official might make them: valid ones, made by chance of a number."""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from registry.workflows.definition import Known, check

ROLES = ("tutor", "clerk", "director", "coordinator", "operator")
TABLES = ("states", "transitions", "deadlines")
COUNT = re.compile(r"[0-9]+")


@dataclass
class Draft:
    """A definition under change.

    Attributes:
        kept: states that keep their names, because other processes wait for them.
    """

    table: dict[str, Any]
    random: Random
    kept: frozenset[str]

    def some(self, values: Any) -> Any:
        values = list(values)
        return self.random.choice(values) if values else None

    def states(self, *kinds: str) -> list[str]:
        states = self.table["states"].items()
        return [name for name, one in states if one.get("kind", "step") in kinds and name not in self.kept]


def altered(text: str, number: int, known: Known, kept: frozenset[str]) -> str:
    """Give a text some changes; the same number gives the same ones."""
    random = Random(number)  # noqa: S311 - no secret
    while True:
        draft = Draft(tomllib.loads(text), random, kept)
        if number % 2:
            draft.table["calendar"] = "bg"
        for change in random.choices(CHANGES, k=random.randint(2, 6)):
            change(draft)
        found = written(draft.table)
        checked = check(found, known)
        if checked.definition is not None and not checked.findings:
            return found


def rename(draft: Draft) -> None:
    old = draft.some(draft.states("start", "step"))
    if old is None:
        return
    new = f"{old}_too"
    draft.table["states"] = {new if name == old else name: one for name, one in draft.table["states"].items()}
    for step in draft.table["transitions"].values():
        step["from"] = [new if name == old else name for name in step["from"]]
        step["to"] = new if step["to"] == old else step["to"]
    for line in draft.table.get("deadlines", []):
        line["state"] = new if line["state"] == old else line["state"]


def remove_state(draft: Draft) -> None:
    gone = draft.some(draft.states("step"))
    draft.table["states"].pop(gone, None)
    steps = draft.table["transitions"]
    for step in steps.values():
        step["from"] = [name for name in step["from"] if name != gone]
    draft.table["transitions"] = {
        name: step for name, step in steps.items() if step["from"] and step["to"] != gone
    }
    lines = [
        line
        for line in draft.table.get("deadlines", [])
        if line["state"] != gone and line.get("then", "") in {"", *draft.table["transitions"]}
    ]
    draft.table["deadlines"] = lines


def change_deadline(draft: Draft) -> None:
    line = draft.some(draft.table.get("deadlines", []))
    if line is not None:
        _other_span(draft, line)


def add_deadline(draft: Draft) -> None:
    lines = draft.table.get("deadlines", [])
    line = draft.some(lines)
    if line is not None:
        new = dict(line)
        _other_span(draft, new)
        lines.insert(draft.random.randint(0, len(lines)), new)


def drop_deadline(draft: Draft) -> None:
    lines = draft.table.get("deadlines", [])
    if lines:
        lines.pop(draft.random.randrange(len(lines)))


def mix_deadlines(draft: Draft) -> None:
    draft.random.shuffle(draft.table.get("deadlines", []))


def give_to_another(draft: Draft) -> None:
    state = draft.some(draft.states("start", "step"))
    if state is not None:
        draft.table["states"][state]["assignee"] = draft.some(ROLES)


def take_at_once(draft: Draft) -> None:
    step = draft.some(draft.table["transitions"].values())
    step.pop("by", None)
    step["immediate"] = True


def wait_for_others(draft: Draft) -> None:
    step = draft.some(one for one in draft.table["transitions"].values() if "waits_for" in one)
    if step is not None and len(step["waits_for"]["in"]) > 1:
        step["waits_for"]["in"].pop()


CHANGES: tuple[Callable[[Draft], None], ...] = (
    rename,
    rename,
    remove_state,
    change_deadline,
    change_deadline,
    add_deadline,
    drop_deadline,
    mix_deadlines,
    give_to_another,
    take_at_once,
    wait_for_others,
)


def _other_span(draft: Draft, line: dict[str, Any]) -> None:
    key = draft.some(one for one in ("after", "before", "every") if one in line)
    if key is not None:
        line[key] = COUNT.sub(str(draft.random.choice((1, 2, 5, 9, 20))), line[key])


def written(table: dict[str, Any]) -> str:
    """Write a definition as TOML."""
    parts = [_lines({key: value for key, value in table.items() if key not in TABLES})]
    for kind in ("states", "transitions"):
        parts += [f"[{kind}.{name}]\n{_lines(one)}" for name, one in table[kind].items()]
    parts += [f"[[deadlines]]\n{_lines(one)}" for one in table.get("deadlines", [])]
    return "\n".join(parts)


def _lines(table: dict[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
