"""When a case is due: pure arithmetic over a definition's deadlines, on the legal clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from registry.workflows.calendars import Calendar
from registry.workflows.definition import Deadline, Definition, Span, Unit

DAY = timedelta(days=1)
LEAP_DAY = (2, 29)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in a state, and what its deadlines are counted on.

    Attributes:
        entered_at: since when (aware UTC, legal clock).
        dates: days of the case.
        zone: where its days begin and end.
        calendar: for working days; needed where a deadline counts in them.
        birth: of its subject; none where no deadline asks for it, or nobody knows.
        looked_at: when it was to be looked at last: stands for a deadline that has no moment any more.
    """

    state: str
    entered_at: datetime
    dates: Mapping[str, date]
    zone: ZoneInfo
    calendar: Calendar | None = None
    birth: date | None = None
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """The moment (aware UTC) when a deadline passes, its number in the definition, and which time from 0."""

    at: datetime
    line: int
    turn: int = 0


def legal_now(now: datetime, today: date, zone: ZoneInfo) -> datetime:
    """The time of day of `now` on the legal day: the same as `now` wherever the legal day is not moved."""
    local = now.astimezone(zone)
    return now if local.date() == today else datetime.combine(today, local.time(), zone).astimezone(UTC)


def next_due(definition: Definition, waiting: Waiting, past: int | None = None, turn: int = 0) -> Due | None:
    """The earliest deadline of the state, or the one after the deadline of the number `past` at its `turn`.

    None when nothing is left to wait for; a deadline at a day that the case does not have never passes.

    Raises:
        SettingsError: a production calendar ends before the count does.
    """
    if past is None:
        return due_after(definition, waiting, None)
    at = moment_of(definition.deadlines[past], turn, waiting)
    # Where the day itself went away, what was to come before the last look has passed.
    passed = Due(at, past, turn) if at is not None else Due(waiting.looked_at or waiting.entered_at, -1)
    return due_after(definition, waiting, passed)


def late_from(definition: Definition, waiting: Waiting) -> datetime | None:
    """From when a case is overdue in its state: the first deadline that moves it or hands it to another.

    A birthday makes nobody late, and its day must not be told by what is stored.

    Raises:
        SettingsError: a production calendar ends before the count does.
    """
    lines = (line for _, line in definition.deadlines_of(waiting.state) if line.binding)
    moments = (moment_of(line, 0, waiting) for line in lines)
    return min((moment for moment in moments if moment is not None), default=None)


def due_after(definition: Definition, waiting: Waiting, passed: Due | None) -> Due | None:
    """The earliest deadline of the state after one that passed, or of all."""
    lines = definition.deadlines_of(waiting.state)
    dues = (_first_after(number, line, waiting, passed) for number, line in lines)
    return min((due for due in dues if due is not None), default=None)


def all_dues(definition: Definition, waiting: Waiting) -> list[Due]:
    """Every deadline of the state with each of its turns, in the order in which they pass."""
    moments = (
        (moment_of(line, turn, waiting), number, turn)
        for number, line in definition.deadlines_of(waiting.state)
        for turn in range(line.turns)
    )
    return sorted(Due(at, number, turn) for at, number, turn in moments if at is not None)


def passed_too(definition: Definition, waiting: Waiting, first: Due | None, now: datetime) -> Iterator[Due]:
    """Those deadlines from one on that have passed by now, up to one that takes a step and without it."""
    found = first
    while found is not None and found.at <= now and definition.deadlines[found.line].then is None:
        yield found
        found = next_due(definition, waiting, found.line, found.turn)


def moment_of(line: Deadline, turn: int, waiting: Waiting) -> datetime | None:
    """When a deadline passes for the so manieth time, from 0; None where the case does not have its day."""
    first = _first(line, waiting)
    if first is None or turn == 0 or line.every is None:
        return first
    return _again(first, line.every, turn, waiting)


def look_at(due: Due, line: Deadline, now: datetime, zone: ZoneInfo) -> datetime:
    """When the clock is to look at a case: at the moment, or for a birthday at no moment that tells the day.

    A birthday is looked for from the first day of its month on, once a day: what is stored tells the month.
    """
    if line.birthday is None or due.at <= now:
        return due.at if line.birthday is None else now
    month = midnight(due.at.astimezone(zone).date().replace(day=1), zone)
    return month if month > now else midnight(now.astimezone(zone).date() + DAY, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment (aware UTC) at which a day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def birthday(birth: date, years: int) -> date:
    """The day on which somebody gets so old; who was born on 29 February, on 1 March in other years."""
    year = birth.year + years
    if (birth.month, birth.day) == LEAP_DAY and not _is_leap(year):
        return date(year, 3, 1)
    return birth.replace(year=year)


def _is_leap(year: int) -> bool:
    return (date(year, 3, 1) - DAY).day == LEAP_DAY[1]


def _first_after(number: int, line: Deadline, waiting: Waiting, passed: Due | None) -> Due | None:
    for turn in range(line.turns):
        at = moment_of(line, turn, waiting)
        if at is None:
            return None
        due = Due(at, number, turn)
        if passed is None or due > passed:
            return due
    return None


def _first(line: Deadline, waiting: Waiting) -> datetime | None:
    if line.after is not None:
        return _later(waiting.entered_at, line.after, waiting)
    day, begins = _day_of(line, waiting)
    # A birthday that was before the state was entered is no more to be waited for.
    if day is None or (begins and midnight(day, waiting.zone) <= waiting.entered_at):
        return None
    if line.before is None:
        return midnight(day if begins else day + DAY, waiting.zone)
    if line.before.unit is Unit.HOURS:
        return midnight(day + DAY, waiting.zone) - timedelta(hours=line.before.count)
    if line.before.unit is Unit.DAYS:
        return midnight(day - line.before.count * DAY, waiting.zone)
    return midnight(_calendar(waiting).before(day, line.before.count), waiting.zone)


def _day_of(line: Deadline, waiting: Waiting) -> tuple[date | None, bool]:
    """The day that a deadline hangs on, and whether it passes as that day begins: a birthday does."""
    if line.birthday is None:
        return waiting.dates.get(line.at or ""), False
    return (None if waiting.birth is None else birthday(waiting.birth, line.birthday)), True


def _later(begin: datetime, span: Span, waiting: Waiting) -> datetime:
    """Hours to the minute; days run from the day after the event and pass at the end of the last one."""
    if span.unit is Unit.HOURS:
        return begin + timedelta(hours=span.count)
    day = begin.astimezone(waiting.zone).date()
    return midnight(_days_later(day, span, waiting) + DAY, waiting.zone)


def _again(first: datetime, every: Span, turn: int, waiting: Waiting) -> datetime:
    """So many spans later: hours to the minute, days at the same time of day; midnight ends a day here."""
    if every.unit is Unit.HOURS:
        return first + timedelta(hours=every.count * turn)
    local = first.astimezone(waiting.zone)
    ended = DAY if local.time() == time() else timedelta(0)
    day = _days_later(local.date() - ended, Span(every.count * turn, every.unit), waiting)
    return datetime.combine(day + ended, local.time(), waiting.zone).astimezone(UTC)


def _days_later(day: date, span: Span, waiting: Waiting) -> date:
    if span.unit is Unit.WORKING_DAYS:
        return _calendar(waiting).after(day, span.count)
    return day + span.count * DAY


def _calendar(waiting: Waiting) -> Calendar:
    if waiting.calendar is None:
        message = "working days are counted without a calendar"
        raise ValueError(message)
    return waiting.calendar
