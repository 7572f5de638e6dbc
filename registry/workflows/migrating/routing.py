"""Where the cases of each state go, and which of their deadlines the new version leaves untouched."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from registry.errors import N_, InvalidError
from registry.workflows.deadlines import Due, Waiting, all_dues
from registry.workflows.definition import Deadline, Definition, State, StateKind, Unit

Mapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Landing:
    """What becomes of the cases that stand in one state and wait for one of its deadlines.

    Attributes:
        source, target: the state before and after.
        line: the deadline that they wait for before, if any.
        new_line: the same deadline in the new version; none where there is no such.
        counted: whether the new version has a deadline here that the old one has not, or names those that
            both have in another order (which decides between two of one moment), or the awaited one or one
            that makes cases late is gone: then each case's next one has to be counted, and from when it is
            late. Otherwise it stays as it is, to the second.
        keeps_task: whether who has the task keeps it; otherwise the new state's role gets it.
    """

    source: str
    target: str
    line: int | None
    new_line: int | None
    counted: bool
    keeps_task: bool


@dataclass(frozen=True, slots=True)
class Route:
    """The way from one version to another.

    Attributes:
        mapped: each state that has a place, and the place.
        same: for each of them the deadlines that the two versions share, by their numbers.
    """

    old: Definition
    new: Definition
    mapped: Mapped
    same: Mapping[str, Mapping[int, int]]

    def landing(self, state: str, line: int | None) -> Landing:
        """Say what becomes of the cases of a state that has a place."""
        target, same = self.mapped[state], self.same[state]
        added = {number for number, _ in self.new.deadlines_of(target)} - {*same.values()}
        lost = any(one.binding and number not in same for number, one in self.old.deadlines_of(state))
        turned = [*same.values()] != sorted(same.values())
        new_line = None if line is None else same.get(line)
        return Landing(
            source=state,
            target=target,
            line=line,
            new_line=new_line,
            counted=bool(added) or turned or lost or (line is not None and new_line is None),
            keeps_task=self.old.state(state).assignee == self.new.state(target).assignee,
        )

    def next_due(self, landing: Landing, grounds: tuple[Waiting, Waiting], due: Due | None) -> Due | None:
        """Count a case's next deadline.

        What passed before is not asked again, and neither is what a new deadline would have asked before it.
        What it waits for now is never left out, though another of the same moment may have passed.

        Args:
            landing: of the case.
            grounds: what its deadlines are counted on, before and after.
            due: what it waits for now.
        """
        same = self.same[landing.source]
        passed = _passed(all_dues(self.old, grounds[0]), due)
        done = {(same[one.line], one.turn) for one in passed if one.line in same}
        coming = all_dues(self.new, grounds[1])
        names = [(one.line, one.turn) for one in coming]
        first = max((place for place, name in enumerate(names, 1) if name in done), default=0)
        awaited = None if due is None else (same.get(due.line), due.turn)
        if awaited in names[:first]:
            first = names.index(awaited)
        return next(iter(coming[first:]), None)

    def counts_birthdays(self, landing: Landing) -> bool:
        """Whether somebody's birth date is needed to count."""
        lines = (*self.old.deadlines_of(landing.source), *self.new.deadlines_of(landing.target))
        return any(line.birthday is not None for _, line in lines)


def route(old: Definition, new: Definition, said: Mapped) -> Route:
    """Find a place for each open state: the one that was said, or the one of the same name.

    Raises:
        InvalidError: a state that was said is not there, or is an end, where cases neither wait nor arrive.
    """
    for source, target in said.items():
        _check(old, source)
        _check(new, target)
    stays = {state.id: state.id for state in old.states if _open(new, state.id)}
    mapped = {
        state.id: (stays | dict(said))[state.id]
        for state in old.states
        if state.kind is not StateKind.END and state.id in stays | dict(said)
    }
    return Route(old, new, mapped, {one: _same(old, new, (one, target)) for one, target in mapped.items()})


def _check(definition: Definition, name: str) -> None:
    if not _open(definition, name):
        raise InvalidError(
            N_("В версии %(version)s нет открытого состояния «%(state)s»."),
            code="no-such-state",
            version=definition.version,
            state=name,
        )


def _open(definition: Definition, name: str) -> bool:
    found = next((state for state in definition.states if state.id == name), None)
    return found is not None and found.kind is not StateKind.END


def _same(old: Definition, new: Definition, states: tuple[str, str]) -> dict[int, int]:
    """Pair the deadlines that are the same in both versions, each one once, in the order of the file."""
    left = list(new.deadlines_of(states[1]))
    found: dict[int, int] = {}
    for number, line in old.deadlines_of(states[0]):
        moved: Deadline = replace(line, state=states[1])
        twin = next((one for one in left if _is_same(old, new, moved, one[1])), None)
        if twin is not None:
            left.remove(twin)
            found[number] = twin[0]
    return found


def _is_same(old: Definition, new: Definition, line: Deadline, other: Deadline) -> bool:
    working = any(span.unit is Unit.WORKING_DAYS for span in line.spans)
    return line == other and (not working or old.calendar == new.calendar)


def _passed(dues: list[Due], due: Due | None) -> list[Due]:
    """What passed before the awaited one; where its day went away, what was to come before the last look."""
    if due is None:
        return dues
    for place, one in enumerate(dues):
        if (one.line, one.turn) == (due.line, due.turn):
            return dues[:place]
    return [one for one in dues if one.at <= due.at]


def assigned(
    old: State, new: State, before: tuple[str | None, UUID | None]
) -> tuple[str | None, UUID | None]:
    """Who has the task after a move: who had it, unless the new version gives it to another role."""
    return before if old.assignee == new.assignee else (new.assignee, None)
