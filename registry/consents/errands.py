"""The worker's door for requests: what deadlines, birthdays and changed decisions ask for."""

from datetime import datetime
from uuid import UUID

from registry.consents.decisions import Decided
from registry.consents.jobs import check_still_may
from registry.consents.models.checks import papers_waiting
from registry.consents.models.reminders import invited_signers
from registry.consents.models.requests import Request, get_request
from registry.consents.rounds import follow_school
from registry.consents.rules.reminding import out_of_night
from registry.consents.usecases.asking import ask
from registry.consents.usecases.chasing import REMIND_BY_HAND, Aim, AimAt, remind_now
from registry.consents.usecases.following import decided_now, follow_case, foresee
from registry.consents.usecases.inviting import send_links
from registry.consents.usecases.reminding import Chased, remind
from registry.consents.usecases.requesting import FOLLOW, REMIND
from registry.errors import N_, NotFoundError
from registry.jobs.names import errand, job
from registry.work import Registry, Work
from registry.workflows import usecases as workflows
from registry.workflows.cases import Case

ASK_ANEW = "consents.ask_anew"
LOOK_AGAIN = "consents.look_again"


@job(REMIND, N_("Напомнить тем, кто не ответил"))
def remind_of_request(work: Work, *, case_id: str, subject_id: str) -> None:
    """Remind those without an answer at this moment, in the daytime, and let the case follow."""
    morning = _morning(work)
    if morning is not None:
        work.later(REMIND, due=morning, case_id=case_id, subject_id=subject_id)
        return
    case, request = _opened(work, case_id)
    decided = decided_now(work, request)
    if decided is not None:
        remind(work, request.school_id, request.programme, [_chased(work, request, decided)])
    follow_case(work, case, request, decided)


@job(ASK_ANEW, N_("Спросить тех, кто должен решить теперь"))
def ask_anew(work: Work, *, case_id: str, subject_id: str) -> None:
    """Ask whom the signer rule needs now, and send him a link in the daytime."""
    morning = _morning(work)
    if morning is None:
        _invite_awaited(work, _opened(work, case_id)[1])
    else:
        work.later(ASK_ANEW, due=morning, case_id=case_id, subject_id=subject_id)


@job(LOOK_AGAIN, N_("Проверить решение в день рождения"))
def look_again(work: Work, *, case_id: str, subject_id: str) -> None:
    """On a birthday let the case follow; of one that is open, ask those who were not asked before."""
    morning = _morning(work)
    if morning is not None:
        work.later(LOOK_AGAIN, due=morning, case_id=case_id, subject_id=subject_id)
        return
    before, request = _opened(work, case_id)
    after = follow_case(work, before, request, decided_now(work, request))
    entered_on = before.entered_at.astimezone(work.settings.timezone).date()
    # A case that was asked anew today by whoever came first invites by itself.
    if after.revision == before.revision and entered_on < work.today:
        _invite_awaited(work, request, but_invited=True)


@job("consents.foresee_age", N_("Предупредить о близком дне рождения"))
def foresee_age(work: Work, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Give the tutor a task when a birthday near by will open a decision again."""
    case, request = _opened(work, case_id)
    foresee(work, case, request, decided_now(work, request))


@errand(FOLLOW, N_("Сверить запросы школы с решениями"))
def follow_requests(registry: Registry, *, school_id: str, programme_id: str) -> None:
    """Let the cases of a school follow its decisions."""
    follow_school(registry, UUID(school_id), programme_id)


@job(REMIND_BY_HAND, N_("Напомнить утром по просьбе сотрудника"))
def remind_by_hand(work: Work, *, school_id: str, programme_id: str, whom: str, by: str) -> None:
    """Remind whom a member of staff wanted reminded at night.

    Raises:
        ForbiddenError: he may do so no longer; nothing goes out.
    """
    check_still_may(work, UUID(school_id), by)
    kind, _, about = whom.partition("/")
    remind_now(work, Aim(UUID(school_id), programme_id, AimAt(kind), UUID(about)), UUID(by))


def _opened(work: Work, case_id: str) -> tuple[Case, Request]:
    case = workflows.look(work, UUID(case_id)).case
    if case.school_id is None:
        raise NotFoundError(N_("Такого запроса нет."))
    return case, get_request(work.connection, case.school_id, case.subject.id)


def _invite_awaited(work: Work, request: Request, *, but_invited: bool = False) -> None:
    """Send a link to those whose act is awaited; nobody gets one where it is managed on paper."""
    decided = decided_now(work, request)
    awaited = [] if decided is None else _chased(work, request, decided).awaited
    if not awaited:
        return
    ask(work, request.school_id, request.programme, {request.student_id})
    signers = {one.id for one in awaited}
    if but_invited:
        signers -= invited_signers(work.connection, request.school_id, request.programme, signers)
    send_links(work, request.school_id, request.programme, signers)


def _chased(work: Work, request: Request, decided: Decided) -> Chased:
    papers = papers_waiting(work.connection, request.school_id, request.programme)
    return Chased(request, decided, papers.get(request.student_id, frozenset()))


def _morning(work: Work) -> datetime | None:
    """Give the end of this night, to which a job is put off with its look at the decision; nothing by day."""
    morning = out_of_night(work.now, work.settings.timezone)
    return morning if morning > work.now else None
