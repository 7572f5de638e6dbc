"""Destructions over the API and on their pages: what is to come and when, an order to keep, and its end."""

from registry.access.rules import Role
from registry.rights.clock import follow_withdrawals
from tests.api.conftest import Hands
from tests.submissions.school import School


def test_what_is_to_be_destroyed_is_listed_kept_for_a_reason_and_let_go(school: School, hands: Hands) -> None:
    pupils = school.enrol(1)
    school.decide(pupils)
    school.withdraw(pupils[0])
    follow_withdrawals(school.registry)
    operator = hands(Role.OPERATOR)
    (one,) = operator.get("/destructions").json["items"]
    assert (one["state"], one["received_on"], one["last_day"]) == ("waiting", "2020-11-02", "2020-12-02")
    where = f"/destructions/{one['id']}"
    assert operator.get(where).json["receivers"] == []
    assert operator.post(f"{where}/keep", {"why": " "}).status_code == 409
    assert operator.post(f"{where}/keep", {"why": "спор, дело № 2-17"}).json["state"] == "kept"
    assert operator.post(f"{where}/let-go").json["state"] == "waiting"
    assert operator.post(f"{where}/let-go").status_code == 409
    assert hands(Role.CLERK).post(f"{where}/keep", {"why": "спор"}).status_code == 403
