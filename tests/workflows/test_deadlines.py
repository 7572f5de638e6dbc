"""The arithmetic of deadlines, held to a slow reference that walks through the days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.errors import SettingsError
from registry.people.dates import age_on
from registry.workflows.calendars import Calendar, calendar
from registry.workflows.deadlines import (
    Due,
    Waiting,
    birthday,
    due_after,
    look_at,
    midnight,
    moment_of,
    next_due,
    passed_too,
)
from registry.workflows.definition import Deadline, Definition, Known, Span, Unit, check

ZONES = [ZoneInfo(name) for name in ("Asia/Vladivostok", "Europe/Sofia", "Europe/Kaliningrad", "UTC")]
NOWHERE = Path("/nonexistent")
RU, BG = calendar("ru", NOWHERE), calendar("bg", NOWHERE)
FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
LONG_AGO = datetime(2013, 1, 1, tzinfo=UTC)
WORKED = {one.name: frozenset(day for year in one.years.values() for day in year.working) for one in (RU, BG)}
KNOWN = Known(
    frozenset(),
    frozenset(),
    frozenset({"t.job", "t.other"}),
    frozenset({"system", "boss"}),
    births=frozenset({"thing"}),
)
HEAD = """
id = "timed"
version = 1
title = { ru = "т" }
subject = "thing"
dates = ["term"]
[states.here]
title = { ru = "т" }
kind = "start"
[states.there]
title = { ru = "т" }
kind = "end"
[transitions.go]
title = { ru = "т" }
from = ["here"]
to = "there"
by = ["system"]
"""

moments = st.integers(
    int(datetime(2019, 2, 1, tzinfo=UTC).timestamp()), int(datetime(2024, 12, 31, tzinfo=UTC).timestamp())
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
calendars = st.sampled_from([RU, BG])
spans = st.one_of(
    st.builds(Span, st.integers(1, 500), st.just(Unit.WORKING_DAYS)),
    st.builds(Span, st.integers(1, 700), st.just(Unit.DAYS)),
    st.builds(Span, st.integers(1, 8784), st.just(Unit.HOURS)),
)


def lasting(after: Span | None = None, **more: object) -> Deadline:
    values = {"at": None, "before": None, "then": None, "escalate": None, "remind": "t.job", **more}
    return Deadline(state="here", after=after, **values)  # type: ignore[arg-type]


def definition(*deadlines: str) -> Definition:
    text = HEAD + "".join(f'[[deadlines]]\nstate = "here"\n{one}\n' for one in deadlines)
    checked = check(text, KNOWN)
    assert checked.definition is not None, checked.findings
    assert not checked.findings, checked.findings
    return checked.definition


def days_after(day: date, unit: Unit, worked: frozenset[date]) -> Iterator[date]:
    """Walk: every next day that counts, one by one."""
    while True:
        day += timedelta(days=1)
        if unit is Unit.DAYS or day in worked:
            yield day


def walked(begin: datetime, span: Span, zone: ZoneInfo, worked: frozenset[date]) -> datetime:
    """The slow reference: hours one by one in UTC, days one by one on the wall calendar."""
    if span.unit is Unit.HOURS:
        for _ in range(span.count):
            begin += timedelta(hours=1)
        return begin
    days = days_after(begin.astimezone(zone).date(), span.unit, worked)
    last = [next(days) for _ in range(span.count)][-1]
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


@given(moments, spans, st.sampled_from(ZONES), calendars)
def test_a_span_ends_where_counting_day_by_day_ends(
    begin: datetime, span: Span, zone: ZoneInfo, days: Calendar
):
    waiting = Waiting("here", begin, {}, zone, days)
    assert moment_of(lasting(span), 0, waiting) == walked(begin, span, zone, WORKED[days.name])


@given(st.dates(date(2021, 1, 10), date(2026, 12, 20)), st.integers(1, 480), calendars)
def test_working_days_before_a_date_are_counted_back_day_by_day(day: date, count: int, days: Calendar):
    left, naive = count, day
    while left:
        naive -= timedelta(days=1)
        left -= naive in WORKED[days.name]
    line = lasting(at="term", before=Span(count, Unit.WORKING_DAYS))
    waiting = Waiting("here", datetime(2020, 1, 1, tzinfo=UTC), {"term": day}, ZONES[0], days)
    assert moment_of(line, 0, waiting) == midnight(naive, ZONES[0])


@given(st.dates(FIRST, LAST), calendars)
def test_counting_there_and_back_meets_a_working_day_again(day: date, days: Calendar):
    worked = sorted(WORKED[days.name])
    if worked[30] < day < worked[-31]:
        assert days.before(days.after(day, 30), 29) == days.after(day, 1)
        assert days.after(days.before(day, 30), 29) == days.before(day, 1)


@given(moments, spans, spans, st.sampled_from(ZONES))
def test_a_repeated_deadline_comes_later_each_time_and_not_more_often_than_its_cap(
    begin: datetime, after: Span, every: Span, zone: ZoneInfo
):
    waiting = Waiting("here", begin, {}, zone, RU)
    line = lasting(after, every=Span(every.count % 20 + 1, every.unit), most=4)
    try:
        turns = [moment_of(line, turn, waiting) for turn in range(line.turns)]
    except SettingsError:
        return  # it reaches past the last year that is known
    assert all(one < other for one, other in pairwise(turns))  # type: ignore[operator]
    if after.unit is not Unit.HOURS and every.unit is not Unit.HOURS:
        assert all(one and one.astimezone(zone).time() == time() for one in turns)


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("1 day", [date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)]),
        ("1 working day", [date(2026, 5, 1), date(2026, 5, 5), date(2026, 5, 6)]),
        ("2 working days", [date(2026, 5, 1), date(2026, 5, 6), date(2026, 5, 8)]),
    ],
)
def test_repeats_count_the_days_after_the_one_that_ended(every: str, days: list[date]):
    """The first passes at the end of 30 April 2026, a Thursday; 1 May is a holiday, 4 May a Monday."""
    timed = definition(f'after = "2 days"\nremind = "t.job"\nevery = "{every}"\nmost = 3')
    waiting = Waiting("here", datetime(2026, 4, 28, 9, tzinfo=UTC), {}, ZONES[1], RU)
    passed, found = [], next_due(timed, waiting)
    while found is not None:
        passed.append(found.at.astimezone(ZONES[1]).date())
        found = next_due(timed, waiting, found.line, found.turn)
    assert passed == days


def test_a_day_of_twenty_three_or_twenty_five_hours_is_one_day_and_an_hour_an_hour():
    sofia = ZoneInfo("Europe/Sofia")
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    one_day, day_of_hours = lasting(Span(1, Unit.DAYS)), lasting(Span(24, Unit.HOURS))
    for begin, length in ((spring, 23), (autumn, 25)):
        waiting = Waiting("here", begin, {}, sofia)
        end = moment_of(one_day, 0, waiting)
        assert end is not None
        assert end - midnight(begin.date() + timedelta(days=1), sofia) == timedelta(hours=length)
        assert moment_of(day_of_hours, 0, waiting) == begin + timedelta(hours=24)


def test_the_same_deadline_ends_earlier_where_the_sun_rises_earlier():
    begin = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)  # already 2 June in Vladivostok, still 1 June in Sofia
    ends = [moment_of(lasting(Span(1, Unit.DAYS)), 0, Waiting("here", begin, {}, zone)) for zone in ZONES[:2]]
    assert ends == [datetime(2026, 6, 3, 14, tzinfo=UTC), datetime(2026, 6, 2, 21, tzinfo=UTC)]


@given(st.dates(date(1940, 1, 1), date(2025, 12, 31)), st.integers(1, 120))
@example(date(2008, 2, 29), 14)
@example(date(2008, 2, 29), 16)
@example(date(1980, 2, 29), 120)
def test_a_birthday_is_the_first_day_of_the_new_age(birth: date, years: int):
    day = birthday(birth, years)
    assert (age_on(birth, day), age_on(birth, day - timedelta(days=1))) == (years, years - 1)


@given(
    st.dates(date(2000, 1, 1), date(2012, 12, 31)),
    st.integers(0, 40),
    moments,
    st.sampled_from(ZONES),
)
def test_what_is_stored_of_a_birthday_tells_no_more_than_its_month(
    birth: date, before: int, now: datetime, zone: ZoneInfo
):
    """Two children of one month, of whom neither had the birthday yet, are looked at the same moments."""
    line = lasting(birthday=14, before=Span(before, Unit.DAYS) if before else None)

    def stored(born: date) -> tuple[datetime, datetime]:
        moment = moment_of(line, 0, Waiting("here", LONG_AGO, {}, zone, birth=born))
        assert moment is not None
        return moment, look_at(Due(moment, 0), line, now, zone)

    moment, looked = stored(birth)
    assert looked <= max(moment, now)
    twin_moment, twin = stored(birth.replace(day=min(birth.day + 1, 28)))
    same_month = moment.astimezone(zone).date().replace(day=1) == twin_moment.astimezone(zone).date().replace(
        day=1
    )
    if min(moment, twin_moment) > now and same_month:
        assert looked == twin


def test_a_birthday_is_looked_for_once_a_day_in_its_month_and_comes_as_the_day_begins():
    zone, birth = ZONES[0], date(2010, 11, 20)
    line = lasting(birthday=14)
    moment = moment_of(line, 0, Waiting("here", FIRST_DAY, {}, zone, birth=birth))
    assert moment == midnight(date(2024, 11, 20), zone)
    looks, now = [], FIRST_DAY
    while now < moment:
        now = look_at(Due(moment, 0), line, now, zone)
        looks.append(now.astimezone(zone).date())
    assert looks == [date(2024, 11, day) for day in range(1, 21)]


FIRST_DAY = datetime(2024, 9, 5, 7, 30, tzinfo=UTC)


def test_the_next_deadline_is_the_least_moment_after_the_one_that_passed():
    timed = definition(
        'after = "3 days"\nremind = "t.job"\nevery = "2 days"\nmost = 5',
        'after = "6 days"\nescalate = "boss"',
        'at = "term"\nthen = "go"',
        'birthday = 14\nremind = "t.other"',
    )
    waiting = Waiting(
        "here",
        datetime(2026, 6, 1, 9, tzinfo=UTC),
        {"term": date(2026, 6, 9)},
        ZONES[3],
        birth=date(2012, 6, 11),
    )
    order, found = [], next_due(timed, waiting)
    while found is not None:
        order.append((found.line, found.turn))
        found = next_due(timed, waiting, found.line, found.turn)
    assert order == [(0, 0), (0, 1), (1, 0), (0, 2), (2, 0), (0, 3), (3, 0), (0, 4)]
    now = datetime(2026, 7, 1, tzinfo=UTC)
    passed = passed_too(timed, waiting, next_due(timed, waiting), now)
    assert [(due.line, due.turn) for due in passed] == [(0, 0), (0, 1), (1, 0), (0, 2)]
    everything = sorted(
        Due(at, number, turn)
        for number, line in enumerate(timed.deadlines)
        for turn in range(line.turns)
        if (at := moment_of(line, turn, waiting)) is not None
    )
    for one, other in zip(everything, [*everything[1:], None], strict=True):
        assert due_after(timed, waiting, one) == other


def test_when_the_day_itself_went_away_what_comes_after_the_last_look_is_next():
    timed = definition(
        'after = "3 days"\nremind = "t.job"', 'birthday = 14\nremind = "t.other"', 'at = "term"\nthen = "go"'
    )
    waiting = Waiting(
        "here",
        datetime(2026, 6, 1, 9, tzinfo=UTC),
        {"term": date(2026, 6, 9)},
        ZONES[3],
        looked_at=datetime(2026, 6, 6, tzinfo=UTC),
    )
    assert next_due(timed, waiting, 1) == Due(datetime(2026, 6, 10, tzinfo=UTC), 2)
