"""The API of destructions after withdrawals: the list, one, and an order to keep with its end."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action
from registry.consents.pages.room import readable_schools
from registry.errors import N_
from registry.people.pages.looks import saw_list
from registry.programmes.rules import NoticeKind
from registry.rights import holding
from registry.rights.models import destructions, shredding
from registry.rights.models.destructions import Shown
from registry.rights.models.receivers import receivers_of
from registry.rights.pages.destructions import opened_destruction
from registry.rights.rules import Told as ToldOf
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Many, Moment, Text, Whole, Within
from registry.web.api.rooms import Room
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, shows_names
from registry.web.idempotency import once
from registry.work import Work

room = Room("rights", N_("Уничтожение данных"))
_ONE = "/destructions/<uuid:destruction_id>"


class ReceiverTold(Told):
    """Who was given the data, and what he said of the withdrawal."""

    name = Text()
    message_id = Id()
    told = Choice(ToldOf)
    confirmed_at = Moment(allow_none=True)


class DestructionTold(Told):
    """A destruction that a withdrawal brings."""

    id = Id()
    school_id = Id()
    programme = Text()
    notice = Choice(NoticeKind)
    signer_id = Id()
    about_id = Id()
    act_id = Id()
    case_id = Id()
    state = Text()
    received_on = Day()
    last_day = Day()
    done_at = Moment(allow_none=True)
    evidence = Whole(metadata={"description": N_("Записи журнала, содержание которых уничтожено")})
    people = Many(Id(), metadata={"description": N_("Люди, чьи данные уничтожены целиком")})


class DestructionWithReceiversTold(DestructionTold):
    """The same, with who has the data."""

    receivers = Many(Within(ReceiverTold))


class WhyBody(Body):
    """Why the data must be kept: an order, a dispute, by its number."""

    why = Text(required=True, least=1, most=2000)


@room.serves("GET /destructions", N_("Что будет уничтожено после отзывов, по дням"))
@bearer(Action.SUBMISSION_READ)
@room.lists(DestructionTold, key=lambda one: one["id"])
def list_destructions() -> list[dict[str, Any]]:
    """List what is still to be destroyed in the schools that are open to the token's owner."""
    with begin_reading() as work:
        schools = [one.id for one in readable_schools(work, Action.SUBMISSION_READ)]
        found = destructions.open_of_schools(work.connection, schools, None)
    return sorted((_told(one) for one in found), key=lambda one: str(one["id"]))


@room.serves(f"GET {_ONE}", N_("Уничтожение после отзыва"))
@shows_names
@bearer(Action.SUBMISSION_READ)
@room.answers(DestructionWithReceiversTold)
def show(destruction_id: UUID) -> dict[str, Any]:
    """Tell of one."""
    with begin_reading() as work:
        found, school = opened_destruction(work, Action.SUBMISSION_READ, destruction_id)
        said = _whole(work, found)
    saw_list(school.id, "destruction", destruction_id)
    return said


@room.serves(f"POST {_ONE}/keep", N_("Сохранить данные: спор или распоряжение"))
@bearer(Action.SUBMISSION_RESOLVE)
@once
@room.takes(WhyBody)
@room.answers(DestructionTold)
def keep(said: dict[str, Any], destruction_id: UUID) -> dict[str, Any]:
    """Hold a destruction."""
    with begin_work() as work:
        opened_destruction(work, Action.SUBMISSION_RESOLVE, destruction_id)
        return _told(holding.keep(work, destruction_id, said["why"]))


@room.serves(f"POST {_ONE}/let-go", N_("Снять запрет на уничтожение"))
@bearer(Action.SUBMISSION_RESOLVE)
@once
@room.answers(DestructionTold)
def let_go(destruction_id: UUID) -> dict[str, Any]:
    """Lift the order to keep."""
    with begin_work() as work:
        opened_destruction(work, Action.SUBMISSION_RESOLVE, destruction_id)
        return _told(holding.let_go(work, destruction_id))


def _told(one: Shown) -> dict[str, Any]:
    own = one.destruction
    names = (
        "id",
        "school_id",
        "programme",
        "act_id",
        "case_id",
        "received_on",
        "last_day",
        "done_at",
    )
    return {name: getattr(own, name) for name in names} | {
        "notice": one.notice,
        "signer_id": one.signer_id,
        "about_id": one.about_id,
        "state": one.state,
        "evidence": own.outcome.evidence if own.outcome else 0,
        "people": list(own.outcome.people) if own.outcome else [],
    }


def _whole(work: Work, one: Shown) -> dict[str, Any]:
    paper = shredding.paper_of(work.connection, one.destruction.school_id, one.destruction.consent_id)
    receivers = [
        {"name": who.name, "message_id": who.message_id, "told": who.told, "confirmed_at": who.confirmed_at}
        for who in receivers_of(work.connection, paper)
    ]
    return _told(one) | {"receivers": receivers}
