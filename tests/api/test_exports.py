"""Exports of documents over the API: ordered by body, followed, fetched by who ordered them, cancelled."""

import io
import zipfile
from itertools import count

import pytest

from registry.access.rules import Role
from registry.consents.usecases.writing import Signed
from registry.jobs.worker import keep_due_promises
from registry.people.models.places import get_school
from registry.trail.entries import SYSTEM
from tests.api.conftest import Hands
from tests.consents.conftest import Town, town
from tests.proofs.conftest import given, publish
from tests.submissions.school import School

__all__ = ["given", "town"]

ORDER = {
    "span": "school",
    "programme": "mesh-2020",
    "receiver": "Прокуратура района",
    "reason": "request",
    "basis": "№ 15 от 02.11.2020",
}


@pytest.fixture
def school(town: Town) -> School:
    """The school of the town, as machines of its staff meet it."""
    return School(town.registry, town.school, town.tutor(), town.tutor(), count(100_000_001))


def test_a_program_orders_follows_fetches_and_cancels_an_export(
    town: Town, given: Signed, school: School, hands: Hands
) -> None:
    publish(town)
    operator = hands(Role.OPERATOR)
    made = operator.post("/exports", ORDER | {"place_id": str(school.id)})
    assert made.status_code == 201
    assert (made.json["state"], made.json["receiver"]) == ("waiting", "Прокуратура района")
    where = f"/exports/{made.json['id']}"
    assert operator.get(f"{where}/file").status_code == 409
    while keep_due_promises(school.registry):
        pass
    ready = operator.get(where).json
    assert (ready["state"], ready["packed"]) == ("ready", ready["total"])
    assert [one["id"] for one in operator.get("/exports").json["items"]] == [ready["id"]]
    answer = operator.get(f"{where}/file")
    assert len(answer.data) == ready["size"]
    file = zipfile.ZipFile(io.BytesIO(answer.data))
    assert file.testzip() is None
    assert len([one for one in file.namelist() if one.endswith(".pdf")]) == ready["packed"] == 2
    assert given
    assert operator.post(f"{where}/cancel").json["state"] == "cancelled"
    assert operator.post(f"{where}/cancel").status_code == 409
    assert operator.get(f"{where}/file").status_code == 410


def test_an_order_without_a_place_that_one_may_is_refused(school: School, hands: Hands) -> None:
    operator, director = hands(Role.OPERATOR), hands(Role.DIRECTOR)
    with school.registry.reading(SYSTEM) as work:
        region = get_school(work.connection, school.id).region_id
    assert operator.post("/exports", ORDER | {"place_id": str(region)}).status_code == 404
    blank = operator.post("/exports", ORDER | {"place_id": str(school.id), "basis": " "})
    assert (blank.status_code, [one["field"] for one in blank.json["errors"]]) == (422, ["basis"])
    assert director.post("/exports", ORDER | {"place_id": str(school.id)}).status_code == 403
