"""Conflicts between guardians over the API: who decided what, and the document that settles it."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.room import STUDENT, consents_room, part_of
from registry.consents.decisions import decision_of
from registry.consents.pages.room import opened_family
from registry.consents.rules.acts import Standing, standing_of
from registry.consents.schemas import LONGEST_LINE
from registry.consents.usecases.correcting import ConflictDocument, Settlement, record_conflict_document
from registry.errors import N_
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.rules import NoticeKind
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Many, Text, Within
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_persons
from registry.web.idempotency import once

_CONFLICT = f"{STUDENT}/conflict"


class StandsTold(Told):
    """Where a guardian stands."""

    person_id = Id()
    full_name = Text()
    standing = Choice(Standing)


class ConflictTold(Told):
    """Who decided what about a student."""

    student_id = Id()
    guardians = Many(Within(StandsTold))


class SettlementBody(Body):
    """The document that says whose act stands."""

    stands = Id(required=True, metadata={"description": N_("Чьё решение остаётся в силе")})
    document = Choice(ConflictDocument, required=True)
    dated = Day(required=True)
    place = Text(
        required=True, least=1, most=LONGEST_LINE, metadata={"description": N_("Где лежит документ")}
    )


class SettledTold(Told):
    """The recorded document."""

    document_id = Id()


@consents_room.serves(f"GET {_CONFLICT}", N_("Разногласие представителей: кто что решил"))
@shows_persons
@bearer(Action.SUBMISSION_SIGN_OFF)
@consents_room.answers(ConflictTold)
def show_conflict(school_id: UUID, programme: str, student_id: UUID) -> dict[str, Any]:
    """Tell who decided what."""
    with begin_reading() as reading:
        opened_family(reading, Action.SUBMISSION_SIGN_OFF, school_id, student_id)
        part = part_of(reading, school_id, programme)
        decided = decision_of(reading, school_id, part.programme.id, student_id)
    saw_persons(school_id, [decided.family.student], What.CONFLICT)
    acts = sorted(decided.acts.values(), key=lambda one: (one.on_day, one.recorded_at, one.id))
    return {
        "student_id": student_id,
        "guardians": [
            {
                "person_id": tie.person.id,
                "full_name": tie.person.full_name,
                "standing": standing_of(acts, NoticeKind.STUDENT_BY_GUARDIAN, tie.person.id),
            }
            for tie in decided.family.guardians
        ],
    }


@consents_room.serves(f"POST {_CONFLICT}", N_("Записать документ, по которому разногласие решено"))
@bearer(Action.SUBMISSION_SIGN_OFF)
@once
@consents_room.takes(SettlementBody)
@consents_room.answers(SettledTold, 201)
def record_conflict(
    said: dict[str, Any], school_id: UUID, programme: str, student_id: UUID
) -> dict[str, UUID]:
    """Record the document; the school itself does not judge."""
    with begin_work() as work:
        opened_family(work, Action.SUBMISSION_SIGN_OFF, school_id, student_id)
        part = part_of(work, school_id, programme)
        settlement = Settlement(
            school_id=school_id,
            programme_id=part.programme.id,
            student_id=student_id,
            stands_id=said["stands"],
            kind=ConflictDocument(said["document"]),
            dated=said["dated"],
            place=said["place"],
        )
        return {"document_id": record_conflict_document(work, settlement)}
