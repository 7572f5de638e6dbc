"""Opt-outs over the API: those that stand, and those that staff enter from paper."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.room import STUDENT, consents_room, part_of
from registry.consents.models.opt_outs import opt_outs_of_student
from registry.consents.pages.room import opened_family
from registry.consents.rules.opt_outs import Matter, Wire, given
from registry.consents.schemas import LONGEST_LINE, LONGEST_TEXT
from registry.consents.usecases.opting_out import Application, end_opt_out, opt_out
from registry.errors import N_
from registry.people.pages.looks import saw_persons
from registry.people.usecases.looks import What
from registry.programmes.rules import Means
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Text
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_persons
from registry.web.idempotency import once

_OPT_OUTS = f"{STUDENT}/opt-outs"


class OptOutTold(Told):
    """An opt-out that nobody ended."""

    id = Id()
    signer_id = Id(attribute="signer")
    programme = Text(allow_none=True, attribute="matter.programme")
    part = Text(allow_none=True, attribute="matter.part")
    channel = Choice(Wire, allow_none=True, attribute="matter.wire")
    on_day = Day()
    reason = Text(allow_none=True)


class OptOutEndBody(Body):
    """A paper that ends an opt-out."""

    signer_id = Id(required=True)
    on_day = Day(required=True)
    place = Text(
        required=True, least=1, most=LONGEST_LINE, metadata={"description": N_("Где лежит подлинник")}
    )


class OptOutBody(OptOutEndBody):
    """A paper that opts out: of a channel, or of the programme's e-learning, whole or in a part."""

    part = Text(load_default=None, most=40)
    channel = Choice(Wire, load_default=None)
    reason = Text(load_default="", most=LONGEST_LINE, metadata={"description": N_("Причина: код")})
    note = Text(load_default="", most=LONGEST_TEXT, metadata={"description": N_("Причина своими словами")})


class EnteredOptOutTold(Told):
    """What was recorded."""

    opt_out_id = Id()


@consents_room.serves(f"GET {_OPT_OUTS}", N_("Действующие отказы от электронного обучения и каналов"))
@shows_persons
@bearer(Action.CONSENT_READ)
@consents_room.lists(OptOutTold, key=lambda one: one.id)
def list_opt_outs(school_id: UUID, programme: str, student_id: UUID) -> list[Any]:
    """List what stands about a student, of whatever programme."""
    with begin_reading() as reading:
        _, family = opened_family(reading, Action.CONSENT_READ, school_id, student_id)
        part_of(reading, school_id, programme)
        found = given(opt_outs_of_student(reading.connection, school_id, student_id))
    saw_persons(school_id, [family.student], What.PAPER)
    return list(found)


@consents_room.serves(f"POST {_OPT_OUTS}", N_("Внести отказ с бумаги"))
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(OptOutBody)
@consents_room.answers(EnteredOptOutTold, 201)
def record_opt_out(
    said: dict[str, Any], school_id: UUID, programme: str, student_id: UUID
) -> dict[str, UUID]:
    """Record what the paper says."""
    with begin_work() as work:
        _, family = opened_family(work, Action.PAPER_RECORD, school_id, student_id)
        part = part_of(work, school_id, programme)
        wire = Wire(said["channel"]) if said["channel"] else None
        matter = Matter(None if wire else part.programme.id, said["part"], wire)
        return {"opt_out_id": opt_out(work, family, matter, _application(said))}


@consents_room.serves(f"POST {_OPT_OUTS}/<uuid:opt_out_id>/end", N_("Внести отмену отказа с бумаги"))
@bearer(Action.PAPER_RECORD)
@once
@consents_room.takes(OptOutEndBody)
@consents_room.answers(EnteredOptOutTold, 201)
def record_end(said: dict[str, Any], programme: str, **ids: UUID) -> dict[str, UUID]:
    """Record that whoever opted out takes it back."""
    with begin_work() as work:
        _, family = opened_family(work, Action.PAPER_RECORD, ids["school_id"], ids["student_id"])
        part_of(work, ids["school_id"], programme)
        return {"opt_out_id": end_opt_out(work, family, ids["opt_out_id"], _application(said))}


def _application(said: dict[str, Any]) -> Application:
    return Application(
        said["signer_id"],
        said["on_day"],
        Means.PAPER,
        place=said["place"],
        reason=said.get("reason", ""),
        note=said.get("note", ""),
    )
