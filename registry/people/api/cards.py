"""A person's card over the API, and the correction of one field."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import CardTold, PersonTold, people_room
from registry.people.models.persons import Person
from registry.people.models.writing import taken
from registry.people.pages.cards import opened_card
from registry.people.usecases.cards import Card
from registry.people.usecases.corrections import FIELDS, correct_field
from registry.web.api.bodies import Body
from registry.web.api.fields import Choice, Text
from registry.web.api.tags import matching, require_match, tagged
from registry.web.current import begin_work
from registry.web.doors import bearer, shows_persons
from registry.web.errors import refusal
from registry.web.idempotency import once

LONGEST_VALUE = 500
_CARD = "/schools/<uuid:school_id>/people/<uuid:person_id>"


class CorrectionBody(Body):
    """The right value of one field."""

    field = Choice(FIELDS, required=True)
    value = Text(
        required=True,
        most=LONGEST_VALUE,
        metadata={"description": N_("Как пишут люди: 02.11.2006, 112-233-445 95; пустой текст стирает")},
    )


@people_room.serves(f"GET {_CARD}", N_("Карточка человека"))
@shows_persons
@bearer(Action.PERSON_READ)
@tagged
@people_room.answers(CardTold)
def show_card(school_id: UUID, person_id: UUID) -> Card:
    """Tell of a person; that he was looked at is in the trail."""
    with begin_work() as work:
        return opened_card(work, Action.PERSON_READ, school_id, person_id)


@people_room.serves(f"POST {_CARD}/corrections", N_("Исправить поле в карточке"))
@shows_persons
@bearer(Action.PERSON_EDIT)
@once
@matching
@people_room.takes(CorrectionBody)
@people_room.answers(PersonTold)
def correct(said: dict[str, Any], school_id: UUID, person_id: UUID) -> Person | Any:  # noqa: ANN401 - or a refusal
    """Write the right value of a field; a value that is somebody else's is noted and refused."""
    with begin_work() as work:
        require_match(CardTold, opened_card(work, Action.PERSON_EDIT, school_id, person_id))
        done = correct_field(work, school_id, person_id, said["field"], said["value"])
    return done.person if done.collision is None else refusal(taken())
