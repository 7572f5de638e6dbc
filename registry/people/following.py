"""Who changes class takes along what rooms above keep by class: they are told in the same transaction."""

from collections.abc import Callable, Mapping
from typing import TypeAlias
from uuid import UUID

from registry.work import Work

Follower: TypeAlias = Callable[[Work, UUID, Mapping[UUID, UUID]], None]
"""Is told of a school's students who stand in another class now: student -> class."""

FOLLOWERS: list[Follower] = []
"""Filled while the app is put together."""


def follows_classes(follower: Follower) -> Follower:
    """Have a room told of students who come into a class."""
    FOLLOWERS.append(follower)
    return follower


def tell_followers(work: Work, school_id: UUID, classes: Mapping[UUID, UUID]) -> None:
    """Tell every room that follows of the classes into which students of a school came."""
    if classes:
        for follower in FOLLOWERS:
            follower(work, school_id, classes)
