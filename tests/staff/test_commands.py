import re

import pytest
from sqlalchemy import func, select

from registry.access.models.tables import users
from registry.access.usecases.users import NewUser
from registry.app import create_app
from registry.cli import main
from registry.errors import ConflictError
from registry.staff.commands import add_administrator
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.staff.conftest import Person

NEW = "длинная дорога к морю"


def test_the_first_administrator_comes_in_by_the_link_that_the_command_prints(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGISTRY_HOME", str(registry.settings.home))
    monkeypatch.setenv("REGISTRY_DATABASE_URL", registry.settings.database_url)
    monkeypatch.setenv("REGISTRY_TODAY", str(registry.settings.today))
    assert main(["users", "add-administrator", "--login", "admin-1", "--name", "Анна Первая"]) == 0
    found = re.search(r"http://\S+(/password/\S+)", capsys.readouterr().out)
    assert found is not None
    person = Person(create_app(registry).test_client())
    assert person.send(found[1], found[1], new=NEW, again=NEW).status_code == 303
    person.sign_in("admin-1", NEW)
    assert person.get("/staff").status_code == 200


def test_there_is_only_one_first_administrator(registry: Registry) -> None:
    add_administrator(registry, NewUser("admin-1", "Анна Первая"))
    with pytest.raises(ConflictError, match="уже есть"):
        add_administrator(registry, NewUser("admin-2", "Борис Второй"))
    with registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(func.count()).select_from(users)).scalar_one() == 1
