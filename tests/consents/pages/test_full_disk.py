"""The last click on a day when the database takes nothing: an honest page, no act, and then one act."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import func, select

from registry.consents.models.tables import acts
from registry.trail.entries import SYSTEM
from registry.trail.models import trail_event
from registry.work import Registry
from tests.consents.conftest import Town, confirm_everything
from tests.consents.pages.conftest import Reader
from tests.consents.pages.test_journey_pages import NAME
from tests.disk import no_room, sqlite_told
from tests.owner import owner_of


@contextmanager
def read_only_server(registry: Registry) -> Iterator[None]:
    """The server lets nobody write, as whoever looks after it does when its disk is full."""
    name = registry.engine.url.database
    with owner_of(registry) as owner, owner.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        connection.commit()
    registry.engine.dispose()
    try:
        yield
    finally:
        with owner_of(registry) as owner, owner.connect() as connection:
            connection.exec_driver_sql("SET transaction_read_only = off")
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
            connection.commit()
        registry.engine.dispose()


def only_read(registry: Registry) -> AbstractContextManager[None]:
    if registry.engine.dialect.name == "sqlite":
        return sqlite_told(registry.engine, "query_only=ON")
    return read_only_server(registry)


def counts(town: Town) -> tuple[int, int]:
    with town.registry.reading(SYSTEM) as work:
        one, two = (
            work.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (acts, trail_event)
        )
    return one, two


def before_the_last_click(town: Town, signer: Callable[[str], Reader]) -> tuple[Reader, str, dict[str, str]]:
    confirm_everything(town)
    mother = signer("mother")
    mother.follow("Соглашение о простой электронной подписи")
    mother.choose("given")
    action, values = mother.form("/sign")
    return mother, action, {**values, "full_name": NAME}


def test_an_act_while_the_database_is_only_read_is_told_in_words_and_made_once_afterwards(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    mother, action, form = before_the_last_click(town, signer)
    before = counts(town)
    with only_read(town.registry):
        answer = mother.client.post(action, data=form)
        assert answer.status_code == 503
        assert "База данных сейчас только читается, поэтому ничего не записано" in answer.text
        assert mother.client.post(action, data=form).status_code == 503
    assert counts(town) == before
    assert mother.client.post(action, data=form).status_code == 303
    assert mother.client.post(action, data=form).status_code == 303  # the same press again is the same act
    assert counts(town)[0] == before[0] + 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_act_on_a_full_disk_is_told_in_words_and_made_once_afterwards(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    mother, action, form = before_the_last_click(town, signer)
    before = counts(town)
    with no_room():
        answer = mother.client.post(action, data=form)
    assert answer.status_code == 503
    assert "Диск сервера не принял запись" in answer.text
    assert counts(town) == before
    assert mother.client.post(action, data=form).status_code == 303
    assert counts(town)[0] == before[0] + 1
