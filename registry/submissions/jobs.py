"""Jobs of submissions whose whole effect is in the database."""

from uuid import UUID

from registry.errors import N_
from registry.jobs.names import job
from registry.submissions import withdrawals
from registry.work import Work


@job("submissions.tell_of_withdrawal", N_("Сообщить платформе об отзыве согласия"))
def tell_of_withdrawal(work: Work, *, school_id: str, programme_id: str, student_id: str) -> None:
    """Have a student's entry destroyed at the platform, when his decision is no longer a yes."""
    withdrawals.tell(work, UUID(school_id), programme_id, UUID(student_id))
