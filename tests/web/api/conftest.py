"""Machines with tokens, and a few operations that stand for rooms."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from registry.access.rules import Action, Role
from registry.errors import N_
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Day, Id, Text, Whole, YesNo
from registry.web.api.rooms import Room
from registry.web.api.tags import matching, require_match, tagged
from registry.web.create import create_app
from registry.web.current import begin_work
from registry.web.doors import bearer, check_doors, fresh_sign_in
from registry.web.idempotency import once
from registry.work import Registry
from tests.api.machines import Machine, make_token


class ThingBody(Body):
    name = Text(required=True, least=1, most=20)
    size = Whole(least=0, most=10, allow_none=True, load_default=None)
    good = YesNo(load_default=False)
    day = Day(load_default=None, allow_none=True)
    kind = Choice(("soft", "hard"), load_default="soft")
    of = Id(load_default=None)


class ThingTold(Told):
    name = Text()
    size = Whole(allow_none=True)


def probe_room(things: dict[str, dict[str, Any]]) -> Room:
    room = Room("probe", N_("Проба"))
    add_reading(room, things)
    add_changing(room, things)
    return room


def add_reading(room: Room, things: dict[str, dict[str, Any]]) -> None:
    @room.serves("GET /probe/things", N_("Вещи"))
    @bearer(Action.PEOPLE_READ)
    @room.lists(ThingTold, key=lambda one: one["name"])
    def list_things() -> list[dict[str, Any]]:
        return list(things.values())

    @room.serves("GET /probe/things/<name>", N_("Вещь"))
    @bearer(Action.PEOPLE_READ)
    @tagged
    @room.answers(ThingTold)
    def show_thing(name: str) -> dict[str, Any]:
        return things[name]

    @room.serves("GET /probe/keys", N_("Чужое дело"))
    @bearer(Action.KEY_MANAGE)
    @room.lists(ThingTold, key=lambda one: one["name"])
    def list_keys() -> list[dict[str, Any]]:
        return list(things.values())


def add_changing(room: Room, things: dict[str, dict[str, Any]]) -> None:
    @room.serves("POST /probe/things", N_("Создать вещь"))
    @bearer(Action.PEOPLE_READ)
    @once
    @room.takes(ThingBody)
    @room.answers(ThingTold, 201)
    def add_thing(said: dict[str, Any]) -> dict[str, Any]:
        with begin_work() as work:
            work.later("probe.count", said=said["name"])
        things[said["name"]] = said
        return said

    @room.serves("PUT /probe/things/<name>", N_("Изменить вещь"))
    @bearer(Action.PEOPLE_READ)
    @once
    @matching
    @room.takes(ThingBody)
    @room.answers(ThingTold)
    def change_thing(said: dict[str, Any], name: str) -> dict[str, Any]:
        with begin_work():
            require_match(ThingTold, things[name])
            things[name] = said
        return said

    @room.serves("DELETE /probe/things/<name>", N_("Удалить вещь"))
    @fresh_sign_in
    @bearer(Action.PEOPLE_READ)
    @once
    @room.nothing
    def drop_thing(name: str) -> None:
        with begin_work():
            del things[name]


@pytest.fixture
def things() -> dict[str, dict[str, Any]]:
    """What the operations that stand for rooms keep."""
    return {}


@pytest.fixture
def app(registry: Registry, things: dict[str, dict[str, Any]]) -> Flask:
    made = create_app(registry)
    made.register_blueprint(probe_room(things))
    check_doors(made)
    return made


Tokens = Callable[..., Machine]


@pytest.fixture
def machine_of(registry: Registry, app: Flask, employ: Callable[[str, Role], UUID]) -> Tokens:
    """Make a member of staff and a machine with a token of his."""

    def made(
        role: Role = Role.CLERK,
        actions: Collection[Action] = (Action.PEOPLE_READ,),
        lasts: timedelta = timedelta(days=1),
    ) -> Machine:
        login = f"{role}-of-token"
        return Machine(app, make_token(registry, employ(login, role), actions, lasts), login)

    return made
