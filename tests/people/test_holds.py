"""What stands on people is asked of the rooms above; without their answers nothing is undone."""

import pytest

from registry.people import holds
from registry.people.holds import Hold, answers_for, check_owners


def test_every_hold_has_an_owner_when_the_registry_is_put_together():
    check_owners()
    assert set(holds.OWNERS) == set(Hold)


def test_a_missing_owner_stops_the_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(holds.OWNERS, Hold.ACT)
    with pytest.raises(RuntimeError, match="act"):
        check_owners()


def test_a_hold_has_one_owner_only():
    with pytest.raises(ValueError, match="two rooms"):
        answers_for(Hold.ACT)(lambda _work, _school, _since: [])
