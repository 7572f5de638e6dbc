"""The machine: cases begun, time that passes, and what is checked of every case after each event."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from registry.errors import ConflictError, RegistryError
from registry.trail.entries import SYSTEM
from registry.workflows import clock, usecases
from registry.workflows.calendars import Calendar, calendar
from registry.workflows.cases import Case, Happening, Step, Subject, facts, own_version
from registry.workflows.definition import Definition, Transition
from registry.workflows.migrating.facts import before_sets
from registry.workflows.models.cases import every
from tests.workflows.model.people import CLASSES, SCHOOL
from tests.workflows.model.playing import Played, births, shut
from tests.workflows.model.reckoning import Moved, Reckoning

BEGIN = datetime(2020, 11, 2, 6, 30, tzinfo=UTC)
END = datetime(2024, 1, 1, tzinfo=UTC)
MOST_CASES = 10
SPANS = (1, 5, 24, 30, 100, 400, 1000, 4000)
Answer = tuple[type[RegistryError], str] | None
"""What an attempt is refused with; None when it is done."""
STALE: Answer = (ConflictError, "stale-revision")
CLOSED: Answer = (ConflictError, "case-closed")


class Machine(RuleBasedStateMachine):
    """One run is one transaction that is taken back: time is what it says, and nothing waits for a disk."""

    played: Played

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.work = self.stack.enter_context(self.played.registry.work(SYSTEM))
        self.cases: dict[UUID, Case] = {}
        """Every case as it stood after the last event, in the order in which they were begun."""
        self.seen: dict[tuple[UUID, int], Case] = {}
        self.started: dict[UUID, Definition] = {}
        self.moves: dict[UUID, dict[int, Moved]] = {}
        self.reckoned: dict[UUID, Reckoning] = {}
        self.switched: dict[UUID, int] = {}
        """The revision of a case when a guard was switched last: what may go on at once then still stands."""
        self.at(BEGIN)
        shut.clear()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.check_all()
        finally:
            self.work.connection.get_transaction().rollback()  # type: ignore[union-attr]
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
        if len(self.cases) >= MOST_CASES:
            return
        parent = data.draw(st.sampled_from([None, *self.open_parents()]))
        process = self.played.main if parent is None else data.draw(st.sampled_from(self.played.parts))
        definition = self.played.newest(process)
        subject = Subject(
            definition.subject, self.work.new_id(), data.draw(st.sampled_from([None, None, *CLASSES]))
        )
        births[subject.id] = data.draw(st.dates(date(2007, 1, 1), date(2009, 12, 31)))
        days = st.dates(date(2020, 11, 2), date(2021, 6, 1))
        dates = {name: data.draw(days) for name in definition.dates if data.draw(st.booleans())}
        case = usecases.start(
            self.work, process, subject, SCHOOL, dates=dates, parent=parent.id if parent else None
        )
        self.started[case.id] = definition
        self.moves[case.id] = {}
        self.look_around()

    def keep_one_open(self, data: st.DataObject) -> None:
        """Begin another case where all are closed: little can happen to these."""
        if not self.open_cases():
            self.begin(data)

    def open_parents(self) -> list[Case]:
        found = [one for one in self.open_cases() if one.definition_id == self.played.main]
        return found if self.played.parts else []

    def open_cases(self) -> list[Case]:
        return [one for one in self.cases.values() if one.closed_at is None]

    @rule(hours=st.sampled_from(SPANS))
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
        self.look_around()
        assert all(one.due_at is None or one.due_at > self.work.now for one in self.cases.values())

    def some_case(self, data: st.DataObject) -> Case:
        self.keep_one_open(data)
        return data.draw(st.sampled_from([*self.open_cases() * 4, *self.cases.values()]))

    def attempt(self, expected: Answer, do: Callable[[], object]) -> bool:
        """Try something, hold it to what is expected, and say whether it was done."""
        if expected is None:
            do()
        else:
            with pytest.raises(RegistryError) as refused:
                do()
            assert (type(refused.value), refused.value.slug) == expected
            assert self.read() == self.cases
        self.work.actor = SYSTEM
        if expected is None:
            self.look_around()
        return expected is None

    def last_line(self, case: Case) -> Step:
        return self.reckoned[case.id].last

    def definition(self, case: Case) -> Definition:
        return self.played.versions[case.definition_id][case.version]

    def refused(self, case: Case, step: Transition) -> Answer:
        if step.waits_for is not None:
            held = [
                one
                for one in self.cases.values()
                if (one.parent_id, one.definition_id) == (case.id, step.waits_for.process)
            ]
            if not held:
                return ConflictError, "no-sub-cases"
            if any(one.state not in step.waits_for.states for one in held):
                return ConflictError, "sub-cases-open"
        return (ConflictError, "shut") if shut & set(step.guards) else None

    def look_around(self) -> None:
        """Read all cases: those that were changed are held to their whole history, the others to the time."""
        before, self.cases = self.cases, self.read()
        for case in self.cases.values():
            if case != before.get(case.id):
                self.check(case)
        for case in self.open_cases():
            self.reckoned[case.id].check(case, self.work.now)
            self.has_gone_on(case)

    def read(self) -> dict[UUID, Case]:
        found = {case.id: case for case in every(self.work.connection)}
        assert found.keys() == self.started.keys()
        return {one: found[one] for one in self.started}

    def check(self, case: Case) -> None:
        opened = usecases.look(self.work, case.id)
        history, moves = list(opened.history), self.moves[case.id]
        assert opened.case == case
        assert opened.definition == self.definition(case)
        assert case.set_moves == len(moves)
        reckoned = Reckoning(case, self.started[case.id], self.calendar_of)
        reckoned.follow(history, moves)
        reckoned.check(case, self.work.now)
        self.reckoned[case.id] = reckoned
        self.seen[case.id, case.revision] = case
        last = max(line.number for line in history if line.kind in (Happening.STARTED, Happening.MOVED))
        if last > self.switched.get(case.id, 0):
            self.switched.pop(case.id, None)
        assert [one.version for one in opened.under] == self.versions_of(case)

    def versions_of(self, case: Case) -> list[int]:
        """Under which version each line of the history was written: a move belongs to where it led."""
        found, now = [], self.started[case.id]
        for number in range(1, case.revision + 1):
            now = self.moves[case.id][number].new if number in self.moves[case.id] else now
            found.append(now.version)
        return found

    def has_gone_on(self, case: Case) -> None:
        """No step that the engine takes at once is left, unless a guard was opened since it looked."""
        if case.id not in self.switched:
            at_once = [step for step in self.definition(case).ways_out(case.state) if step.immediate]
            assert all(self.refused(case, step) for step in at_once)

    def check_all(self) -> None:
        """At the end: every case once more, and what the trail holds of those that moved in sets."""
        self.cases = self.read()
        for case in self.cases.values():
            self.check(case)
        for case in before_sets(self.work.connection, iter(self.cases.values())):
            assert case.revision not in self.moves[case.id], "the last entry of its own is not found"
            assert own_version(case) == own_version(self.cases[case.id])
            known = self.seen.get((case.id, case.revision), case)
            assert facts(known) == facts(case)

    def calendar_of(self, name: str | None) -> Calendar:
        return calendar(name or self.work.settings.calendar, self.work.settings.home)
