"""Special educational needs over the API: the documents on a student's card."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.errors import N_
from registry.people.api.room import people_room
from registry.people.models.special_needs import SpecialNeeds, special_needs_of
from registry.people.pages.guardians import opened_family
from registry.people.pages.looks import saw_persons
from registry.people.usecases import special_needs
from registry.people.usecases.looks import What
from registry.people.usecases.special_needs import LONGEST_DOCUMENT, SpecialNeedsSaid
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Day, Id, Text
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_persons
from registry.web.idempotency import once

_NEEDS = "/schools/<uuid:school_id>/people/<uuid:student_id>/special-needs"


class NeedsTold(Told):
    """A document and its term."""

    id = Id()
    document = Text()
    valid_from = Day()
    valid_until = Day(allow_none=True)


class NeedsBody(Body):
    """A document that says so."""

    document = Text(required=True, least=1, most=LONGEST_DOCUMENT)
    valid_from = Day(required=True)
    valid_until = Day(load_default=None, allow_none=True)


class NotedTold(Told):
    """The document that was noted."""

    document_id = Id()


@people_room.serves(f"GET {_NEEDS}", N_("Документы об особых образовательных потребностях"))
@shows_persons
@bearer(Action.PERSON_EDIT)
@people_room.lists(NeedsTold, key=lambda one: one.id)
def list_special_needs(school_id: UUID, student_id: UUID) -> list[SpecialNeeds]:
    """List a student's documents."""
    with begin_reading() as reading:
        family = opened_family(reading, school_id, student_id)
        found = special_needs_of(reading.connection, reading.vault, school_id, student_id)
    saw_persons(school_id, [family.student], What.CARD)
    return found


@people_room.serves(f"POST {_NEEDS}", N_("Записать документ об особых образовательных потребностях"))
@bearer(Action.PERSON_EDIT)
@once
@people_room.takes(NeedsBody)
@people_room.answers(NotedTold, 201)
def add_special_needs(said: dict[str, Any], school_id: UUID, student_id: UUID) -> dict[str, UUID]:
    """Note a document."""
    told = SpecialNeedsSaid(said["document"], said["valid_from"], said["valid_until"])
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        return {"document_id": special_needs.note_special_needs(work, school_id, student_id, told)}


@people_room.serves(f"POST {_NEEDS}/<uuid:document_id>/end", N_("Сегодня последний день документа"))
@bearer(Action.PERSON_EDIT)
@once
@people_room.nothing
def end_special_needs(school_id: UUID, student_id: UUID, document_id: UUID) -> None:
    """Let a document end today."""
    with begin_work() as work:
        opened_family(work, school_id, student_id)
        special_needs.end_special_needs(work, school_id, (student_id, document_id), work.today)
