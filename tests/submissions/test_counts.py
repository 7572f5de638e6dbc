"""Reading a school takes as many statements for ten students as for three hundred."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from registry.consents.decisions import decisions_of
from registry.consents.usecases.overview import decisions_of_class
from registry.submissions.readiness import readiness
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from tests.submissions.school import PROGRAMME, School, found_school

MOST = 12
SIZES = (10, 100, 300)


def statements_of(registry: Registry, read: Callable[[Work], Any]) -> list[str]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    with registry.reading(SYSTEM) as work:
        event.listen(registry.engine, "before_cursor_execute", note)
        read(work)
        event.remove(registry.engine, "before_cursor_execute", note)
    return said


def readings(school: School) -> dict[str, Callable[[Work], Any]]:
    with school.registry.reading(SYSTEM) as work:
        class_id = decisions_of(work, school.id, PROGRAMME)[0].family.class_id
    return {
        "readiness": lambda work: readiness(work, school.id, PROGRAMME),
        "decisions": lambda work: decisions_of(work, school.id, PROGRAMME),
        "class": lambda work: decisions_of_class(work, school.id, PROGRAMME, class_id),
    }


def test_readiness_and_the_page_of_a_class_take_a_fixed_number_of_statements(registry: Registry):
    school = found_school(registry)
    taken: dict[str, list[int]] = {}
    enrolled = 0
    for size in SIZES:
        pupils = school.enrol(size - enrolled)
        school.decide(pupils[: len(pupils) // 2])
        enrolled = size
        for name, read in readings(school).items():
            taken.setdefault(name, []).append(len(statements_of(registry, read)))

    for name, counts in taken.items():
        assert len(set(counts)) == 1, (name, counts)
        assert counts[0] <= MOST, (name, counts)
