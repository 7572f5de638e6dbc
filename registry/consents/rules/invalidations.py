"""Who may answer that an act should never have counted: a second person, free of whoever asked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from registry.consents.rules.acts import Act
from registry.consents.rules.signing import InvalidReason, demand_standing
from registry.errors import N_, ConflictError, ForbiddenError


class Answer(StrEnum):
    """What became of a question."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Invalidation:
    """A question whether an act should never have counted.

    Attributes:
        student_id: whom the act is about, or under whom the question was asked of an agreement.
        signer_id: whose act it is.
    """

    id: UUID
    school_id: UUID
    act_id: UUID
    student_id: UUID
    signer_id: UUID
    reason: InvalidReason
    asked_by: UUID
    asked_at: datetime
    answer: Answer = Answer.ASKED
    answered_by: UUID | None = None
    answered_at: datetime | None = None

    @property
    def revision(self) -> int:
        """How many facts the trail has of it."""
        return 1 if self.answered_by is None else 2


def demand_askable(target: Act, history: Iterable[Act], by: UUID) -> None:
    """Let staff ask; not of an act of their own.

    Raises:
        ConflictError: it is an invalidation itself, or was declared invalid already.
        ForbiddenError: the act is the asker's own as its signer.
    """
    demand_standing(target, history)
    if by == target.signer:
        raise ForbiddenError(N_("О своём решении такой вопрос задаёт другой человек."), code="own-act")


def demand_second(one: Invalidation, by: UUID, stands_in_for: Collection[UUID]) -> None:
    """Let a second person answer: neither who asked, nor who stands in for him.

    Raises:
        ConflictError: `answered`: it was answered before.
        ForbiddenError: `same-person` or `deputy`.
    """
    if one.answer is not Answer.ASKED:
        raise ConflictError(N_("На этот вопрос уже ответили."), code="answered")
    if by == one.asked_by:
        raise ForbiddenError(N_("Отвечает другой человек, не тот, кто спросил."), code="same-person")
    if one.asked_by in stands_in_for:
        raise ForbiddenError(N_("Заместитель того, кто спросил, не отвечает за него."), code="deputy")
