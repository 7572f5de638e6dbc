"""Whom an invitation asks: the families of those who are turned to, and no others."""

from datetime import date

from registry.consents.rules.decisions import State
from registry.consents.usecases.asking import ask
from tests.consents.conftest import MESH, Town, add_family


def test_who_is_not_turned_to_is_not_asked(town: Town):
    add_family(town, "sister", date(2010, 3, 1), ["aunt"])
    add_family(town, "brother", date(2009, 3, 1), ["aunt", "uncle"])
    add_family(town, "stranger", date(2009, 3, 1), ["neighbour"])
    with town.work() as work:
        ask(work, town.school, MESH, {town.people["sister"], town.people["aunt"]})
    assert [town.state(name) for name in ("sister", "brother", "stranger")] == [
        State.ASKED,
        State.ASKED,
        State.NOT_ASKED,
    ]
    with town.work() as work:
        ask(work, town.school, MESH)
    assert town.state("stranger") is State.ASKED
