"""Pages of personal links: a new one sent or printed; the old ones are void by it."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.decisions import as_asked, what_is_known
from registry.consents.models.visits import signers_with_links
from registry.consents.pages.invites import pdf
from registry.consents.pages.room import asked_participation, blueprint, class_address, opened_family
from registry.consents.pages.rows import people_of
from registry.consents.rules.capacity import asked_of
from registry.consents.usecases.calling import renew_link
from registry.consents.usecases.printed_links import print_link
from registry.errors import N_, NotFoundError
from registry.people.contacts import mask_contact
from registry.people.models.families import Family
from registry.people.models.persons import Person
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.models import Participation
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, fresh_sign_in, shows_persons
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

DONE = {
    "sent": N_("Новая ссылка отправлена, прежние больше не действуют."),
    "nowhere": N_("Отправить некуда: нет ни телефона, ни почты. Напечатайте письмо со ссылкой или бланк."),
}


@blueprint.get("/consents/schools/<uuid:school_id>/students/<uuid:student_id>/links")
@shows_persons
@allowed(Action.INVITE)
def show_links(school_id: UUID, student_id: UUID) -> ResponseReturnValue:
    """List the signers of a student and whether each holds a link."""
    with begin_reading() as reading:
        school, family = opened_family(reading, Action.INVITE, school_id, student_id)
        part = asked_participation(reading, school_id)
        signers = signers_of(reading, part, family)
        held = signers_with_links(reading.connection, school.id, part.programme.id, reading.now)
    saw_persons(school_id, signers, What.CONTACTS)
    said = DONE.get(request.args.get("done", ""))
    return page(
        "consents/links.html",
        school_id=school_id,
        student=family.student,
        programme=part.programme.id,
        signers=[_shown(one, held) for one in signers],
        done=gettext(said) if said else None,
        back=class_address(family, part),
    )


def signers_of(work: Work, part: Participation, family: Family) -> list[Person]:
    """Name those who are asked something about a student today."""
    known = what_is_known(work, family.school_id, part.programme.id)
    asked = asked_of(part.programme, as_asked(family, known, part.programme, work.today), work.today)
    people = people_of(family)
    return [people[person_id] for person_id in dict.fromkeys(person_id for person_id, _ in asked)]


def _shown(person: Person, held: set[UUID]) -> dict[str, object]:
    contacts = [one for one in (person.phone, person.email) if one]
    return {
        "id": person.id,
        "name": person.full_name,
        "contacts": ", ".join(mask_contact(one.kind, one.value) for one in contacts),
        "has_link": person.id in held,
    }


@blueprint.post("/consents/schools/<uuid:school_id>/students/<uuid:student_id>/links/<uuid:signer_id>")
@allowed(Action.INVITE)
@once
def send_new_link(school_id: UUID, student_id: UUID, signer_id: UUID) -> ResponseReturnValue:
    """Send a new link to one signer."""
    with begin_work() as work:
        _, family = opened_family(work, Action.INVITE, school_id, student_id)
        part = asked_participation(work, school_id)
        check_signer(work, part, family, signer_id)
        sent = renew_link(work, school_id, part.programme.id, signer_id)
    address = url_for(
        "consents.show_links",
        school_id=school_id,
        student_id=student_id,
        programme=part.programme.id,
        done="sent" if sent else "nowhere",
    )
    return redirect(address, 303)


@blueprint.post("/consents/schools/<uuid:school_id>/students/<uuid:student_id>/links/<uuid:signer_id>/paper")
@fresh_sign_in
@allowed(Action.INVITE)
def print_new_link(school_id: UUID, student_id: UUID, signer_id: UUID) -> ResponseReturnValue:
    """Hand out a letter with a new link on paper."""
    with begin_work() as work:
        _, family = opened_family(work, Action.INVITE, school_id, student_id)
        part = asked_participation(work, school_id)
        check_signer(work, part, family, signer_id)
        made = print_link(work, part.programme.id, family, signer_id)
    return pdf(made, "letter.pdf")


def check_signer(work: Work, part: Participation, family: Family, signer_id: UUID) -> None:
    """Let through only signers of whom something is asked about the student.

    Raises:
        NotFoundError: he is none.
    """
    if signer_id not in {one.id for one in signers_of(work, part, family)}:
        raise NotFoundError(N_("У этого человека здесь ничего не спрашивают."))
