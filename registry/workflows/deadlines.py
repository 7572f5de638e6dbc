"""When a case is due: pure arithmetic over a definition's deadlines, on the legal clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from registry.workflows.definition import Deadline, Definition, Span, Unit


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in a state: since when (aware UTC, legal clock), with which days, counted in which zone."""

    state: str
    entered_at: datetime
    dates: Mapping[str, date]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """The moment (aware UTC) when a deadline passes, and its number in the definition."""

    at: datetime
    line: int


def legal_now(now: datetime, today: date, zone: ZoneInfo) -> datetime:
    """The time of day of `now` on the legal day: the same as `now` wherever the legal day is not moved."""
    local = now.astimezone(zone)
    return now if local.date() == today else datetime.combine(today, local.time(), zone).astimezone(UTC)


def next_due(definition: Definition, waiting: Waiting, past: int | None = None) -> Due | None:
    """The earliest deadline of the state, or the one after the deadline of the number `past`.

    None when nothing is left to wait for; a deadline at a date that the case does not have never passes.
    """
    dues = all_dues(definition, waiting)
    if past is None:
        return dues[0] if dues else None
    passed = next(due for due in dues if due.line == past)
    return next((due for due in dues if due > passed), None)


def all_dues(definition: Definition, waiting: Waiting) -> list[Due]:
    """Every deadline of the state in the order in which they pass."""
    return sorted(_dues(definition, waiting))


def _dues(definition: Definition, waiting: Waiting) -> Iterator[Due]:
    for number, line in definition.deadlines_of(waiting.state):
        moment = _moment(line, waiting)
        if moment is not None:
            yield Due(moment, number)


def _moment(line: Deadline, waiting: Waiting) -> datetime | None:
    if line.after is not None:
        return _later(waiting.entered_at, line.after, waiting.zone)
    day = waiting.dates.get(line.at or "")
    if day is None:
        return None
    if line.before is None:
        return _midnight(day + timedelta(days=1), waiting.zone)
    if line.before.unit is Unit.DAYS:
        return _midnight(day - timedelta(days=line.before.count), waiting.zone)
    return _midnight(day + timedelta(days=1), waiting.zone) - timedelta(hours=line.before.count)


def _later(begin: datetime, span: Span, zone: ZoneInfo) -> datetime:
    """Hours to the minute; days run from the day after the event and pass at the end of the last one."""
    if span.unit is Unit.HOURS:
        return begin + timedelta(hours=span.count)
    return _midnight(begin.astimezone(zone).date() + timedelta(days=span.count + 1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
