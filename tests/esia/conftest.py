"""One stand of ESIA for all tests of the adapter."""

from collections.abc import Iterator

import pytest

from registry.esia.client import Esia
from tests.esia_stand import Running, running_esia


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_esia(tmp_path_factory.mktemp("esia"), "http://127.0.0.1:8080/esia/back") as found:
        yield found


@pytest.fixture(autouse=True)
def nothing_is_broken(running: Running) -> Iterator[None]:
    yield
    running.stand.faults.reset()


@pytest.fixture
def esia(running: Running) -> Iterator[Esia]:
    made = running.esia()
    yield made
    made.close()
