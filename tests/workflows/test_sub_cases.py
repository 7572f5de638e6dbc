"""Sub-cases: a case that waits for others goes on as soon as they stand where it says, and not before."""

import threading
from collections.abc import Iterator
from uuid import UUID

import pytest

from registry.errors import ConflictError, InvalidError, NotFoundError
from registry.work import Registry
from registry.workflows import usecases, versions
from registry.workflows.cases import Case
from registry.workflows.migrating.usecases import Asked, migrate
from tests.workflows.test_migrating import faults
from tests.workflows.tiny import ROBOT, SCHOOL, thing

WHOLE = """
id = "whole"
version = 1
title = { ru = "Целое" }
subject = "thing"
[states.collecting]
title = { ru = "Сбор" }
kind = "start"
[states.ready]
title = { ru = "Готово" }
[states.done]
title = { ru = "Конец" }
kind = "end"
[transitions.all_ready]
title = { ru = "Все части готовы" }
from = ["collecting"]
to = "ready"
immediate = true
waits_for = { process = "piece", in = ["complete", "closed"] }
[transitions.finish]
title = { ru = "Закончить" }
from = ["ready"]
to = "done"
by = ["system"]
[transitions.close]
title = { ru = "Закончить, когда все закрыты" }
from = ["ready"]
to = "done"
by = ["system"]
waits_for = { process = "piece", in = ["closed"] }
"""
PIECE = """
id = "piece"
version = 1
title = { ru = "Часть" }
subject = "thing"
[states.open]
title = { ru = "Открыта" }
kind = "start"
[states.complete]
title = { ru = "Полна" }
[states.closed]
title = { ru = "Закрыта" }
kind = "end"
[transitions.fill]
title = { ru = "Наполнить" }
from = ["open"]
to = "complete"
by = ["system"]
[transitions.reopen]
title = { ru = "Открыть снова" }
from = ["complete"]
to = "open"
by = ["system"]
[transitions.close]
title = { ru = "Закрыть" }
from = ["open", "complete"]
to = "closed"
by = ["system"]
"""


@pytest.fixture
def ready(registry: Registry) -> Iterator[Registry]:
    with registry.work(ROBOT) as work:
        versions.publish(work, {"whole.toml": WHOLE, "piece.toml": PIECE})
    return registry


def begin(registry: Registry, process: str = "whole", parent: Case | None = None) -> Case:
    with registry.work(ROBOT) as work:
        above = None if parent is None else parent.id
        return usecases.start(work, process, thing(), SCHOOL, parent=above)


def move(registry: Registry, case: Case, step: str) -> Case:
    with registry.work(ROBOT) as work:
        return usecases.advance(work, case.id, step)


def state_of(registry: Registry, case: Case) -> str:
    with registry.reading(ROBOT) as work:
        return usecases.look(work, case.id).case.state


def test_a_case_goes_on_with_the_last_of_its_parts_and_not_before(ready: Registry):
    whole = begin(ready)
    first, second = (begin(ready, "piece", whole) for _ in range(2))
    assert first.parent_id == whole.id
    move(ready, first, "fill")
    assert state_of(ready, whole) == "collecting"
    move(ready, second, "close")
    assert state_of(ready, whole) == "ready"


def test_a_step_that_waits_is_refused_with_the_number_of_parts_that_are_ready(ready: Registry):
    whole = begin(ready)
    first, second = (begin(ready, "piece", whole) for _ in range(2))
    for piece in (first, second):
        move(ready, piece, "fill")
    move(ready, first, "close")
    with pytest.raises(ConflictError, match="1 из 2") as refused:
        move(ready, whole, "close")
    assert refused.value.slug == "sub-cases-open"
    move(ready, second, "close")
    assert move(ready, whole, "close").state == "done"


def test_a_case_without_parts_waits_for_them(ready: Registry):
    whole = begin(ready)
    assert whole.state == "collecting"
    begin(ready, "piece", begin(ready))
    assert state_of(ready, whole) == "collecting"


def test_a_part_belongs_to_an_open_case_of_its_own_school(ready: Registry):
    whole = begin(ready)
    with pytest.raises(InvalidError), ready.work(ROBOT) as work:
        usecases.start(work, "piece", thing(), None, parent=whole.id)
    with pytest.raises(NotFoundError), ready.work(ROBOT) as work:
        usecases.start(work, "piece", thing(), SCHOOL, parent=UUID(int=5))
    piece = begin(ready, "piece", whole)
    move(ready, piece, "fill")
    move(ready, whole, "finish")
    with pytest.raises(ConflictError) as refused:
        begin(ready, "piece", whole)
    assert refused.value.slug == "case-closed"
    assert move(ready, piece, "close").state == "closed"


def test_a_case_whose_new_version_waits_for_less_goes_on_as_it_moves(ready: Registry):
    whole = begin(ready)
    begin(ready, "piece", whole)
    hasty = WHOLE.replace("version = 1", "version = 2").replace('["complete"', '["open", "complete"')
    with ready.work(ROBOT) as work:
        versions.publish(work, {"whole.toml": hasty, "piece.toml": PIECE})
        migrate(work, Asked("whole", 1, 2, {}))
    assert state_of(ready, whole) == "ready"


TOUGHER = (
    PIECE.replace("version = 1", "version = 2")
    .replace("[states.open]", "[states.fresh]")
    .replace('["open"', '["fresh"')
    .replace('to = "open"', 'to = "fresh"')
)


def moved(registry: Registry, text: str, **mapped: str) -> None:
    with registry.work(ROBOT) as work:
        versions.publish(work, {"whole.toml": WHOLE, "piece.toml": text})
        migrate(work, Asked("piece", 1, 2, mapped))


def test_a_case_goes_on_when_a_move_brings_its_last_part_to_where_it_waits_for_it(ready: Registry):
    whole, other = begin(ready), begin(ready)
    first, _ = (begin(ready, "piece", whole) for _ in range(2))
    begin(ready, "piece", other)
    move(ready, first, "fill")
    moved(ready, TOUGHER, open="complete")
    for above in (whole, other):
        with ready.reading(ROBOT) as work:
            opened = usecases.look(work, above.id)
        assert opened.case.state == "ready"
        assert [line.transition for line in opened.history] == [None, "all_ready"]
    assert faults(ready) == []


def test_a_case_stays_when_a_move_leaves_one_of_its_parts_behind(ready: Registry):
    whole = begin(ready)
    begin(ready, "piece", whole)
    filled = begin(ready, "piece", whole)
    move(ready, filled, "fill")
    moved(ready, TOUGHER, open="fresh")
    assert state_of(ready, whole) == "collecting"


def test_a_map_cannot_name_an_end_but_a_part_that_ends_as_it_arrives_takes_the_case_along(ready: Registry):
    whole = begin(ready)
    piece = begin(ready, "piece", whole)
    with pytest.raises(InvalidError) as refused:
        moved(ready, TOUGHER, open="closed")
    assert refused.value.slug == "no-such-state"
    ending = TOUGHER.replace(
        'from = ["fresh", "complete"]\nto = "closed"\nby = ["system"]',
        'from = ["complete"]\nto = "closed"\nimmediate = true\nguards = ["tiny.open"]',
    )
    moved(ready, ending, open="complete")
    assert state_of(ready, piece) == "closed"
    assert state_of(ready, whole) == "ready"
    assert faults(ready) == []


def test_of_parts_that_move_at_once_the_last_one_takes_the_case_along(ready: Registry):
    for _ in range(5):
        whole = begin(ready)
        parts = [begin(ready, "piece", whole) for _ in range(4)]
        together = threading.Barrier(len(parts))

        def fill(part: Case, together: threading.Barrier = together) -> None:
            together.wait()
            move(ready, part, "fill")

        workers = [threading.Thread(target=fill, args=(part,)) for part in parts]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert state_of(ready, whole) == "ready"
