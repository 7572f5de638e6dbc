"""Deadlines that come again, that were missed while the clock stood still, and that hang on a birthday."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from registry.errors import SettingsError
from registry.storage.outbox import promises
from registry.trail.entries import Actor
from registry.work import Registry, Work
from registry.workflows import clock, usecases, versions
from registry.workflows.calendars import own_file
from registry.workflows.cases import Case, Happening
from registry.workflows.models import cases
from registry.workflows.names import NAMES
from tests.workflows.test_clock import lines, now_of, on
from tests.workflows.tiny import ROBOT, SCHOOL, TUTOR, thing

TEXT = """
id = "patient"
version = 1
title = { ru = "Терпеливый" }
subject = "child"
dates = ["term"]
[states.here]
title = { ru = "Здесь" }
kind = "start"
assignee = "tiny-tutor"
[states.there]
title = { ru = "Там" }
kind = "end"
[transitions.grow]
title = { ru = "Вырасти" }
from = ["here"]
to = "there"
by = ["system"]
"""
REPEATED = """
[[deadlines]]
state = "here"
after = "3 days"
remind = "tiny.tell"
every = "2 days"
most = 4
[[deadlines]]
state = "here"
after = "4 days"
escalate = "tiny-director"
"""
GROWING = """
[[deadlines]]
state = "here"
birthday = 14
then = "grow"
[[deadlines]]
state = "here"
after = "10 days"
escalate = "tiny-director"
"""
WORKING = """
[[deadlines]]
state = "here"
after = "2 working days"
escalate = "tiny-director"
"""

births: dict[UUID, date] = {}
zones: dict[UUID, ZoneInfo] = {}


def known_births(_work: Work, ids: Collection[UUID]) -> Mapping[UUID, date]:
    return {one: births[one] for one in ids if one in births}


NAMES.birth_dates_of("child", known_births)


@pytest.fixture
def zoned() -> Iterator[None]:
    before = NAMES.zone_of
    NAMES.find_zones_with(lambda work, school: zones.get(school or SCHOOL) or work.settings.timezone)
    yield
    zones.clear()
    NAMES.find_zones_with(before)


def begin(registry: Registry, deadlines: str, birth: date | None = None, actor: Actor = ROBOT) -> Case:
    subject = replace(thing(), kind="child")
    if birth is not None:
        births[subject.id] = birth
    with registry.work(actor) as work:
        versions.publish(work, {"patient.toml": TEXT + deadlines})
        return usecases.start(work, "patient", subject, SCHOOL)


def told(registry: Registry) -> int:
    with registry.engine.connect() as connection:
        return len(connection.execute(select(promises.c.id).where(promises.c.job == "tiny.tell")).all())


def days_run(registry: Registry, *days: date) -> None:
    for day in days:
        clock.follow_clock(on(registry, day))


def stored(registry: Registry, case: Case) -> date:
    with registry.engine.connect() as connection:
        due = connection.execute(select(cases.c.due_at).where(cases.c.id == case.id)).scalar_one()
    day: date = due.astimezone(registry.settings.timezone).date()
    return day


def test_a_reminder_comes_again_until_its_cap(registry: Registry):
    case = begin(registry, REPEATED)
    days_run(registry, *(date(2020, 11, day) for day in range(3, 29)))
    assert [kind for kind, _, _ in lines(registry, case)] == [
        Happening.REMINDED,
        Happening.ESCALATED,
        Happening.REMINDED,
        Happening.REMINDED,
        Happening.REMINDED,
    ]
    assert told(registry) == 4
    assert now_of(registry, case).due_at is None


def test_after_a_stop_the_last_of_the_missed_reminders_is_sent_and_the_others_are_noted(registry: Registry):
    case = begin(registry, REPEATED)
    days_run(registry, date(2020, 11, 11), date(2020, 11, 11))
    assert lines(registry, case) == [
        (Happening.SKIPPED, "here", "skipped-1"),
        (Happening.ESCALATED, "here", None),
        (Happening.SKIPPED, "here", "skipped-1"),
        (Happening.REMINDED, "here", None),
    ]
    assert told(registry) == 1
    days_run(registry, date(2020, 11, 12), date(2020, 12, 30))
    assert told(registry) == 2
    assert now_of(registry, case).due_at is None


def test_several_missed_in_a_row_are_noted_in_one_line(registry: Registry):
    case = begin(
        registry,
        REPEATED.partition("[[deadlines]]")[2].partition("[[deadlines]]")[0].join(["[[deadlines]]", ""]),
    )
    days_run(registry, date(2021, 3, 1))
    assert lines(registry, case) == [
        (Happening.SKIPPED, "here", "skipped-3"),
        (Happening.REMINDED, "here", None),
    ]
    assert told(registry) == 1


def test_a_birthday_passes_on_its_day_and_the_clock_looks_for_it_in_silence(registry: Registry):
    case = begin(registry, GROWING, date(2006, 12, 20))
    assert now_of(registry, case).due_line == 1
    days_run(registry, date(2020, 11, 13))
    assert stored(registry, case) == date(2020, 12, 1)
    seen = []
    for day in range(1, 20):
        days_run(registry, date(2020, 12, day), date(2020, 12, day))
        seen.append(stored(registry, case))
    assert seen == [date(2020, 12, day) for day in range(2, 21)]
    assert lines(registry, case) == [(Happening.ESCALATED, "here", None)]
    days_run(registry, date(2020, 12, 20))
    assert now_of(registry, case).state == "there"


def test_a_birthday_of_this_month_is_not_stored_and_one_that_is_past_is_not_waited_for(registry: Registry):
    only_birthday = GROWING.partition('[[deadlines]]\nstate = "here"\nafter')[0]
    early = begin(registry, only_birthday, date(2006, 11, 29))
    assert stored(registry, early) == date(2020, 11, 3)
    past = begin(registry, only_birthday, date(2006, 10, 29))
    assert past.due_at is None


def test_a_birth_date_that_was_corrected_or_destroyed_is_heeded_at_the_next_look(registry: Registry):
    later = begin(registry, GROWING, date(2006, 11, 5))
    gone = begin(registry, GROWING, date(2006, 11, 5))
    births[later.subject.id] = date(2007, 2, 5)
    del births[gone.subject.id]
    days_run(registry, date(2020, 11, 6))
    assert [now_of(registry, case).due_line for case in (later, gone)] == [1, 1]
    days_run(registry, date(2020, 11, 14))
    assert now_of(registry, gone).due_at is None
    assert stored(registry, later) == date(2021, 2, 1)
    days_run(registry, date(2021, 2, 5))
    assert [now_of(registry, case).state for case in (later, gone)] == ["there", "here"]


def test_working_days_pass_over_a_holiday_by_the_calendar_of_the_installation_or_of_the_definition(
    registry: Registry,
):
    """4 November 2020, a Wednesday, is a holiday in Russia and none in Bulgaria."""
    case = begin(registry, WORKING)
    assert stored(registry, case) == date(2020, 11, 6)
    bulgarian = TEXT.replace("version = 1", 'version = 2\ncalendar = "bg"') + WORKING
    with registry.work(ROBOT) as work:
        versions.publish(work, {"patient.toml": bulgarian})
        other = usecases.start(work, "patient", replace(thing(), kind="child"), SCHOOL)
    assert stored(registry, other) == date(2020, 11, 5)


def add_2027(registry: Registry) -> None:
    own = own_file("ru", registry.settings.home)
    own.parent.mkdir(exist_ok=True)
    own.write_text('[2027]\nsource = "указ"\ncount = 260\noff = [2027-01-01]\nwork = []\n', "utf-8")


def test_a_step_of_a_person_into_a_year_without_a_calendar_is_refused_until_somebody_adds_it(
    registry: Registry,
):
    far = on(registry, date(2026, 12, 30))
    with pytest.raises(SettingsError, match="2027"):
        begin(far, WORKING, actor=TUTOR)
    add_2027(registry)
    assert stored(far, begin(far, WORKING, actor=TUTOR)) == date(2027, 1, 6)


def test_what_the_system_tells_of_goes_on_and_is_counted_when_the_calendar_comes(registry: Registry):
    far = on(registry, date(2026, 12, 30))
    case = begin(far, WORKING)
    assert stored(far, case) == date(2026, 12, 31)
    days_run(registry, date(2026, 12, 31), date(2027, 1, 1))
    assert lines(registry, case) == [(Happening.HELD, "here", "no-calendar-year")] * 2
    add_2027(registry)
    days_run(registry, date(2027, 1, 2))
    assert stored(far, case) == date(2027, 1, 6)
    days_run(registry, date(2027, 1, 6))
    assert lines(registry, case)[-1] == (Happening.ESCALATED, "here", None)


def test_the_days_of_a_case_begin_and_end_where_its_school_is(registry: Registry, zoned: None):
    zones[SCHOOL] = ZoneInfo("Europe/Kaliningrad")
    case = begin(registry, REPEATED)
    entered = case.entered_at.astimezone(zones[SCHOOL])
    assert case.due_at is not None
    due = case.due_at.astimezone(zones[SCHOOL])
    assert (due.hour, (due.date() - entered.date()).days) == (0, 4)
