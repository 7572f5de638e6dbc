"""Pages of invitations: a look at one letter and at the numbers, and the sending; and forms on paper."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.consents.decisions import Decided, decisions_of
from registry.consents.pages.room import asked_participation, blueprint, opened_school, place_of
from registry.consents.rules.reminding import answer_by
from registry.consents.usecases.asking import ask
from registry.consents.usecases.calling import invite_class, plan_of
from registry.consents.usecases.inviting import LINK_PATH, invite
from registry.consents.usecases.overview import decisions_of_class
from registry.consents.usecases.printing import print_missing_forms
from registry.letters.rules import Channel, LetterKind, short_name
from registry.letters.words import Value, compose
from registry.people.models import places
from registry.people.models.places import School, SchoolClass
from registry.people.pages.looks import saw_list
from registry.programmes.models import Participation
from registry.web.current import begin_reading, begin_work, require, signed_in
from registry.web.doors import allowed, fresh_sign_in, shows_names, shows_persons
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work


@blueprint.get("/consents/classes/<uuid:school_id>/<uuid:class_id>/invite")
@shows_names
@allowed(Action.INVITE)
def preview_class(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Show whom the invitation of a class reaches, and one letter."""
    with begin_reading() as reading:
        school, classroom = opened_class(reading, Action.INVITE, (school_id, class_id))
        part = asked_participation(reading, school.id)
        decided = decisions_of_class(reading, school.id, part.programme.id, class_id)
        plan = plan_of(reading, school.id, part.programme.id, decided)
        letter = letter_of(reading, school, part, decided)
    saw_list(school_id, "class", class_id)
    return page(
        "consents/invite.html",
        where=str(classroom.name),
        plan=plan,
        letter=letter,
        programme=part.programme.id,
        action=url_for("consents.send_class", school_id=school_id, class_id=class_id),
        reminders=url_for(
            "consents.preview_reminders", school_id=school_id, class_id=class_id, programme=part.programme.id
        ),
        back=class_page(school_id, class_id, part),
    )


@blueprint.post("/consents/classes/<uuid:school_id>/<uuid:class_id>/invite")
@allowed(Action.INVITE)
@once
def send_class(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Send the invitations of a class."""
    with begin_work() as work:
        school, _ = opened_class(work, Action.INVITE, (school_id, class_id))
        part = asked_participation(work, school.id)
        invite_class(work, school.id, part.programme.id, class_id)
    return redirect(class_page(school_id, class_id, part, done="invited"), 303)


def class_page(school_id: UUID, class_id: UUID, part: Participation, done: str | None = None) -> str:
    """Give the address of a class in a programme; `done` names what was done just now."""
    return url_for(
        "consents.show_class",
        school_id=school_id,
        class_id=class_id,
        programme=part.programme.id,
        done=done,
    )


@blueprint.get("/consents/schools/<uuid:school_id>/invite")
@shows_names
@allowed(Action.INVITE)
def preview_school(school_id: UUID) -> ResponseReturnValue:
    """Show whom the invitation of a school reaches, and one letter."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.INVITE, school_id)
        part = asked_participation(reading, school.id)
        decided = decisions_of(reading, school.id, part.programme.id)
        plan = plan_of(reading, school.id, part.programme.id, decided)
        letter = letter_of(reading, school, part, decided)
    saw_list(school_id, "school", school_id)
    return page(
        "consents/invite.html",
        where=school.name,
        plan=plan,
        letter=letter,
        programme=part.programme.id,
        action=url_for("consents.send_school", school_id=school_id),
        back=url_for("consents.classes"),
    )


@blueprint.post("/consents/schools/<uuid:school_id>/invite")
@allowed(Action.INVITE)
@once
def send_school(school_id: UUID) -> ResponseReturnValue:
    """Promise the invitations of a whole school; the worker sends them."""
    with begin_work() as work:
        school = opened_school(work, Action.INVITE, school_id)
        part = asked_participation(work, school.id)
        ask(work, school.id, part.programme.id)
        invite(work, school.id, part.programme.id, signed_in().session.user_id)
    return redirect(url_for("consents.classes", done="invited"), 303)


def letter_of(
    work: Work, school: School, part: Participation, decided: Sequence[Decided]
) -> dict[str, str] | None:
    """Write one letter as it would go out; the link in it is a stand-in."""
    student = next((one.family.student for one in decided if one.decision.awaited), None)
    if student is None:
        return None
    values: dict[str, Value] = {
        "school": school.name,
        "student": short_name(student.first_name, student.last_name),
        "programme": part.programme.title,
        "deadline": answer_by(part.programme, work.today),
        "link": f"{work.settings.base_url}{LINK_PATH}···",
    }
    words = compose(LetterKind.INVITATION, Channel.EMAIL, values, work.settings.language)
    return {"subject": words.subject, "text": words.text}


@blueprint.post("/consents/classes/<uuid:school_id>/<uuid:class_id>/forms")
@shows_persons
@fresh_sign_in
@allowed(Action.FORM_PRINT)
def print_forms(school_id: UUID, class_id: UUID) -> ResponseReturnValue:
    """Hand out one PDF with the forms that a class lacks."""
    with begin_work() as work:
        school, _ = opened_class(work, Action.FORM_PRINT, (school_id, class_id))
        part = asked_participation(work, school.id)
        made = print_missing_forms(work, school.id, part.programme.id, class_id)
    return pdf(made, f"forms-{class_id.hex[-6:]}.pdf")


def pdf(made: bytes, name: str) -> Response:
    """Hand a PDF out to be opened or saved."""
    answer = Response(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def opened_class(work: Work, action: Action, ids: tuple[UUID, UUID]) -> tuple[School, SchoolClass]:
    """Read a class (ids of school and class) in which who asks may do this.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    classroom = places.get_class(work.connection, *ids)
    school = places.get_school(work.connection, classroom.school_id)
    require(action, place_of(school, classroom.id))
    return school, classroom
