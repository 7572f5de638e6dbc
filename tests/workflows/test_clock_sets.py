"""The clock takes what is due in sets: as quick as one statement, and as careful as case by case."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import event, select, update

from registry.storage.outbox import promises
from registry.trail.publisher import tend
from registry.trail.verify import verify
from registry.work import Registry
from registry.workflows import clock, usecases, versions
from registry.workflows.cases import Case, Happening
from registry.workflows.facts import present_states
from registry.workflows.models.tables import cases
from tests.workflows.test_clock import begin, lines, now_of, on
from tests.workflows.tiny import ROBOT, SCHOOL, broken, called, publish_tiny, shut, thing

WHOLE = """
id = "whole"
version = 1
title = { ru = "Целое" }
subject = "thing"
[states.collecting]
title = { ru = "Сбор" }
kind = "start"
[states.done]
title = { ru = "Конец" }
kind = "end"
[transitions.all_ready]
title = { ru = "Все части закрыты" }
from = ["collecting"]
to = "done"
immediate = true
waits_for = { process = "piece", in = ["closed"] }
[transitions.give_up]
title = { ru = "Не ждать" }
from = ["collecting"]
to = "done"
by = ["system"]
[[deadlines]]
state = "collecting"
after = "3 days"
then = "give_up"
"""
PIECE = """
id = "piece"
version = 1
title = { ru = "Часть" }
subject = "thing"
[states.open]
title = { ru = "Открыта" }
kind = "start"
[states.closed]
title = { ru = "Закрыта" }
kind = "end"
[transitions.close]
title = { ru = "Закрыть" }
from = ["open"]
to = "closed"
by = ["system"]
[[deadlines]]
state = "open"
after = "2 days"
then = "close"
"""


@pytest.fixture
def ready(registry: Registry) -> Iterator[Registry]:
    publish_tiny(registry)
    for one in (called, shut, broken):
        one.clear()
    return registry


def told(registry: Registry, case: Case) -> list[Happening]:
    return [kind for kind, _, _ in lines(registry, case)]


def reminded(registry: Registry) -> list[UUID]:
    with registry.reading(ROBOT) as work:
        rows = work.connection.execute(select(promises.c.arguments))
        return [UUID(row.arguments["case_id"]) for row in rows]


def statements(registry: Registry, day: date) -> int:
    """Take a batch, and count the statements that it took."""
    seen: list[str] = []

    def see(*said: str) -> None:
        seen.append(said[2])

    event.listen(registry.engine, "before_cursor_execute", see)
    try:
        clock.take_batch(on(registry, day))
    finally:
        event.remove(registry.engine, "before_cursor_execute", see)
    return len(seen)


def test_a_set_writes_state_history_trail_and_promises_of_each_case(ready: Registry):
    begun = [begin(ready, None) for _ in range(5)]
    clock.take_batch(on(ready, date(2020, 11, 5)))
    clock.take_batch(on(ready, date(2020, 11, 7)))
    for case in begun:
        assert told(ready, case) == [Happening.ESCALATED, Happening.REMINDED]
        assert now_of(ready, case).assignee_role == "tiny-director"
    assert sorted(reminded(ready)) == sorted(case.id for case in begun)
    tend(ready.engine, ready.trail, ready.now())
    report = verify(ready.engine, ready.vault, ready.trail, {"case": present_states})
    assert report.status == 0, report.findings


def test_a_larger_set_takes_no_more_statements(ready: Registry):
    [begin(ready, None) for _ in range(3)]
    few = statements(ready, date(2020, 11, 5))
    [begin(ready, None) for _ in range(30)]
    assert statements(ready, date(2020, 11, 5)) == few


def test_one_case_that_goes_wrong_takes_none_of_its_set_with_it(ready: Registry):
    begun = [begin(ready, None) for _ in range(3)]
    sick = begun[1]
    with ready.engine.begin() as connection:
        connection.execute(update(cases).where(cases.c.id == sick.id).values(due_line=99))
    clock.follow_clock(on(ready, date(2020, 11, 5)))
    assert lines(ready, sick) == [(Happening.HELD, "draft", "failed")]
    for well in (begun[0], begun[2]):
        assert told(ready, well) == [Happening.ESCALATED]


def test_a_case_that_its_part_moved_in_the_same_batch_is_left_as_it_stands(ready: Registry):
    with ready.work(ROBOT) as work:
        versions.publish(work, {"whole.toml": WHOLE, "piece.toml": PIECE})
        whole = usecases.start(work, "whole", thing(), SCHOOL)
        part = usecases.start(work, "piece", thing(), SCHOOL, parent=whole.id)
        other = usecases.start(work, "piece", thing(), SCHOOL)
    clock.follow_clock(on(ready, date(2020, 11, 9)))
    assert [line[:2] for line in lines(ready, part)] == [(Happening.MOVED, "closed")]
    assert [line[:2] for line in lines(ready, other)] == [(Happening.MOVED, "closed")]
    with ready.reading(ROBOT) as work:
        assert [line.transition for line in usecases.look(work, whole.id).history[1:]] == ["all_ready"]
