"""What the deadlines of a case are counted on, gathered only where they need it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict
from uuid import UUID

from registry.errors import SettingsError
from registry.work import Work
from registry.workflows.calendars import NO_YEAR, Calendar, calendar
from registry.workflows.cases import Case, Subject
from registry.workflows.deadlines import Due, Waiting, late_from, legal_now, look_at, next_due
from registry.workflows.definition import Deadline, Definition, Unit
from registry.workflows.models.counting import Moment
from registry.workflows.names import BY_ITSELF, NAMES


class Standing(TypedDict):
    """The columns of a case that say what it waits for."""

    due_at: datetime | None
    due_line: int | None
    due_turn: int | None


class Arrival(Standing):
    """The same of a case that enters a state: and from when it is overdue there."""

    late_at: datetime | None


NOTHING = Standing(due_at=None, due_line=None, due_turn=None)
UNCOUNTED = -1
"""The turn of a deadline whose day nobody knows yet: a production calendar is still to come."""
UNCOUNTED_WAITS = timedelta(days=1)


def legal(work: Work) -> datetime:
    """Now, on the legal day."""
    return legal_now(work.now, work.today, work.settings.timezone)


def moment(work: Work) -> Moment:
    """Now, as it is, and on the legal clock."""
    return Moment(work.now, legal(work))


def waiting(
    work: Work, definition: Definition, case: Case, births: Mapping[UUID, date] | None = None
) -> Waiting:
    """The case as its deadlines see it; a birth date is asked for only where one of them hangs on it.

    Args:
        work: the unit of work.
        definition: that the case runs on.
        case: with the state that it is in.
        births: birth dates of the subjects of many cases, where they were asked for at once.

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
        (births_of(work, definition, case.state, case.subject) if births is None else births).get(
            case.subject.id
        ),
        case.due_at,
    )


def first_due(
    work: Work, definition: Definition, case: Case, births: Mapping[UUID, date] | None = None
) -> Arrival:
    """What a case waits for first, that entered its state just now.

    A step that nobody took cannot wait for a calendar, for what it tells of has happened: such a case goes
    on, and the clock counts its deadlines as soon as the calendar is there (`UNCOUNTED`).

    Raises:
        SettingsError: a production calendar is broken, or ends before the count does.
    """
    if not definition.deadlines_of(case.state):
        return Arrival(**NOTHING, late_at=None)
    try:
        return counted(work, definition, case, births)
    except SettingsError as error:
        if error.slug != NO_YEAR or work.actor.kind not in BY_ITSELF:
            raise
    line, _ = definition.deadlines_of(case.state)[0]
    at = legal(work) + UNCOUNTED_WAITS
    return Arrival(due_at=at, due_line=line, due_turn=UNCOUNTED, late_at=None)


def counted(
    work: Work, definition: Definition, case: Case, births: Mapping[UUID, date] | None = None
) -> Arrival:
    """Count what a case waits for first since it entered its state.

    Raises:
        SettingsError: a production calendar is broken, or ends before the count does.
    """
    ground = waiting(work, definition, case, births)
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


def births_of(work: Work, definition: Definition, state: str, *subjects: Subject) -> Mapping[UUID, date]:
    """Birth dates of subjects of one kind, where a deadline of the state hangs on them."""
    if not subjects or all(line.birthday is None for _, line in definition.deadlines_of(state)):
        return {}
    return NAMES.births[subjects[0].kind](work, [one.id for one in subjects])
