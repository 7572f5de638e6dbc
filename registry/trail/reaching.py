"""How far those reach who act, where the door that they came through does not say it."""

from typing import Final

from registry.storage.reach import AT_THE_DOOR, EVERYTHING, NOTHING, Reach, of_schools
from registry.trail.entries import Actor

OWN_WORK: Final = frozenset({"system", "worker", "machine", "operator", "administrator"})
"""Capacities in which the registry itself acts: clocks and set-up, the worker, commands at a terminal."""


def reach_of(actor: Actor) -> Reach:
    """Say how far an actor reaches where the door that opened the unit of work does not say it.

    The registry itself everywhere; who came as yet unknown to the door; anybody else to the school for
    which he acts, and without one nowhere.
    """
    if actor.kind == "system":
        return EVERYTHING if actor.role in OWN_WORK else AT_THE_DOOR
    return NOTHING if actor.school is None else of_schools([actor.school])
