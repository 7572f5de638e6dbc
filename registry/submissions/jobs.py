"""Jobs of submissions whose whole effect is in the database."""

from datetime import date
from uuid import UUID

from registry.access.rules import Role
from registry.errors import N_
from registry.jobs.names import job
from registry.staff.reminding import Reminder, remind_role
from registry.submissions import classes, withdrawals
from registry.submissions.models import collections, records
from registry.work import Work
from registry.workflows import usecases as workflows

SIGN_OFF = N_("Утвердите передачу реестра: она подготовлена и ждёт вас")
SENDING = N_("Утверждённое сообщение не уходит: проверьте ключи и связь с платформой")
ANSWER = N_("Платформа не ответила на сообщение: позвоните получателю и назовите его номер")
COLLECT = N_("Соберите решения класса: срок школы близок, а решили ещё не все")


@job("submissions.tell_of_withdrawal", N_("Сообщить платформе об отзыве согласия"))
def tell_of_withdrawal(work: Work, *, school_id: str, programme_id: str, student_id: str) -> None:
    """Have a student's entry destroyed at the platform, when his decision is no longer a yes."""
    withdrawals.tell(work, UUID(school_id), programme_id, UUID(student_id))


@job("submissions.follow_classes", N_("Отметить готовность классов школы"))
def follow_classes(work: Work, *, school_id: str, programme_id: str) -> None:
    """Bring the cases of a school's classes to where readiness is now."""
    classes.follow(work, UUID(school_id), programme_id)


@job("submissions.close_classes", N_("Закрыть сбор классов принятой передачи"))
def close_classes(work: Work, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Close the cases of the classes of a submission that the platform has accepted."""
    classes.close(work, collections.of_submission(work.connection, UUID(subject_id)))


@job("submissions.remind_tutor", N_("Напомнить классному руководителю о сроке класса"))
def remind_tutor(work: Work, *, case_id: str, subject_id: str) -> None:  # noqa: ARG001 - the engine names both
    """Write to the tutors of a class whose decisions are missing while its deadline is near."""
    found = collections.get(work.connection, UUID(subject_id))
    programme = records.get(work.connection, found.submission_id).programme
    path = f"/consents/classes/{found.school_id}/{found.class_id}?programme={programme}"
    told = Reminder(found.school_id, COLLECT, found.deadline, path, found.class_id)
    remind_role(work, Role.TUTOR, told)


@job("submissions.remind_to_sign_off", N_("Напомнить директору об утверждении"))
def remind_to_sign_off(work: Work, *, case_id: str, subject_id: str) -> None:
    """Write to the director that a prepared submission waits for him."""
    _remind(work, Role.DIRECTOR, SIGN_OFF, (case_id, subject_id))


@job("submissions.remind_of_sending", N_("Напомнить оператору, что сообщение не уходит"))
def remind_of_sending(work: Work, *, case_id: str, subject_id: str) -> None:
    """Write to the operators that a signed-off message is still here."""
    _remind(work, Role.OPERATOR, SENDING, (case_id, subject_id))


@job("submissions.remind_of_answer", N_("Напомнить оператору, что платформа не ответила"))
def remind_of_answer(work: Work, *, case_id: str, subject_id: str) -> None:
    """Write to the operators that the platform owes an answer."""
    _remind(work, Role.OPERATOR, ANSWER, (case_id, subject_id))


def _remind(work: Work, role: Role, task: str, ids: tuple[str, str]) -> None:
    case_id, subject_id = (UUID(one) for one in ids)
    submission = records.get(work.connection, subject_id)
    if submission.closed_at is not None:
        return
    due = workflows.look(work, case_id).case.dates.get("deadline", work.today)
    told = Reminder(submission.school_id, task, _not_before(due, work.today), f"/submissions/{submission.id}")
    remind_role(work, role, told)


def _not_before(day: date, today: date) -> date:
    """Name today where the deadline has passed: a task with a day gone by is a task for now."""
    return max(day, today)
