"""Tasks about students name them: to who may know, with a trace, and in as many statements as before."""

from collections.abc import Callable, Iterator
from datetime import time
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from registry.access.rules import Role
from registry.app import load_names
from registry.trail.entries import EntryType
from registry.trail.models import trail_event
from registry.workflows.pages import blueprint as workflows
from tests.consents.conftest import Town
from tests.consents.pages.conftest import Reader
from tests.consents.requests import Days, Hours

load_names()


@pytest.fixture
def days(app: Flask, town: Town) -> Iterator[Days]:
    app.register_blueprint(workflows)
    with Hours(town.registry).at(time(12)):
        days = Days(town, Hours(town.registry))
        days.publish()
        days.tick()
        yield days


def looks(town: Town) -> int:
    """Count the looks at lists of names that stand in the trail or wait for their number."""
    wanted = f'"type":"{EntryType.LIST_VIEWED}"'
    with town.work() as work:
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars()
        return sum(wanted in bytes(leaf).decode() for leaf in leaves)


def test_each_task_says_of_which_student_of_which_class_it_is(
    days: Days, employee: Callable[[Role], Reader], class_id: UUID
) -> None:
    tutor = employee(Role.TUTOR)
    tutor.open(f"/consents/classes/{days.town.school}/{class_id}")
    tutor.follow("Напоминания : Иванова Adult")
    tutor.send("/paper")
    before = looks(days.town)
    tutor.open("/tasks")
    assert "Иванова Adult" in tutor.text
    assert looks(days.town) == before + 1
    tutor.open("/processes/consent-request/states/asked")
    assert "Иванова" in tutor.text
    assert looks(days.town) == before + 1, "the same look at the same school"
    tutor.follow("Иванова")
    assert "О ком" in tutor.text
    assert looks(days.town) == before + 2


def test_names_take_no_statement_a_row(
    days: Days, employee: Callable[[Role], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    tutor, said = employee(Role.TUTOR), list[str]()
    event.listen(days.registry.engine, "before_cursor_execute", lambda *args: said.append(args[2]))

    def statements() -> int:
        tutor.open("/processes/consent-request/states/asked")
        said.clear()
        tutor.open("/processes/consent-request/states/asked")
        return len(said)

    many = statements()
    assert tutor.text.count("Иванова") > 1
    monkeypatch.setattr("registry.workflows.pages.processes.PAGE_LENGTH", 1)
    assert statements() == many
