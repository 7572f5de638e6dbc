"""Acts of a family over the API, and the question whether one should never have counted."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.room import STUDENT, consents_room, part_of
from registry.consents.models import invalidations
from registry.consents.pages.record import acts_of_family, opened_act
from registry.consents.pages.room import opened_family
from registry.consents.rules.acts import ActKind
from registry.consents.rules.signing import InvalidReason
from registry.consents.schemas import LONGEST_TEXT
from registry.consents.usecases import invalidating
from registry.errors import N_
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.rules import Means, NoticeKind
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Text, YesNo
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_persons
from registry.web.idempotency import once

_ACTS = f"{STUDENT}/acts"
_ASKED = f"{STUDENT}/invalidations/<uuid:invalidation_id>"


class ActTold(Told):
    """An act, whether it counts, and the question about it that waits for a second person."""

    id = Id()
    signer_id = Id(attribute="signer")
    notice = Choice(NoticeKind)
    kind = Choice(ActKind)
    means = Choice(Means)
    on_day = Day()
    reason = Text(allow_none=True)
    void = YesNo()
    invalidation_id = Id(allow_none=True)


class InvalidationBody(Body):
    """Why an act should never have counted."""

    reason = Choice(InvalidReason, required=True)
    note = Text(required=True, least=1, most=LONGEST_TEXT, metadata={"description": N_("Что произошло")})


class AskedTold(Told):
    """The question, which waits for a second person."""

    invalidation_id = Id()


class AnsweredTold(Told):
    """The act that says that the other one counts no more; none where the second person declined."""

    act_id = Id(allow_none=True)


@consents_room.serves(f"GET {_ACTS}", N_("Решения семьи, и недействительные тоже"))
@shows_persons
@bearer(Action.CONSENT_READ)
@consents_room.lists(ActTold, key=lambda one: one["id"])
def list_acts(school_id: UUID, programme: str, student_id: UUID) -> list[dict[str, Any]]:
    """List everything that a student's family decided."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        acts = acts_of_family(reading, part_of(reading, school_id, programme), family)
        open_now = invalidations.open_about(reading.connection, reading.vault, school_id, student_id)
    saw_persons(school_id, [family.student], What.PAPER)
    void = {one.invalidates for one in acts}
    asked = {one.invalidation.act_id: one.invalidation.id for one in open_now}
    names = ("id", "signer", "notice", "kind", "means", "on_day", "reason")
    return [
        {name: getattr(one, name) for name in names}
        | {"void": one.id in void, "invalidation_id": asked.get(one.id)}
        for one in acts
    ]


@consents_room.serves(
    f"POST {_ACTS}/<uuid:act_id>/invalidation", N_("Спросить второго человека: запись недействительна?")
)
@bearer(Action.ACT_INVALIDATE)
@once
@consents_room.takes(InvalidationBody)
@consents_room.answers(AskedTold, 201)
def ask_invalidation(said: dict[str, Any], programme: str, **ids: UUID) -> dict[str, UUID]:
    """Ask; nothing changes before a second person agrees."""
    school_id, student_id = ids["school_id"], ids["student_id"]
    with begin_work() as work:
        _, act = opened_act(work, (school_id, student_id, ids["act_id"]))
        part_of(work, school_id, programme)
        reason = InvalidReason(said["reason"])
        asked = invalidating.ask_invalidation(work, act, student_id, reason, said["note"])
        return {"invalidation_id": asked}


@consents_room.serves(f"POST {_ASKED}/agreement", N_("Согласиться вторым: запись недействительна"))
@bearer(Action.ACT_INVALIDATE)
@once
@consents_room.answers(AnsweredTold)
def agree(school_id: UUID, programme: str, student_id: UUID, invalidation_id: UUID) -> dict[str, Any]:
    """Agree as the second person."""
    with begin_work() as work:
        opened_family(work, Action.ACT_INVALIDATE, school_id, student_id)
        part_of(work, school_id, programme)
        invalidating.demand_of_student(work, school_id, (student_id, invalidation_id))
        return {"act_id": invalidating.agree(work, school_id, invalidation_id)}


@consents_room.serves(f"POST {_ASKED}/refusal", N_("Ответить вторым: запись остаётся"))
@bearer(Action.ACT_INVALIDATE)
@once
@consents_room.answers(AnsweredTold)
def decline(school_id: UUID, programme: str, student_id: UUID, invalidation_id: UUID) -> dict[str, Any]:
    """Leave the act as it is."""
    with begin_work() as work:
        opened_family(work, Action.ACT_INVALIDATE, school_id, student_id)
        part_of(work, school_id, programme)
        invalidating.demand_of_student(work, school_id, (student_id, invalidation_id))
        invalidating.decline(work, school_id, invalidation_id)
        return {"act_id": None}
