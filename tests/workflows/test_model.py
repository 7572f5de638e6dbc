"""Cases in any order of events: steps, refusals, time, the clock; their history says where they stand.

One machine plays a process of the tests' own with sub-cases and every kind of deadline, and one each shipped
definition, with guards that a switch opens and shuts instead of those of its room. What a case waits for is
counted a second time, slowly, from its history.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError
from registry.jobs.names import job, known_names
from registry.trail.entries import Actor
from registry.work import Registry, Work
from registry.workflows import clock, models, usecases, versions
from registry.workflows.calendars import calendar
from registry.workflows.cases import Case, Happening, Refused, Step, Subject
from registry.workflows.deadlines import Due, Waiting, midnight, moment_of
from registry.workflows.definition import Definition, Transition, parse
from registry.workflows.names import NAMES, Guard
from tests.conftest import PROFILE

RUNS = settings(
    max_examples=2_000 if PROFILE == "deep" else 50,
    stateful_step_count=100 if PROFILE == "deep" else 30,
    deadline=None,
)
BEGIN = datetime(2020, 11, 2, 6, 30, tzinfo=UTC)
END = datetime(2024, 1, 1, tzinfo=UTC)
SYSTEM = Actor("system", None, "system", "system")
MOST_CASES = 6
LEFT_WAITING = {Happening.REMINDED, Happening.ESCALATED}
SCHOOL = UUID(int=17)

OWNED = re.compile(r'"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)"')

shut: set[str] = set()
births: dict[UUID, date] = {}

WHOLE = """
id = "whole"
version = 1
title = { ru = "Целое" }
subject = "thing"
dates = ["term"]
[states.collecting]
title = { ru = "Сбор" }
kind = "start"
assignee = "clerk"
[states.ready]
title = { ru = "Готово" }
[states.sure]
title = { ru = "Проверено" }
[states.done]
title = { ru = "Конец" }
kind = "end"
[transitions.all_ready]
title = { ru = "Все части готовы" }
from = ["collecting"]
to = "ready"
immediate = true
waits_for = { process = "piece", in = ["complete", "closed"] }
[transitions.pass_on]
title = { ru = "Дальше" }
from = ["ready"]
to = "sure"
immediate = true
guards = ["own.fine"]
[transitions.finish]
title = { ru = "Закончить" }
from = ["ready", "sure"]
to = "done"
by = ["system", "clerk"]
guards = ["own.good"]
waits_for = { process = "piece", in = ["closed"] }
[transitions.drop]
title = { ru = "Бросить" }
from = ["collecting", "ready", "sure"]
to = "done"
by = ["system", "director"]
guards = ["own.fine"]
[[deadlines]]
state = "collecting"
after = "3 working days"
remind = "own.tell"
every = "2 working days"
most = 5
[[deadlines]]
state = "collecting"
after = "50 hours"
escalate = "director"
every = "5 days"
most = 3
[[deadlines]]
state = "collecting"
at = "term"
before = "2 working days"
remind = "own.tell"
[[deadlines]]
state = "collecting"
at = "term"
then = "drop"
[[deadlines]]
state = "sure"
birthday = 14
then = "drop"
remind = "own.tell"
[[deadlines]]
state = "sure"
birthday = 14
before = "20 days"
remind = "own.tell"
every = "6 days"
most = 3
[[deadlines]]
state = "ready"
after = "10 days"
then = "finish"
"""
PIECE = """
id = "piece"
version = 1
title = { ru = "Часть" }
subject = "thing"
[states.open]
title = { ru = "Открыта" }
kind = "start"
[states.complete]
title = { ru = "Полна" }
[states.closed]
title = { ru = "Закрыта" }
kind = "end"
[transitions.fill]
title = { ru = "Наполнить" }
from = ["open"]
to = "complete"
by = ["system", "tutor"]
[transitions.reopen]
title = { ru = "Открыть снова" }
from = ["complete"]
to = "open"
by = ["system"]
[transitions.close]
title = { ru = "Закрыть" }
from = ["open", "complete"]
to = "closed"
by = ["system", "tutor"]
[[deadlines]]
state = "complete"
after = "30 days"
then = "close"
"""


def played(text: str) -> str:
    """A definition with names of the model's own instead of those of its room."""
    text = OWNED.sub(r'"model.\1_\2"', text)
    text = re.sub(r'(process\s*=\s*)"', r'\1"played-', text)
    return re.sub(r'^(id|subject)(\s*=\s*)"', r'\1\2"played-', text, flags=re.MULTILINE)


def own_names(definition: Definition) -> None:
    for step in definition.transitions:
        for name in step.guards:
            NAMES.guards.setdefault(name, guard_named(name))
        for name in step.effects:
            NAMES.effects.setdefault(name, lambda _work, _case: None)
        for name in step.jobs:
            own_job(name)
    for line in definition.deadlines:
        own_job(line.remind)
    NAMES.births.setdefault(definition.subject, known_births)


def own_job(name: str | None) -> None:
    if name is not None and name not in known_names():
        job(name)(lambda _work, **_ids: None)


def guard_named(name: str) -> Guard:
    return lambda _work, _case: Refused("Закрыто.", code="shut") if name in shut else None


def known_births(_work: Work, ids: Collection[UUID]) -> Mapping[UUID, date]:
    return {one: births[one] for one in ids if one in births}


@dataclass
class Played:
    """What a machine plays: the process that cases are begun of, and those of its parts."""

    registry: Registry
    main: str
    parts: tuple[str, ...]
    definitions: dict[str, Definition] = field(default_factory=dict)


class Machine(RuleBasedStateMachine):
    """One run is one transaction that is taken back: time is what it says, and nothing waits for a disk."""

    played: Played

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.work = self.stack.enter_context(self.played.registry.work(SYSTEM))
        self.ids: list[UUID] = []
        self.switched: dict[UUID, int] = {}
        self.at(BEGIN)
        shut.clear()

    def teardown(self) -> None:
        try:
            self.work.connection.get_transaction().rollback()  # type: ignore[union-attr]
        finally:
            self.stack.pop_all()
            self.work.connection.close()

    def at(self, moment: datetime) -> None:
        self.work.now = moment
        self.work.today = moment.astimezone(self.work.settings.timezone).date()

    @initialize(data=st.data())
    def first(self, data: st.DataObject) -> None:
        self.begin(data)

    @rule(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        if len(self.ids) >= MOST_CASES:
            return
        parent = data.draw(st.sampled_from([None, *self.open_parents()]))
        process = self.played.main if parent is None else data.draw(st.sampled_from(self.played.parts))
        definition = self.played.definitions[process]
        subject = Subject(definition.subject, self.work.new_id())
        births[subject.id] = data.draw(st.dates(date(2007, 1, 1), date(2009, 12, 31)))
        days = st.dates(date(2020, 11, 2), date(2021, 6, 1))
        dates = {name: data.draw(days) for name in definition.dates if data.draw(st.booleans())}
        case = usecases.start(
            self.work, process, subject, SCHOOL, dates=dates, parent=parent.id if parent else None
        )
        self.ids.append(case.id)
        self.check(case.id)

    def open_parents(self) -> list[Case]:
        if not self.played.parts:
            return []
        cases = [self.case(one) for one in self.ids]
        return [case for case in cases if case.definition_id == self.played.main and case.closed_at is None]

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Try any step of the definition, also one that is not possible, by somebody who may or may not."""
        case = self.case(data.draw(st.sampled_from(self.ids)))
        definition = self.played.definitions[case.definition_id]
        ways = definition.ways_out(case.state) or definition.transitions
        step = data.draw(st.sampled_from([*ways, *ways, *definition.transitions]))
        role = data.draw(st.sampled_from([*step.by, *step.by, "auditor"]))
        revision = data.draw(st.sampled_from([None, case.revision, case.revision, case.revision - 1]))
        expected = self.answer(case, step, role, revision)
        self.work.actor = actor_of(role)
        if expected is None:
            usecases.advance(self.work, case.id, step.id, revision=revision)
        else:
            with pytest.raises(expected[0]) as refused:
                usecases.advance(self.work, case.id, step.id, revision=revision)
            assert refused.value.slug == expected[1]
            assert self.case(case.id) == case
        self.work.actor = SYSTEM
        self.check(case.id)

    def answer(
        self, case: Case, step: Transition, role: str, revision: int | None
    ) -> tuple[type[RegistryError], str] | None:
        """What a step is answered with; None when it is taken."""
        if revision not in (None, case.revision):
            return ConflictError, "stale-revision"
        if case.closed_at is not None:
            return ConflictError, "case-closed"
        if step.immediate or case.state not in step.sources:
            return ConflictError, "step-not-possible"
        if role not in step.by:
            return ForbiddenError, "step-not-yours"
        return self.refused(case, step)

    def refused(self, case: Case, step: Transition) -> tuple[type[RegistryError], str] | None:
        if step.waits_for is not None:
            parts = [one for one in map(self.case, self.ids) if one.parent_id == case.id]
            held = [one for one in parts if one.definition_id == step.waits_for.process]
            if not held:
                return ConflictError, "no-sub-cases"
            if any(one.state not in step.waits_for.states for one in held):
                return ConflictError, "sub-cases-open"
        return (ConflictError, "shut") if shut & set(step.guards) else None

    @rule(data=st.data())
    def ask_for_what_is_not_there(self, data: st.DataObject) -> None:
        case = self.case(data.draw(st.sampled_from(self.ids)))
        with pytest.raises(NotFoundError):
            usecases.advance(self.work, case.id, "no_such_step")

    @rule(data=st.data())
    def switch(self, data: st.DataObject) -> None:
        """Open a guard or shut it; what could go on by itself does so with the next event, not at once."""
        names = sorted(
            {
                name
                for one in self.played.definitions.values()
                for step in one.transitions
                for name in step.guards
            }
        )
        if names:
            shut.symmetric_difference_update({data.draw(st.sampled_from(names))})
            self.switched = {one: self.case(one).revision for one in self.ids}

    @rule(hours=st.sampled_from([1, 5, 24, 30, 100, 400, 1000, 4000]))
    def wait(self, hours: int) -> None:
        """Let time pass, and the clock find what passed with it."""
        if self.work.now + timedelta(hours=hours) > END:
            return
        self.at(self.work.now + timedelta(hours=hours))
        for _ in range(200):
            due = clock.due(self.work)
            if not due:
                break
            for case in due:
                clock.escalate(self.work, case)
        else:
            pytest.fail("the clock never came to an end")
        for one in self.ids:
            self.check(one)

    def case(self, case_id: UUID) -> Case:
        case = models.find(self.work.connection, case_id)
        assert case is not None
        return case

    def check(self, case_id: UUID) -> None:
        opened = usecases.look(self.work, case_id)
        case, definition, history = opened.case, opened.definition, list(opened.history)
        entered = replayed(case, definition, history)
        if case.parent_id is not None:
            self.check(case.parent_id)
        if case.closed_at is not None:
            assert case.due_at is None
            return
        assert definition.ways_out(case.state), "stuck"
        self.waits_rightly(case, definition, history[entered:])
        if history[-1].kind is Happening.MOVED and case.revision > self.switched.get(case.id, 0):
            at_once = [step for step in definition.ways_out(case.state) if step.immediate]
            assert all(self.refused(case, step) for step in at_once)

    def waits_rightly(self, case: Case, definition: Definition, since: list[Step]) -> None:
        """Count the passed deadlines from the history: the case waits for the first of the others."""
        moments = self.slow(case, definition)
        passed = sum(how_many(line) for line in since)
        if since and since[-1].kind is Happening.HELD:
            assert case.due_at is not None
            assert (case.due_line, case.due_turn) == (moments[passed].line, moments[passed].turn)
            assert case.due_at > self.work.now
        elif passed == len(moments):
            assert case.due_at is None
        else:
            due = moments[passed]
            assert (case.due_line, case.due_turn) == (due.line, due.turn)
            assert case.due_at == self.looked(due, definition)

    def slow(self, case: Case, definition: Definition) -> list[Due]:
        """Every moment of the state in order, counted each by itself."""
        ground = Waiting(
            case.state,
            case.entered_at,
            case.dates,
            self.work.settings.timezone,
            calendar("ru", self.work.settings.home),
            births[case.subject.id],
        )
        found = (
            Due(at, number, turn)
            for number, line in definition.deadlines_of(case.state)
            for turn in range(line.turns)
            if (at := moment_of(line, turn, ground)) is not None
        )
        return sorted(found)

    def looked(self, due: Due, definition: Definition) -> datetime:
        if definition.deadlines[due.line].birthday is None:
            return due.at
        zone, now = self.work.settings.timezone, self.work.now
        if due.at <= now:
            return now
        first = midnight(due.at.astimezone(zone).date().replace(day=1), zone)
        return first if first > now else midnight(now.astimezone(zone).date() + timedelta(days=1), zone)


def how_many(line: Step) -> int:
    if line.kind is Happening.SKIPPED:
        return int((line.reason or "").removeprefix("skipped-"))
    return int(line.kind in LEFT_WAITING)


def replayed(case: Case, definition: Definition, history: list[Step]) -> int:
    """Follow the history by the definition to where the case stands; give where its last state begins."""
    assert [line.number for line in history] == list(range(1, case.revision + 1))
    state, entered = definition.start.id, 1
    assert (history[0].kind, history[0].target) == (Happening.STARTED, state)
    for number, line in enumerate(history[1:], 2):
        assert line.target == state or line.kind is Happening.MOVED
        if line.kind is Happening.MOVED:
            way = definition.transition(line.transition or "")
            assert way is not None
            assert line.source == state in way.sources
            assert line.actor_role in way.by or way.immediate
            state, entered = way.target, number
    assert state == line_end(history) == case.state
    return entered


def line_end(history: list[Step]) -> str:
    return history[-1].target


def actor_of(role: str) -> Actor:
    return SYSTEM if role in ("system", "platform") else Actor("staff", None, role, "password", SCHOOL)


def play(registry: Registry, texts: Mapping[str, str], main: str, parts: tuple[str, ...] = ()) -> None:
    definitions = {}
    for text in texts.values():
        definition, findings = parse(text)
        assert definition is not None, findings
        own_names(definition)
        definitions[definition.id] = definition
    with registry.work(SYSTEM) as work:
        versions.publish(work, texts)
    held = Played(registry, main, parts, definitions)
    run_state_machine_as_test(type("Playing", (Machine,), {"played": held}), settings=RUNS)


@pytest.fixture
def names_kept() -> Iterator[None]:
    before = (dict(NAMES.guards), dict(NAMES.effects), dict(NAMES.births))
    yield
    for held, was in zip((NAMES.guards, NAMES.effects, NAMES.births), before, strict=True):
        held.clear()
        held.update(was)  # type: ignore[arg-type]


def test_cases_with_parts_and_every_kind_of_deadline_end_up_where_their_history_says(
    registry: Registry, names_kept: None
):
    texts = {"whole.toml": played(WHOLE), "piece.toml": played(PIECE)}
    play(registry, texts, "played-whole", ("played-piece",))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("file", sorted(versions.shipped()))
def test_cases_of_a_shipped_definition_end_up_where_their_history_says(
    file: str, registry: Registry, names_kept: None
):
    texts = {name: played(text) for name, text in versions.shipped().items()}
    definition, _ = parse(texts[file])
    assert definition is not None
    parts = sorted({step.waits_for.process for step in definition.transitions if step.waits_for})
    play(registry, texts, definition.id, tuple(parts))
