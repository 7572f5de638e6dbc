"""The worker's line to its database breaks at the commit: what it did is done once, no promise is lost."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import make_url

from registry.config import Settings
from registry.jobs import names
from registry.jobs.worker import keep_due_promises
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from tests.proxy import Fault, Ill, Proxy, To, proxied

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def line(database_url: str) -> Iterator[Proxy]:
    """What stands between the worker and its database."""
    port = make_url(database_url).port
    assert port
    with proxied(port) as proxy:
        yield proxy


@pytest.fixture
def registry_settings(registry_settings: Settings, line: Proxy) -> Settings:
    """The same settings, and the database behind the proxy."""
    url = make_url(registry_settings.database_url).set(port=line.port)
    return replace(registry_settings, database_url=url.render_as_string(hide_password=False))


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job whose effect is a promise that can be counted."""
    monkeypatch.setattr(names, "_jobs", {})

    @names.job("test.effect")
    def effect(work: Work) -> None:
        work.later("test.made", due=work.now.replace(year=2100))


def standing(registry: Registry, promise: UUID) -> tuple[bool, bool, int]:
    """Whether a promise is kept, whether it comes up again, and how many effects there are."""
    with registry.reading(SYSTEM) as work:
        row = work.connection.execute(select(promises).where(promises.c.id == promise)).one()
        made = work.connection.execute(select(promises.c.id).where(promises.c.job == "test.made")).all()
    return row.done_at is not None, row.due_at is not None, len(made)


def promise(registry: Registry) -> UUID:
    with registry.work(SYSTEM) as work:
        return work.later("test.effect")


def hurry(registry: Registry) -> None:
    with registry.work(SYSTEM) as work:
        due = update(promises).where(promises.c.due_at.is_not(None), promises.c.job == "test.effect")
        work.connection.execute(due.values(due_at=work.now))
    keep_due_promises(registry)


SETTLING = (b"FOR UPDATE", b"test.made", b"COMMIT")


@pytest.mark.usefixtures("counting")
def test_a_job_whose_commit_is_not_confirmed_has_its_effect_once_and_never_comes_up_again(
    registry: Registry, line: Proxy
) -> None:
    wanted = promise(registry)
    line.spoil(Fault(Ill.CUT, To.CLIENT, words=SETTLING))
    assert keep_due_promises(registry) == 1
    assert line.struck == 1
    assert standing(registry, wanted) == (True, False, 1)
    hurry(registry)
    assert standing(registry, wanted) == (True, False, 1)


@pytest.mark.usefixtures("counting")
def test_a_job_whose_line_breaks_before_its_commit_is_tried_again(registry: Registry, line: Proxy) -> None:
    wanted = promise(registry)
    line.spoil(Fault(Ill.RESET, To.SERVER, words=SETTLING[:2]))
    keep_due_promises(registry)
    assert line.struck == 1
    assert standing(registry, wanted) == (False, True, 0)
    hurry(registry)
    assert standing(registry, wanted) == (True, False, 1)
