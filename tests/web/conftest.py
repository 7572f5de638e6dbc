"""An application of the shared door alone, with a few routes that stand for rooms, and a browser for it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue

from registry.access.passwords import Passwords
from registry.access.rules import Action, Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.errors import ConflictError, InvalidError
from registry.trail.entries import SYSTEM
from registry.web.create import create_app
from registry.web.current import begin_work
from registry.web.doors import allowed, check_doors, fresh_sign_in, machine, takes_up_to
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Registry
from tests.web.browsers import PASSWORD, Browser

SCHOOL = UUID("01970000-0000-7000-8000-000000000017")


def probe_routes(counted: list[str]) -> Blueprint:
    probe = Blueprint("probe", __name__)
    add_doors(probe, counted)
    add_single_doors(probe, counted)
    add_machines(probe)
    add_failures(probe)
    return probe


def add_doors(probe: Blueprint, counted: list[str]) -> None:
    @probe.get("/probe/people")
    @allowed(Action.PEOPLE_READ)
    def people() -> ResponseReturnValue:
        return page("web/home.html")

    @probe.post("/probe/once")
    @allowed(Action.PEOPLE_READ)
    @once
    def write_once() -> ResponseReturnValue:
        with begin_work() as work:
            work.later("probe.count", said=request.form["said"])
            counted.append(request.form["said"])
            if request.form["said"] == "wrong":
                return "wrong", 422
        return {"number": len(counted)}, 201

    @probe.get("/probe/sign-off")
    @fresh_sign_in
    @allowed(Action.SUBMISSION_SIGN_OFF)
    def sign_off() -> ResponseReturnValue:
        return "signed off"


def add_single_doors(probe: Blueprint, counted: list[str]) -> None:
    @probe.post("/probe/once-only")
    @allowed(Action.PEOPLE_READ)
    @once
    def write_once_only() -> ResponseReturnValue:
        with begin_work() as work:
            work.later("probe.count", said=request.form["said"])
            counted.append(request.form["said"])
        if len(counted) > 1:
            if request.form["said"] == "politely":
                return "done already", 409
            raise ConflictError("done already")
        return {"number": len(counted)}, 201


def add_machines(probe: Blueprint) -> None:
    @probe.post("/api/probe/answer")
    @machine(Action.PLATFORM_ANSWER)
    def answer() -> ResponseReturnValue:
        return {"got": request.get_data(as_text=True)}

    @probe.post("/probe/upload")
    @takes_up_to(3 * 1024 * 1024)
    @allowed(Action.PUBLIC)
    def upload() -> ResponseReturnValue:
        return {"bytes": len(request.files["file"].read())}


def add_failures(probe: Blueprint) -> None:
    @probe.get("/probe/crash")
    @allowed(Action.PUBLIC)
    def crash() -> ResponseReturnValue:
        message = "Иванов Иван, СНИЛС 112-233-445 95"
        raise RuntimeError(message)

    @probe.get("/probe/conflict")
    @allowed(Action.PUBLIC)
    def conflict() -> ResponseReturnValue:
        raise ConflictError("Занято: %(what)s.", what="<b>место</b>")

    @probe.get("/probe/fields")
    @allowed(Action.PUBLIC)
    def fields() -> ResponseReturnValue:
        raise InvalidError("Проверьте поля.", fields={"student.snils": "Не сходится."})


@pytest.fixture
def counted() -> list[str]:
    """What the route that counts was told, once for each time that it really ran."""
    return []


@pytest.fixture
def app(registry: Registry, counted: list[str]) -> Flask:
    made = create_app(registry)
    made.register_blueprint(probe_routes(counted))
    check_doors(made)
    return made


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def employ(registry: Registry) -> Callable[[str, Role], UUID]:
    """Make a user with a role in the school (a tutor: in a class of it)."""

    def made(login: str, role: Role) -> UUID:
        with registry.work(SYSTEM) as work:
            hashed = Passwords(registry.settings).hash(PASSWORD)
            user_id = add_user(work, NewUser(login, f"Сотрудник {login}", hashed))
            scope = Scope.CLASS if role is Role.TUTOR else Scope.SCHOOL
            give_role(work, user_id, Right(role, scope, SCHOOL, SCHOOL))
        return user_id

    return made
