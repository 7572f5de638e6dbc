"""What members of staff are told of by letter: changes of their accounts, what waits for a second person."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from uuid import UUID

from registry.access.rules import Action
from registry.work import Work

TELL: Final = "staff.tell"
"""A job of the room that writes to staff; letters stand above this room."""


TELL_SECOND: Final = "staff.tell_second"
"""Another one of the same room: it finds out who may be the second person."""


class Step(StrEnum):
    """What happened to an account that its holder should know of."""

    PASSWORD_SET = "password-set"  # noqa: S105 - the name of what happened
    FACTOR_ADDED = "factor-added"
    FACTOR_DROPPED = "factor-dropped"
    CODES_MADE = "codes-made"
    RECOVERED = "recovered"
    CLOSED = "closed"
    REOPENED = "reopened"


def tell_holder(work: Work, user_id: UUID, step: Step) -> None:
    """Promise a letter about a step of somebody's account."""
    work.later(TELL, user_id=str(user_id), step=step.value)


def tell_second(
    work: Work, action: Action, where: tuple[UUID, UUID | None], path: str, besides: Iterable[UUID | None]
) -> None:
    """Promise letters to those who may do as the second person what the actor has begun.

    Args:
        work: the unit; its actor is the first person.
        besides: who may not be the second one, besides him.
        action: what the second one must be allowed to do.
        where: school, and class where it is of one.
        path: of the page where it is done; nobody's name in it.
    """
    work.later(
        TELL_SECOND,
        action=action.value,
        place=[None if one is None else str(one) for one in where],
        first=sorted({str(one) for one in (work.actor.id, *besides) if one is not None}),
        path=path,
    )
