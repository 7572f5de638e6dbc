"""Pages of reminders: what went out to a student's signers, reminding now, and what is managed on paper."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.decisions import decision_of
from registry.consents.models.checks import papers_waiting
from registry.consents.models.reminders import SentReminder
from registry.consents.models.requests import get_request, requests_about
from registry.consents.pages.invites import class_page, opened_class
from registry.consents.pages.room import asked_participation, blueprint, class_address, opened_family
from registry.consents.pages.rows import chased_row, people_of, reminders_shown, row_of
from registry.consents.pages.words import CHANNELS, LETTERS, REMINDED
from registry.consents.usecases.chasing import Aim, AimAt, chase, manage_on_paper
from registry.consents.usecases.overview import decisions_of_class
from registry.consents.usecases.reminder_plan import chasing_of
from registry.consents.usecases.requesting import SUBJECT
from registry.errors import N_, ConflictError, ForbiddenError
from registry.people.models.families import Family
from registry.people.pages.looks import saw_list, saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import Participation
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import allowed, shows_names, shows_persons
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work
from registry.workflows.names import NAMES

NAMES.page_of(
    SUBJECT,
    Action.INVITE,
    lambda case: url_for("consents.open_request", school_id=case.school_id, request_id=case.subject.id),
)
_STUDENT = "/consents/schools/<uuid:school_id>/students/<uuid:student_id>/request"
DONE = REMINDED | {
    "paper": N_("Письма больше не уходят: решение ведёте на бумаге."),
    "letters": N_("Письма снова уходят."),
}


@blueprint.get("/consents/classes/<uuid:school_id>/<uuid:class_id>/remind")
@shows_names
@allowed(Action.INVITE)
def preview_reminders(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Show who of a class was reminded when, and whom a reminder would reach now."""
    with begin_reading() as reading:
        school, classroom = opened_class(reading, Action.INVITE, (school_id, class_id))
        part = asked_participation(reading, school.id)
        decided = decisions_of_class(reading, school.id, part.programme.id, class_id)
        chasing = chasing_of(reading, school.id, part.programme.id, decided)
    saw_list(school_id, "class", class_id)
    return page(
        "consents/remind.html",
        where=str(classroom.name),
        chased=reminders_shown(chasing.values()),
        programme=part.programme.id,
        remind=url_for("consents.remind_class", school_id=school_id, class_id=class_id),
        back=class_page(school_id, class_id, part),
    )


@blueprint.post("/consents/classes/<uuid:school_id>/<uuid:class_id>/remind")
@allowed(Action.INVITE)
@once
def remind_class(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Remind those of a class without an answer."""
    with begin_work() as work:
        opened_class(work, Action.INVITE, (school_id, class_id))
        part = asked_participation(work, school_id)
        sent = chase(work, Aim(school_id, part.programme.id, AimAt.CLASS, class_id), staff_id())
    address = url_for(
        "consents.show_class",
        school_id=school_id,
        class_id=class_id,
        programme=part.programme.id,
        done=_outcome(sent),
    )
    return redirect(address, 303)


@blueprint.get(_STUDENT)
@shows_persons
@allowed(Action.INVITE)
def show_request(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Show what went out to a student's signers and what will."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.INVITE, school_id, student_id)
        part = asked_participation(reading, school_id)
        decided = decision_of(reading, school_id, part.programme.id, student_id)
        chasing = chasing_of(reading, school_id, part.programme.id, [decided])[student_id]
        papers = papers_waiting(reading.connection, school_id, part.programme.id)
    saw_persons(school_id, [family.student, *people_of(family).values()], What.CONTACTS)
    return page(
        "consents/request.html",
        school_id=school_id,
        student=family.student,
        programme=part.programme.id,
        row=row_of(decided, papers) | chased_row(chasing),
        sent=[_shown(one, family) for one in chasing.sent],
        can_manage=chasing.request is not None and not decided.decision.state.closed,
        done=_done_words(),
        back=class_address(family, part),
    )


@blueprint.get("/consents/schools/<uuid:school_id>/requests/<uuid:request_id>")
@allowed(Action.INVITE)
def open_request(school_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """Lead from a request, as a task names it, to the page of its student."""
    with begin_reading() as reading:
        found = get_request(reading.connection, school_id, request_id)
        opened_family(reading, Action.INVITE, school_id, found.student_id)
    address = url_for(
        "consents.show_request",
        school_id=school_id,
        student_id=found.student_id,
        programme=found.programme,
    )
    return redirect(address, 303)


@blueprint.post(f"{_STUDENT}/remind")
@allowed(Action.INVITE)
@once
def remind_student(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Remind those who are awaited about one student."""
    with begin_work() as work:
        opened_family(work, Action.INVITE, school_id, student_id)
        part = asked_participation(work, school_id)
        sent = chase(work, Aim(school_id, part.programme.id, AimAt.STUDENT, student_id), staff_id())
    return _back(school_id, student_id, part, _outcome(sent))


@blueprint.post(f"{_STUDENT}/paper")
@allowed(Action.INVITE)
@once
def keep_on_paper(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """Manage one student's request on paper, or send letters again."""
    on_paper = request.form.get("on_paper") == "yes"
    with begin_work() as work:
        opened_family(work, Action.INVITE, school_id, student_id)
        part = asked_participation(work, school_id)
        set_on_paper(work, part, student_id, on_paper=on_paper)
    return _back(school_id, student_id, part, "paper" if on_paper else "letters")


def staff_id() -> UUID:
    """Tell which member of staff reminds.

    Raises:
        ForbiddenError: it is none.
    """
    found = signed_in().session.user_id
    if found is None:
        raise ForbiddenError(N_("Напоминать может только сотрудник."))
    return found


def set_on_paper(work: Work, part: Participation, student_id: UUID, *, on_paper: bool) -> None:
    """Manage a student's request on paper, or no longer.

    Raises:
        ConflictError: nothing was asked about him yet, or it is decided.
    """
    found = requests_about(work.connection, part.school_id, part.programme.id, [student_id])
    if student_id not in found:
        raise ConflictError(N_("Этого обучающегося школа ещё ни о чём не спрашивала."), code="no-request")
    manage_on_paper(work, found[student_id], on_paper=on_paper)


def _done_words() -> str | None:
    """Say what was done just now."""
    said = DONE.get(request.args.get("done", ""))
    return gettext(said) if said else None


def _shown(one: SentReminder, family: Family) -> dict[str, object]:
    person = people_of(family).get(one.reminder.signer)
    return {
        "on": one.reminder.on_day,
        "who": person.full_name if person else gettext("больше не представитель"),
        "by_hand": one.reminder.by_hand,
        "channel": gettext(CHANNELS[one.channel]),
        "state": gettext(LETTERS[one.state]),
    }


def _outcome(sent: int | None) -> str:
    if sent is None:
        return "morning"
    return "sent" if sent else "nobody"


def _back(school_id: UUID, student_id: UUID, part: Participation, done: str) -> ResponseReturnValue:
    address = url_for(
        "consents.show_request",
        school_id=school_id,
        student_id=student_id,
        programme=part.programme.id,
        done=done,
    )
    return redirect(address, 303)
