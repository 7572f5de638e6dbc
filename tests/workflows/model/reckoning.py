"""Where a case must stand by its history alone: state, version, whose task, what it waits for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from registry.workflows.calendars import Calendar
from registry.workflows.cases import Case, Happening, Step
from registry.workflows.deadlines import Due, Waiting, midnight, moment_of
from registry.workflows.definition import Definition, StateKind, Unit
from tests.workflows.model.playing import ZONE, births

A_DAY = timedelta(days=1)
CalendarOf = Callable[[str | None], Calendar]


@dataclass(frozen=True, slots=True)
class Moved:
    """How a set moved: between which versions, and which state of each case's became which."""

    old: Definition
    new: Definition
    said: Mapping[str, str]

    def place(self, state: str) -> str | None:
        """Where cases of a state go: where it was said, or to the state of this name; an end is no place."""
        found = self.said.get(state, state)
        return found if is_open(self.new, found) else None


def is_open(definition: Definition, state: str) -> bool:
    return any(one.id == state and one.kind is not StateKind.END for one in definition.states)


class Reckoning:
    """Follows the history of one case, line after line."""

    def __init__(self, case: Case, started: Definition, calendar_of: CalendarOf) -> None:
        self.case = case
        self.calendar_of = calendar_of
        self.definition = started
        self.state = ""
        self.entered_at = case.started_at
        self.role: str | None = None
        self.person: UUID | None = None
        self.passed = 0
        """How many of the moments of the state have passed, or were left out by a move."""
        self.held: datetime | None = None
        """Until when a step waits that was refused."""
        self._moments: list[Due] | None = None

    def follow(self, history: Sequence[Step], moves: Mapping[int, Moved]) -> None:
        self.last = history[-1]
        assert [line.number for line in history] == list(range(1, self.case.revision + 1))
        assert {line.number for line in history if line.kind is Happening.MIGRATED} == set(moves)
        for line in history:
            self._follow(line, moves.get(line.number))
            assert line.target == self.state

    def _follow(self, line: Step, moved: Moved | None) -> None:
        if line.kind is Happening.STARTED:
            assert line.number == 1
            self._enter(self.definition.start.id, line.at)
        elif line.kind is Happening.MOVED:
            self._step(line)
        elif moved is not None:
            assert line.source == self.state
            self._migrate(moved)
        elif line.kind in (Happening.TAKEN, Happening.HANDED_OVER, Happening.PUT_BACK):
            assert (line.given_to is None) == (line.kind is Happening.PUT_BACK)
            self.person = line.given_to
        elif line.kind is not Happening.COMMENTED:
            self._pass(line)

    def _enter(self, state: str, at: datetime) -> None:
        self.state, self.entered_at, self.passed, self.held = state, at, 0, None
        self.role, self.person = self.definition.state(state).assignee, None
        self._moments = None

    def _step(self, line: Step) -> None:
        way = self.definition.transition(line.transition or "")
        assert way is not None
        assert line.source == self.state in way.sources
        assert line.actor_role in way.by or way.immediate
        self._enter(way.target, line.at)

    def _pass(self, line: Step) -> None:
        """The clock came by: it reminded, gave to a role, left some out, or could not take a step."""
        due = self.moments[self.passed]
        words = self.definition.deadlines[due.line]
        assert due.at <= line.at, "too early"
        if line.kind is Happening.HELD:
            assert words.then is not None
            self.held = line.at + A_DAY
            return
        assert words.then is None
        self.held = None
        count = 1
        if line.kind is Happening.SKIPPED:
            count = int((line.reason or "").removeprefix("skipped-"))
        elif words.escalate is not None:
            assert line.kind is Happening.ESCALATED
            self.role, self.person = words.escalate, None
        else:
            assert line.kind is Happening.REMINDED
        self.passed += count
        assert all(one.at <= line.at for one in self.moments[: self.passed])

    def _migrate(self, moved: Moved) -> None:
        before, passed, old = self.moments, self.passed, self.definition
        awaited = before[passed] if passed < len(before) else None
        same = shared(moved, self.state)
        target = moved.place(self.state)
        assert old == moved.old
        assert target is not None
        roles = old.state(self.state).assignee, moved.new.state(target).assignee
        if roles[0] != roles[1]:
            self.role, self.person = roles[1], None
        self.definition, self.state, self._moments = moved.new, target, None
        places = [self._place(one, same) for one in before[:passed]]
        self.passed = max((place + 1 for place in places if place is not None), default=0)
        waits = None if awaited is None else self._place(awaited, same)
        if waits is not None:
            # Of two that pass at the same moment, what is waited for is never left out.
            self.passed = min(self.passed, waits)
        if waits != self.passed:
            self.held = None

    def _place(self, due: Due, same: Mapping[int, int]) -> int | None:
        found = [
            n for n, one in enumerate(self.moments) if (one.line, one.turn) == (same.get(due.line), due.turn)
        ]
        return found[0] if found else None

    @property
    def moments(self) -> list[Due]:
        """Every moment of the state in order, counted each by itself."""
        if self._moments is None:
            self._moments = sorted(self._count())
        return self._moments

    def _count(self) -> list[Due]:
        ground = Waiting(
            self.state,
            self.entered_at,
            self.case.dates,
            ZONE,
            self.calendar_of(self.definition.calendar),
            births[self.case.subject.id],
        )
        return [
            Due(at, number, turn)
            for number, line in self.definition.deadlines_of(self.state)
            for turn in range(line.turns)
            if (at := moment_of(line, turn, ground)) is not None
        ]

    def check(self, case: Case, now: datetime) -> None:
        """Hold the case as it stands to what was counted."""
        kind = self.definition.state(self.state).kind
        assert (case.state, case.version) == (self.state, self.definition.version)
        assert (case.closed_at is not None) == (kind is StateKind.END)
        assert (case.assignee_role, case.assignee_person) == (self.role, self.person)
        assert case.entered_at == self.entered_at
        assert (case.due_at, case.due_line, case.due_turn) == self._awaited(now)
        assert case.late_at == self._late()
        assert kind is StateKind.END or self.definition.ways_out(self.state), "stuck"

    def _awaited(self, now: datetime) -> tuple[datetime | None, int | None, int | None]:
        if self.passed == len(self.moments):
            return None, None, None
        due = self.moments[self.passed]
        return self.held or self._looked(due, now), due.line, due.turn

    def _looked(self, due: Due, now: datetime) -> datetime:
        """When the clock looks: of a birthday only the month may be told by what is stored."""
        if self.definition.deadlines[due.line].birthday is None:
            return due.at
        if due.at <= now:
            return now
        first = midnight(due.at.astimezone(ZONE).date().replace(day=1), ZONE)
        return first if first > now else midnight(now.astimezone(ZONE).date() + A_DAY, ZONE)

    def _late(self) -> datetime | None:
        lines = self.definition.deadlines
        return min(
            (one.at for one in self.moments if one.turn == 0 and lines[one.line].binding), default=None
        )


def shared(moved: Moved, state: str) -> dict[int, int]:
    """Pair the deadlines that are the same before and after, in the order of the files, each once."""
    target = moved.place(state)
    left = dict(moved.new.deadlines_of(target or ""))
    found = {}
    for number, line in moved.old.deadlines_of(state):
        counted = any(span.unit is Unit.WORKING_DAYS for span in line.spans)
        if counted and moved.old.calendar != moved.new.calendar:
            continue
        twin = next((n for n, one in left.items() if replace(one, state=state) == line), None)
        if twin is not None:
            del left[twin]
            found[number] = twin
    return found
