"""What the next deadlines of many cases are counted on, gathered once for all that share it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from registry.work import Work
from registry.workflows.deadlines import Due, Waiting, late_from
from registry.workflows.migrating.routing import Landing, Route
from registry.workflows.models.migrating import Countable
from registry.workflows.names import NAMES
from registry.workflows.timing import Arrival, Standing, calendar_of, standing


class Ground:
    """Counts the next deadlines of the cases that land in one way."""

    def __init__(self, work: Work, way: Route, landing: Landing) -> None:
        self._work = work
        self._way = way
        self._landing = landing
        self._zones: dict[UUID | None, ZoneInfo] = {}
        sides = ((way.old, landing.source), (way.new, landing.target))
        self._sides = [
            (state, calendar_of(work, definition, [line for _, line in definition.deadlines_of(state)]))
            for definition, state in sides
        ]

    def dues(self, part: Sequence[Countable]) -> list[tuple[UUID, Arrival]]:
        """Count what each of some cases waits for next; an awaited deadline that is untouched stays."""
        births = self._births(part)
        return [(one.id, self._due(one, births.get(one.subject_id))) for one in part]

    def _due(self, one: Countable, birth: date | None) -> Arrival:
        before, after = self._grounds(one, birth)
        waits = self._next(one, before, after)
        return Arrival(**waits, late_at=late_from(self._way.new, after))

    def _next(self, one: Countable, before: Waiting, after: Waiting) -> Standing:
        now = None
        if self._landing.line is not None and one.due_at is not None:
            now = Due(one.due_at, self._landing.line, one.due_turn or 0)
        found = self._way.next_due(self._landing, (before, after), now)
        if found and now and (found.line, found.turn) == (self._landing.new_line, now.turn):
            return Standing(due_at=now.at, due_line=found.line, due_turn=one.due_turn)
        return standing(self._work, self._way.new, after, found)

    def _grounds(self, one: Countable, birth: date | None) -> tuple[Waiting, Waiting]:
        if one.school_id not in self._zones:
            self._zones[one.school_id] = NAMES.zone_of(self._work, one.school_id)
        zone = self._zones[one.school_id]
        before, after = (
            Waiting(state, one.entered_at, one.dates, zone, calendar, birth, one.due_at)
            for state, calendar in self._sides
        )
        return before, after

    def _births(self, part: Sequence[Countable]) -> Mapping[UUID, date]:
        if not self._way.counts_birthdays(self._landing):
            return {}
        return NAMES.births[self._way.new.subject](self._work, [one.subject_id for one in part])
