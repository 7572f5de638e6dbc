"""Letters to staff, written after the commit of what they tell of: accounts, what waits for a second."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from registry.access.models import users
from registry.access.rules import Action
from registry.access.usecases.telling import TELL, TELL_SECOND, Step
from registry.access.usecases.users import email_of
from registry.errors import N_
from registry.jobs.names import job
from registry.staff.reminding import Reminder, remind_second
from registry.staff.usecases import tell_of
from registry.work import Work

WORDS = {
    Step.PASSWORD_SET: N_("сменён пароль, остальные сеансы завершены"),
    Step.FACTOR_ADDED: N_("настроен второй фактор для входа"),
    Step.FACTOR_DROPPED: N_("снят второй фактор для входа"),
    Step.CODES_MADE: N_("выданы новые коды восстановления, прежние не действуют"),
    Step.RECOVERED: N_("использован код восстановления"),
    Step.CLOSED: N_("учётная запись закрыта"),
    Step.REOPENED: N_("учётная запись снова открыта"),
}

SECONDS = {
    Action.ACT_INVALIDATE: N_(
        "Коллега просит признать запись о решении семьи недействительной. Ответьте вторым: согласиться или"
        " оставить запись"
    ),
}
"""What waits for a second person, by what he must be allowed to do."""
WITHIN: Final = timedelta(days=3)
"""An answer is wanted soon: until it comes, everything goes on as if nobody had asked."""


@job(TELL, N_("Известить сотрудника об изменении его учётной записи"))
def tell(work: Work, *, user_id: str, step: str) -> None:
    """Write to the holder of an account what happened to it; nothing where he has no address."""
    profile = users.profile_of(work.connection, UUID(user_id))
    email = None if profile is None else email_of(work, profile)
    if profile is None or email is None:
        return
    tell_of(work, profile, email, WORDS[Step(step)])


@job(TELL_SECOND, N_("Известить тех, кто может ответить вторым"))
def tell_second(
    work: Work, *, action: str, place: tuple[str, str | None], first: list[str], path: str
) -> None:
    """Write to whoever may be the second person today; nobody learns from the letter whom it is about."""
    what, (school_id, class_id) = Action(action), place
    classroom = UUID(class_id) if class_id else None
    told = Reminder(UUID(school_id), SECONDS[what], work.today + WITHIN, path, classroom)
    remind_second(work, what, told, {UUID(one) for one in first})
