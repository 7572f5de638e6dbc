"""Letters to staff about their own accounts, written after the commit of what they tell of."""

from uuid import UUID

from registry.access.models import users
from registry.access.usecases.telling import TELL, Step
from registry.access.usecases.users import email_of
from registry.errors import N_
from registry.jobs.names import job
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


@job(TELL, N_("Известить сотрудника об изменении его учётной записи"))
def tell(work: Work, *, user_id: str, step: str) -> None:
    """Write to the holder of an account what happened to it; nothing where he has no address."""
    profile = users.profile_of(work.connection, UUID(user_id))
    email = None if profile is None else email_of(work, profile)
    if profile is None or email is None:
        return
    tell_of(work, profile, email, WORDS[Step(step)])
