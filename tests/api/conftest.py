"""A school with families, and machines of its staff and of those who look after the installation."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from registry.access.models import api_tokens
from registry.access.models.tables import api_tokens as rows
from registry.access.passwords import Passwords
from registry.access.rules import Action, Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.app import create_app, load_names
from registry.trail.entries import SYSTEM
from registry.work import Registry
from registry.workflows import versions
from tests.api.machines import Machine, make_token
from tests.submissions.school import School, found_school
from tests.web.browsers import PASSWORD

load_names()

Hands = Callable[[Role], Machine]
OF_ALL = {Role.OPERATOR, Role.ADMINISTRATOR}


@pytest.fixture
def school(registry: Registry) -> School:
    """A school that takes part in a programme, without students yet."""
    found = found_school(registry)
    with registry.work(SYSTEM) as work:
        versions.publish(work, versions.shipped())
    return found


@pytest.fixture
def app(registry: Registry) -> Flask:
    """The application of all rooms, as it is served."""
    return create_app(registry)


@pytest.fixture
def hands(registry: Registry, school: School, app: Flask) -> Hands:
    """Give a machine of somebody with a role in the school, its owner's password just given."""

    def made(role: Role) -> Machine:
        with registry.work(SYSTEM) as work:
            user = add_user(
                work, NewUser(f"{role}", "Проверкина Анна", Passwords(registry.settings).hash(PASSWORD))
            )
            everywhere = role in OF_ALL
            scope = Scope.INSTALLATION if everywhere else Scope.SCHOOL
            place = None if everywhere else school.id
            give_role(work, user, Right(role, scope, place, place))
        machine = Machine(app, make_token(registry, user, list(Action)), f"{role}")
        with registry.work(SYSTEM) as work:
            token_id: UUID = work.connection.execute(
                select(rows.c.id).where(rows.c.user_id == user)
            ).scalar_one()
            api_tokens.mark_stepped_up(work.connection, token_id, work.now)
        return machine

    return made
