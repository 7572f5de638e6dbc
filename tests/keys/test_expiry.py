"""The end of a key: told 60, 30 and 7 days before, once a step, and as a task of the operator."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from registry.keys import usecases
from registry.keys.clock import warn_of_ends
from registry.keys.models import keys as table
from registry.keys.rules import Kind
from registry.keys.usecases.warning import task_of
from registry.sealing.openpgp import OpenPgpSealer
from registry.trail.entries import SYSTEM
from registry.workflows.cases import Case
from registry.workflows.models.tables import case_history
from tests.keys.conftest import Desk


def ends_in(desk: Desk, days: float, key_id: UUID | None = None) -> UUID:
    key_id = key_id or desk.active().id
    with desk.registry.work(SYSTEM) as work:
        until = work.now + timedelta(days=days)
        work.connection.execute(update(table).where(table.c.id == key_id).values(valid_until=until))
    return key_id


def task(desk: Desk, key_id: UUID) -> Case | None:
    with desk.registry.reading(SYSTEM) as work:
        return task_of(work, desk.get(key_id))


@pytest.mark.parametrize(
    ("days", "step", "state"),
    [
        (60.5, None, None),
        (59.9, 60, "in_60"),
        (30, 30, "in_30"),
        (7, 7, "in_7"),
        (0.1, 7, "in_7"),
        (0, 0, "ended"),
    ],
)
def test_a_step_is_told_when_it_is_reached(desk: Desk, days: float, step: int | None, state: str | None):
    key_id = ends_in(desk, days)
    warn_of_ends(desk.registry)
    found = task(desk, key_id)
    assert desk.get(key_id).warned == step
    assert (found.state if found else None) == state
    if found:
        assert found.assignee_role == "operator"


def test_each_step_is_told_once_and_the_task_goes_on(desk: Desk):
    key_id = desk.active().id
    versions = []
    for days in (59, 58, 29, 28, 6, 5, -1, -2):
        ends_in(desk, days, key_id)
        warn_of_ends(desk.registry)
        versions.append(desk.get(key_id).version)
    assert versions == [2, 2, 3, 3, 4, 4, 5, 5]
    case = task(desk, key_id)
    assert case is not None
    with desk.registry.reading(SYSTEM) as work:
        query = select(case_history.c.target).where(case_history.c.case_id == case.id)
        states = list(work.connection.execute(query.order_by(case_history.c.number)).scalars())
    assert states == ["in_60", "in_30", "in_7", "ended"]


def test_the_task_is_done_when_another_key_comes_into_force(desk: Desk):
    key_id = ends_in(desk, 20)
    warn_of_ends(desk.registry)
    desk.introduce(desk.make(desk.rotate()))
    found = task(desk, key_id)
    assert found is not None
    assert (found.state, found.closed_at is not None) == ("done", True)
    warn_of_ends(desk.registry)
    assert task(desk, key_id) == found


def test_a_platforms_key_that_comes_again_with_a_later_end_is_told_of_anew(desk: Desk):
    key_id = ends_in(desk, 20, desk.active(Kind.PLATFORM).id)
    warn_of_ends(desk.registry)
    again = desk.pin_shown()
    assert (again.id, again.warned) == (key_id, None)
    renewed = task(desk, key_id)
    assert renewed is not None
    assert renewed.state == "renewed"
    ends_in(desk, 6, key_id)
    warn_of_ends(desk.registry)
    later = task(desk, key_id)
    assert later is not None
    assert later.state == "in_7"


def test_keys_that_are_not_in_use_are_not_told_of(desk: Desk):
    old = desk.active()
    desk.introduce(desk.make(desk.rotate()))
    ends_in(desk, 1, old.id)
    warn_of_ends(desk.registry)
    assert desk.get(old.id).warned is None


def test_a_key_made_for_a_short_time_says_so_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """The end is read from the key that gpg made, not from what was ordered."""
    made = OpenPgpSealer.create_key
    monkeypatch.setattr(
        OpenPgpSealer, "create_key", lambda self, owner: made(self, owner, timedelta(days=20))
    )
    new = desk.introduce(desk.make(desk.rotate()))
    warn_of_ends(desk.registry)
    assert desk.get(new.id).warned == 30
    with desk.registry.work(SYSTEM) as work:
        assert usecases.warn(work, new.id).version == desk.get(new.id).version
