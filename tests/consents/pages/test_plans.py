"""What PostgreSQL does at the last click: no statement walks through a table that grows with the acts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.consents.conftest import Town, confirm_everything
from tests.consents.pages.conftest import Reader
from tests.consents.pages.test_full_disk import before_the_last_click
from tests.consents.pages.test_journey_pages import NAME

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

SMALL = {"programme_versions", "participations", "programmes", "schools", "classes"}
"""Tables that do not grow with the acts."""
WALKS = {"Seq Scan", "Parallel Seq Scan"}
INDEXED = {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}


class Listener:
    """Keeps every statement with its values as the driver gets it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def note(self, _conn: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        self.heard.append((statement, values[0] if isinstance(values, list) else values))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", []):
        yield from nodes(one)


def walks(engine: Engine, statement: str, values: Any) -> list[str]:
    """Name the growing tables that a statement must walk through: even where walking is to be avoided."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    return [
        f"{node['Node Type']} on {node['Relation Name']}: {statement[:200]}"
        for node in nodes(found[0]["Plan"])
        if node.get("Relation Name") not in {None, *SMALL}
        and (node["Node Type"] in WALKS or (node["Node Type"] in INDEXED and "Index Cond" not in node))
    ]


def heard_at_the_last_click(town: Town, press: Callable[[], int]) -> list[tuple[str, Any]]:
    listener = Listener()
    event.listen(town.registry.engine, "before_cursor_execute", listener.note)
    try:
        assert press() == 303
    finally:
        event.remove(town.registry.engine, "before_cursor_execute", listener.note)
    return listener.heard


def test_no_statement_of_the_last_click_walks_through_a_growing_table(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    mother, action, form = before_the_last_click(town, signer)
    heard = heard_at_the_last_click(town, lambda: mother.client.post(action, data=form).status_code)
    confirm_everything(town)
    mother.open("/decide")
    mother.follow("Согласие на обработку данных ребёнка: Иванова Child")
    mother.choose("given")
    action, form = mother.form("/sign")
    form["full_name"] = NAME
    heard += heard_at_the_last_click(town, lambda: mother.client.post(action, data=form).status_code)
    assert len(heard) > 8
    assert any("INSERT INTO acts" in statement for statement, _ in heard)
    assert [line for one in heard for line in walks(town.registry.engine, *one)] == []


def test_a_statement_that_walks_is_seen(town: Town) -> None:
    """The test above would see one: there is no index on who recorded an act."""
    asked = "SELECT id FROM acts WHERE recorded_by IS NULL AND language = %(language)s"
    assert walks(town.registry.engine, asked, {"language": "ru"})
