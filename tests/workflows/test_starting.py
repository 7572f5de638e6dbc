"""A set of cases begins as one does, in a number of statements that does not grow with it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from registry.app import load_names, present_states
from registry.errors import InvalidError
from registry.trail.verify import verify
from registry.work import Registry
from registry.workflows import models, usecases, versions
from registry.workflows.cases import Happening
from tests.workflows.test_sub_cases import PIECE, WHOLE
from tests.workflows.tiny import ROBOT, SCHOOL, TUTOR, publish_tiny, thing


@pytest.fixture
def ready(registry: Registry) -> Iterator[Registry]:
    load_names()
    publish_tiny(registry)
    with registry.work(ROBOT) as work:
        versions.publish(work, {"whole.toml": WHOLE, "piece.toml": PIECE})
    with registry.work(TUTOR) as work:
        usecases.start(work, "tiny", thing(), SCHOOL)  # what is read or made once is there
    return registry


def statements_for(registry: Registry, count: int) -> int:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(registry.engine, "before_cursor_execute", note)
    with registry.work(TUTOR) as work:
        wanted = [usecases.Beginning(thing(), SCHOOL) for _ in range(count)]
        assert len(usecases.start_many(work, "tiny", wanted)) == count
    event.remove(registry.engine, "before_cursor_execute", note)
    return len(said)


def test_a_set_of_any_size_begins_in_a_fixed_number_of_statements(ready: Registry):
    assert statements_for(ready, 2) == statements_for(ready, 150) <= 10


def test_each_case_of_a_set_has_its_history_and_its_entry_in_the_trail(ready: Registry):
    with ready.work(TUTOR) as work:
        wanted = [usecases.Beginning(thing(), SCHOOL) for _ in range(5)]
        begun = usecases.start_many(work, "tiny", wanted)
    with ready.reading(ROBOT) as work:
        for case in begun:
            opened = usecases.look(work, case.id)
            assert opened.case == case
            assert [line.kind for line in opened.history] == [Happening.STARTED]
            assert opened.case.due_at is not None
    report = verify(ready.engine, ready.vault, ready.trail, present_states())
    assert report.findings == ()


def test_a_subject_that_has_its_case_is_left_out_of_the_set(ready: Registry):
    old, new = thing(), thing()
    with ready.work(ROBOT) as work:
        usecases.start(work, "tiny", old, SCHOOL)
        wanted = [usecases.Beginning(one, SCHOOL) for one in (old, new, new)]
        begun = usecases.start_many(work, "tiny", wanted)
        assert [case.subject for case in begun] == [new]
        assert usecases.start_many(work, "tiny", wanted) == []
        assert usecases.start_many(work, "tiny", []) == []


def test_one_that_does_not_fit_keeps_the_whole_set_from_beginning(ready: Registry):
    wanted = [
        usecases.Beginning(thing(), SCHOOL),
        usecases.Beginning(thing(), SCHOOL, {"no_such": ready.settings.today}),  # type: ignore[dict-item]
    ]
    with pytest.raises(InvalidError), ready.work(ROBOT) as work:
        usecases.start_many(work, "tiny", wanted)
    with ready.reading(ROBOT) as work:
        assert [case.state for case in models.listed(work.connection, models.Wanted(SCHOOL), None, 9)] == [
            "draft"
        ]


def test_the_parts_of_a_case_begin_as_a_set(ready: Registry):
    with ready.work(ROBOT) as work:
        whole = usecases.start(work, "whole", thing(), SCHOOL)
        parts = [usecases.Beginning(thing(), SCHOOL, parent=whole.id) for _ in range(3)]
        begun = usecases.start_many(work, "piece", parts)
        for part in begun:
            assert usecases.look(work, whole.id).case.state == "collecting"
            usecases.advance(work, part.id, "fill")
        assert usecases.look(work, whole.id).case.state == "ready"
