"""Personal links over the API: who holds one, a new one sent or printed; the old ones are void by it."""

from typing import Any
from uuid import UUID

from flask import Response

from registry.access.rules import Action
from registry.consents.api.room import PDF, STUDENT, consents_room, part_of
from registry.consents.models.visits import signers_with_links
from registry.consents.pages.invites import pdf
from registry.consents.pages.links import check_signer, signers_of
from registry.consents.pages.room import opened_family
from registry.consents.usecases.calling import renew_link
from registry.consents.usecases.printed_links import print_link
from registry.errors import N_
from registry.people.contacts import mask_contact
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.web.api.bodies import Told
from registry.web.api.fields import Id, Many, Text, Whole, YesNo
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in, shows_persons
from registry.web.idempotency import once

_LINKS = f"{STUDENT}/links"


class SignerTold(Told):
    """Somebody of whom something is asked about a student, and whether he holds a link."""

    person_id = Id()
    full_name = Text()
    contacts = Many(Text(), metadata={"description": N_("Телефон и почта, скрытые до последних знаков")})
    has_link = YesNo()


class SentTold(Told):
    """By how many ways a new link went out; none when there is nowhere to send it."""

    letters = Whole()


@consents_room.serves(f"GET {_LINKS}", N_("Кто подписывает и есть ли у него ссылка"))
@shows_persons
@bearer(Action.INVITE)
@consents_room.lists(SignerTold, key=lambda one: one["person_id"])
def list_links(school_id: UUID, programme: str, student_id: UUID) -> list[dict[str, Any]]:
    """List the signers of a student."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.INVITE, school_id, student_id)
        part = part_of(reading, school_id, programme)
        signers = signers_of(reading, part, family)
        held = signers_with_links(reading.connection, school_id, part.programme.id, reading.now)
    saw_persons(school_id, signers, What.CONTACTS)
    return [
        {
            "person_id": one.id,
            "full_name": one.full_name,
            "contacts": [mask_contact(of.kind, of.value) for of in (one.phone, one.email) if of],
            "has_link": one.id in held,
        }
        for one in signers
    ]


@consents_room.serves(f"POST {_LINKS}/<uuid:signer_id>", N_("Отправить новую ссылку"))
@bearer(Action.INVITE)
@once
@consents_room.answers(SentTold)
def send_link(school_id: UUID, programme: str, student_id: UUID, signer_id: UUID) -> dict[str, int]:
    """Send a new link to one signer."""
    with begin_work() as work:
        _, family = opened_family(work, Action.INVITE, school_id, student_id)
        part = part_of(work, school_id, programme)
        check_signer(work, part, family, signer_id)
        return {"letters": renew_link(work, school_id, part.programme.id, signer_id)}


@consents_room.serves(f"POST {_LINKS}/<uuid:signer_id>/paper", N_("Напечатать письмо с новой ссылкой"))
@fresh_sign_in
@bearer(Action.INVITE)
@once
@consents_room.files(PDF)
def print_new_link(school_id: UUID, programme: str, student_id: UUID, signer_id: UUID) -> Response:
    """Hand out a letter with a new link on paper."""
    with begin_work() as work:
        _, family = opened_family(work, Action.INVITE, school_id, student_id)
        part = part_of(work, school_id, programme)
        check_signer(work, part, family, signer_id)
        made = print_link(work, part.programme.id, family, signer_id)
    return pdf(made, "letter.pdf")
