"""From the text of a TOML file to a definition; its graph is looked at elsewhere (`checks`)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from registry.errors import N_
from registry.workflows.definition.findings import Finding, line_of
from registry.workflows.definition.reader import OWNED_NAME, Reader
from registry.workflows.definition.shape import (
    Deadline,
    Definition,
    State,
    StateKind,
    Transition,
    WaitsFor,
)

LANGUAGES = ("ru", "en", "bg")
LONGEST_FILE = 256 * 1024
MOST_STATES = 500
MOST_TRANSITIONS = 2000
MOST_DEADLINES = 1000
MOST_VERSIONS = 1_000_000
MOST_TURNS = 50
OLDEST = 120

TOP = (
    "id",
    "version",
    "title",
    "languages",
    "subject",
    "dates",
    "calendar",
    "states",
    "transitions",
    "deadlines",
)
STATE = ("title", "kind", "assignee")
TRANSITION = ("title", "from", "to", "by", "guards", "effects", "jobs", "immediate", "waits_for")
WAITS_FOR = ("process", "in")
DEADLINE = (
    "state",
    "after",
    "at",
    "birthday",
    "before",
    "then",
    "escalate",
    "remind",
    "every",
    "most",
)
_TOML_LINE = re.compile(r"\(at line (\d+)")

Table = Mapping[str, object]


def parse(text: str) -> tuple[Definition | None, tuple[Finding, ...]]:
    """Read a definition; without one when anything in its shape is wrong, and then with the findings."""
    if len(text) > LONGEST_FILE:
        return None, (Finding("", N_("определение длиннее %(most)s знаков"), {"most": LONGEST_FILE}),)
    return _parse(text)


@lru_cache(maxsize=64)
def _parse(text: str) -> tuple[Definition | None, tuple[Finding, ...]]:
    """Read a text that is not too long; what was read is never changed, so the same text is read once."""
    try:
        top = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return None, (_not_toml(error),)
    reader = Reader()
    definition = _definition(reader, top)
    if reader.findings:
        return None, tuple(replace(one, line=line_of(text, one.key)) for one in reader.findings)
    return definition, ()


def _not_toml(error: Exception) -> Finding:
    found = _TOML_LINE.search(str(error))
    line = int(found[1]) if found else None
    words = N_("текст не читается: проверьте здесь кавычки, скобки и знак «=» (%(reason)s)")
    return Finding("TOML", words, {"reason": str(error)}, line)


def _definition(reader: Reader, top: Table) -> Definition | None:
    reader.table(top, "", TOP)
    languages = _languages(reader, top.get("languages", ["ru"]))
    if not _small_enough(reader, top):
        return None
    return Definition(
        id=reader.name(top.get("id"), "id"),
        version=reader.whole(top.get("version"), "version", MOST_VERSIONS),
        title=reader.texts(top.get("title"), "title", languages),
        languages=languages,
        subject=reader.name(top.get("subject"), "subject"),
        dates=reader.names(top.get("dates"), "dates"),
        states=_states(reader, top.get("states"), languages),
        transitions=_transitions(reader, top.get("transitions", {}), languages),
        deadlines=_deadlines(reader, top.get("deadlines", [])),
        calendar=reader.optional_name(top.get("calendar"), "calendar"),
    )


def _languages(reader: Reader, value: object) -> tuple[str, ...]:
    names = reader.names(value, "languages")
    for name in names:
        if name not in LANGUAGES:
            reader.refuse("languages", N_("страницы бывают на языках: %(known)s"), known=", ".join(LANGUAGES))
    if "ru" not in names:
        reader.refuse("languages", N_("русский текст обязателен: добавьте ru"))
    return names


def _small_enough(reader: Reader, top: Table) -> bool:
    limits = {"states": MOST_STATES, "transitions": MOST_TRANSITIONS, "deadlines": MOST_DEADLINES}
    for key, most in limits.items():
        held = top.get(key)
        if isinstance(held, dict | list) and len(held) > most:
            reader.refuse(
                key, N_("здесь %(count)s частей, а можно не более %(most)s"), count=len(held), most=most
            )
    return not any(one.key in limits for one in reader.findings)


def _states(reader: Reader, value: object, languages: tuple[str, ...]) -> tuple[State, ...]:
    table = reader.open_table(value, "states")
    return tuple(_state(reader, name, raw, languages) for name, raw in table.items())


def _state(reader: Reader, name: str, raw: object, languages: tuple[str, ...]) -> State:
    key = f"states.{name}"
    table = reader.table(raw, key, STATE)
    return State(
        id=reader.name(name, key),
        title=reader.texts(table.get("title"), f"{key}.title", languages),
        kind=_kind(reader, table.get("kind", "step"), f"{key}.kind"),
        assignee=reader.optional_name(table.get("assignee"), f"{key}.assignee"),
    )


def _kind(reader: Reader, value: object, key: str) -> StateKind:
    if isinstance(value, str) and value in set(StateKind):
        return StateKind(value)
    reader.refuse(key, N_("нужно start, step или end"))
    return StateKind.STEP


def _transitions(reader: Reader, value: object, languages: tuple[str, ...]) -> tuple[Transition, ...]:
    table = reader.open_table(value, "transitions")
    return tuple(_transition(reader, name, raw, languages) for name, raw in table.items())


def _transition(reader: Reader, name: str, raw: object, languages: tuple[str, ...]) -> Transition:
    key = f"transitions.{name}"
    table = reader.table(raw, key, TRANSITION)
    sources = reader.names(table.get("from"), f"{key}.from")
    if not sources:
        reader.refuse(f"{key}.from", N_("не сказано, из какого состояния"))
    return Transition(
        id=reader.name(name, key),
        title=reader.texts(table.get("title"), f"{key}.title", languages),
        sources=sources,
        target=reader.name(table.get("to"), f"{key}.to"),
        by=reader.names(table.get("by"), f"{key}.by"),
        guards=reader.names(table.get("guards"), f"{key}.guards", OWNED_NAME),
        effects=reader.names(table.get("effects"), f"{key}.effects", OWNED_NAME),
        jobs=reader.names(table.get("jobs"), f"{key}.jobs", OWNED_NAME),
        immediate=reader.flag(table.get("immediate"), f"{key}.immediate"),
        waits_for=_waits_for(reader, table.get("waits_for"), f"{key}.waits_for"),
    )


def _waits_for(reader: Reader, value: object, key: str) -> WaitsFor | None:
    if value is None:
        return None
    table = reader.table(value, key, WAITS_FOR)
    states = reader.names(table.get("in"), f"{key}.in")
    if not states:
        reader.refuse(f"{key}.in", N_("не сказано, в каких состояниях должны стоять подчинённые дела"))
    return WaitsFor(reader.name(table.get("process"), f"{key}.process"), states)


def _deadlines(reader: Reader, value: object) -> tuple[Deadline, ...]:
    if not isinstance(value, list):
        reader.refuse("deadlines", N_("нужны части вида [[deadlines]]"))
        return ()
    return tuple(_deadline(reader, f"deadlines[{number}]", raw) for number, raw in enumerate(value))


def _deadline(reader: Reader, key: str, raw: object) -> Deadline:
    table = reader.table(raw, key, DEADLINE)
    return Deadline(
        state=reader.name(table.get("state"), f"{key}.state"),
        after=reader.span(table.get("after"), f"{key}.after"),
        at=reader.optional_name(table.get("at"), f"{key}.at"),
        before=reader.span(table.get("before"), f"{key}.before"),
        then=reader.optional_name(table.get("then"), f"{key}.then"),
        escalate=reader.optional_name(table.get("escalate"), f"{key}.escalate"),
        remind=reader.optional_name(table.get("remind"), f"{key}.remind", OWNED_NAME),
        birthday=reader.optional_whole(table.get("birthday"), f"{key}.birthday", OLDEST),
        every=reader.span(table.get("every"), f"{key}.every"),
        most=reader.optional_whole(table.get("most"), f"{key}.most", MOST_TURNS),
    )
