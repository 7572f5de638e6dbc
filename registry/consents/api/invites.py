"""Invitations over the API: whom they reach, one letter to look at, the sending; and forms on paper."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response

from registry.access.rules import Action
from registry.consents.api.room import PART, PDF, consents_room, part_of
from registry.consents.decisions import Decided, decisions_of
from registry.consents.pages.invites import letter_of, opened_class, pdf
from registry.consents.pages.room import opened_school
from registry.consents.usecases.asking import ask
from registry.consents.usecases.calling import invite_class, plan_of
from registry.consents.usecases.inviting import invite
from registry.consents.usecases.overview import decisions_of_class
from registry.consents.usecases.printing import print_missing_forms
from registry.errors import N_
from registry.people.models.places import School
from registry.people.pages.looks import saw_list
from registry.programmes.models import Participation
from registry.web.api.bodies import Told
from registry.web.api.fields import Many, Text, Whole, Within
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import bearer, fresh_sign_in, shows_names, shows_persons
from registry.web.idempotency import once
from registry.work import Work

_CLASS = f"{PART}/classes/<uuid:class_id>"


class LetterTold(Told):
    """A letter as it would go out; the link in it is a stand-in."""

    subject = Text()
    text = Text()


class PlanTold(Told):
    """Whom an invitation reaches."""

    fresh = Whole(metadata={"description": N_("Скольким людям уйдёт письмо")})
    held = Whole(metadata={"description": N_("У скольких уже есть действующая ссылка")})
    unreachable = Many(Text(), metadata={"description": N_("Имена тех, кому написать некуда")})
    letter = Within(LetterTold, allow_none=True)


class PromisedTold(Told):
    """How many letters were promised; none where the worker counts them."""

    letters = Whole(allow_none=True)


@consents_room.serves(f"GET {_CLASS}/invitation", N_("Кого пригласит приглашение класса"))
@shows_names
@bearer(Action.INVITE)
@consents_room.answers(PlanTold)
def preview_class(school_id: UUID, programme: str, class_id: UUID) -> dict[str, Any]:
    """Tell whom the invitation of a class reaches."""
    with begin_reading() as reading:
        school, _ = opened_class(reading, Action.INVITE, (school_id, class_id))
        part = part_of(reading, school_id, programme)
        decided = decisions_of_class(reading, school_id, part.programme.id, class_id)
        told = _plan(reading, school, part, decided)
    saw_list(school_id, "class", class_id)
    return told


@consents_room.serves(f"POST {_CLASS}/invitation", N_("Пригласить класс"))
@bearer(Action.INVITE)
@once
@consents_room.answers(PromisedTold)
def send_class(school_id: UUID, programme: str, class_id: UUID) -> dict[str, int]:
    """Send the invitations of a class."""
    with begin_work() as work:
        opened_class(work, Action.INVITE, (school_id, class_id))
        part = part_of(work, school_id, programme)
        return {"letters": invite_class(work, school_id, part.programme.id, class_id)}


@consents_room.serves(f"GET {PART}/invitation", N_("Кого пригласит приглашение школы"))
@shows_names
@bearer(Action.INVITE)
@consents_room.answers(PlanTold)
def preview_school(school_id: UUID, programme: str) -> dict[str, Any]:
    """Tell whom the invitation of a school reaches."""
    with begin_reading() as reading:
        school = opened_school(reading, Action.INVITE, school_id)
        part = part_of(reading, school_id, programme)
        told = _plan(reading, school, part, decisions_of(reading, school_id, part.programme.id))
    saw_list(school_id, "school", school_id)
    return told


@consents_room.serves(f"POST {PART}/invitation", N_("Пригласить школу"))
@bearer(Action.INVITE)
@once
@consents_room.answers(PromisedTold)
def send_school(school_id: UUID, programme: str) -> dict[str, None]:
    """Promise the invitations of a whole school; the worker sends them."""
    with begin_work() as work:
        opened_school(work, Action.INVITE, school_id)
        part = part_of(work, school_id, programme)
        ask(work, school_id, part.programme.id)
        invite(work, school_id, part.programme.id, signed_in().session.user_id)
    return {"letters": None}


@consents_room.serves(f"POST {_CLASS}/forms", N_("Напечатать бланки, которых не хватает классу"))
@shows_persons
@fresh_sign_in
@bearer(Action.FORM_PRINT)
@once
@consents_room.files(PDF)
def print_forms(school_id: UUID, programme: str, class_id: UUID) -> Response:
    """Hand out one PDF with the forms that a class lacks."""
    with begin_work() as work:
        opened_class(work, Action.FORM_PRINT, (school_id, class_id))
        part = part_of(work, school_id, programme)
        made = print_missing_forms(work, school_id, part.programme.id, class_id)
    return pdf(made, f"forms-{class_id.hex[-6:]}.pdf")


def _plan(work: Work, school: School, part: Participation, decided: Sequence[Decided]) -> dict[str, Any]:
    plan = plan_of(work, school.id, part.programme.id, decided)
    return {
        "fresh": len(plan.fresh),
        "held": plan.held,
        "unreachable": [one.full_name for one in plan.unreachable],
        "letter": letter_of(work, school, part, decided),
    }
