"""What the deadlines of a case are counted on, gathered only where they need it."""

from datetime import date, datetime
from typing import TypedDict

from registry.work import Work
from registry.workflows.calendars import Calendar, calendar
from registry.workflows.cases import Case
from registry.workflows.deadlines import Due, Waiting, late_from, legal_now, look_at, next_due
from registry.workflows.definition import Deadline, Definition, Unit
from registry.workflows.models.counting import Moment
from registry.workflows.names import NAMES


class Standing(TypedDict):
    """The columns of a case that say what it waits for."""

    due_at: datetime | None
    due_line: int | None
    due_turn: int | None


class Arrival(Standing):
    """The same of a case that enters a state: and from when it is overdue there."""

    late_at: datetime | None


NOTHING = Standing(due_at=None, due_line=None, due_turn=None)


def legal(work: Work) -> datetime:
    """Now, on the legal day."""
    return legal_now(work.now, work.today, work.settings.timezone)


def moment(work: Work) -> Moment:
    """Now, as it is, and on the legal clock."""
    return Moment(work.now, legal(work))


def waiting(work: Work, definition: Definition, case: Case) -> Waiting:
    """The case as its deadlines see it; a birth date is asked for only where one of them hangs on it.

    Raises:
        SettingsError: the production calendar is broken.
    """
    lines = [line for _, line in definition.deadlines_of(case.state)]
    return Waiting(
        case.state,
        case.entered_at,
        case.dates,
        NAMES.zone_of(work, case.school_id),
        calendar_of(work, definition, lines),
        _birth(work, case, lines),
        case.due_at,
    )


def first_due(work: Work, definition: Definition, case: Case) -> Arrival:
    """What a case waits for first, that entered its state just now.

    Raises:
        SettingsError: a production calendar is broken, or ends before the count does.
    """
    if not definition.deadlines_of(case.state):
        return Arrival(**NOTHING, late_at=None)
    ground = waiting(work, definition, case)
    waits = standing(work, definition, ground, next_due(definition, ground))
    return Arrival(**waits, late_at=late_from(definition, ground))


def standing(work: Work, definition: Definition, ground: Waiting, due: Due | None) -> Standing:
    """The columns for a deadline that comes next; a birthday's day does not stand in them."""
    if due is None:
        return NOTHING
    at = look_at(due, definition.deadlines[due.line], legal(work), ground.zone)
    return Standing(due_at=at, due_line=due.line, due_turn=due.turn)


def calendar_of(work: Work, definition: Definition, lines: list[Deadline]) -> Calendar | None:
    """The production calendar that some deadlines are counted on; none where they count no working days."""
    if not any(span.unit is Unit.WORKING_DAYS for line in lines for span in line.spans):
        return None
    return calendar(definition.calendar or work.settings.calendar, work.settings.home)


def _birth(work: Work, case: Case, lines: list[Deadline]) -> date | None:
    if all(line.birthday is None for line in lines):
        return None
    return NAMES.births[case.subject.kind](work, [case.subject.id]).get(case.subject.id)
