"""The API of promised jobs: how many stand how, the list, and one tried once more."""

from typing import Any
from uuid import UUID

from registry.access.rules import Action, Place
from registry.errors import N_
from registry.promises import usecases
from registry.storage.outbox_view import OpenPromise, Standing
from registry.web.api.bodies import PageAsked, Told
from registry.web.api.fields import Choice, Id, Moment, Pairs, Text, Whole
from registry.web.api.lists import Asked, Page, page
from registry.web.api.rooms import Room
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import bearer
from registry.web.idempotency import once

room = Room("promises", N_("Фоновые задания"))
rooms = (room,)


class PromiseTold(Told):
    """A promised job that was not kept yet."""

    id = Id()
    job = Text()
    attempts = Whole()
    made_at = Moment()
    due_at = Moment(allow_none=True)
    failed_at = Moment(allow_none=True)
    last_error = Text(allow_none=True)


class CountsTold(Told):
    """How many promises stand how."""

    counts = Pairs(Whole())


class PromisesAsked(PageAsked):
    """Which promises are asked for."""

    standing = Choice(Standing, load_default=Standing.GIVEN_UP.value)


@room.serves("GET /promises/counts", N_("Сколько заданий ждёт, не удаётся и остановлено"))
@bearer(Action.INSTALLATION_READ)
@room.answers(CountsTold)
def count_promises() -> dict[str, Any]:
    """Count the open promises by how they stand."""
    require(Action.INSTALLATION_READ, Place())
    with begin_reading() as work:
        return {"counts": {str(one.value): number for one, number in usecases.overview(work).items()}}


@room.serves("GET /promises", N_("Задания"))
@bearer(Action.INSTALLATION_READ)
@room.pages(PromiseTold, PromisesAsked)
def list_promises(asked: dict[str, Any]) -> Page[OpenPromise]:
    """List the promises that stand in one way."""
    require(Action.INSTALLATION_READ, Place())
    part = Asked(asked["after"], asked["limit"])
    with begin_reading() as work:
        found = usecases.listed(work, Standing(asked["standing"]), part.id, part.limit + 1)
    return page(found, part.limit, lambda one: one.id)


@room.serves("POST /promises/<uuid:promise_id>/again", N_("Повторить задание сейчас"))
@bearer(Action.PROMISE_REOPEN)
@once
@room.nothing
def again(promise_id: UUID) -> None:
    """Try a promise once more, now."""
    require(Action.PROMISE_REOPEN, Place())
    with begin_work() as work:
        usecases.try_again(work, promise_id)
