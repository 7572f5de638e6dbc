"""What an account's holder is told of when it happens: by letter, where he has an e-mail address."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from registry.work import Work

TELL: Final = "staff.tell"
"""A job of the room that writes to staff; letters stand above this room."""


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
