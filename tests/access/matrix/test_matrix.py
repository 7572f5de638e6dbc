"""Every route, asked by everybody, about objects of every kind: the rows of rights.txt are the specification.

A route that has no row fails here, and so does a row whose route is gone. How to add a row:

1. Write the endpoint in rights.txt with the letters of those who are let in to each kind of objects. Write
   what the rule says, never what the route happens to answer.
2. What the address needs stands in `Branch.values` (world.py): ids by the name of the argument. Another name,
   or an object of a new kind, is made there, once for each school. Places that are no ids are filled in the
   row (`field=phone`); `form.NAME=...` fills a field that says of which object a form speaks.
3. A page or a file that shows persons to staff says so in its route (`shows_names`, `shows_persons` of
   registry/web/doors.py): test_reading.py holds that it writes an entry into the trail.

Let in means: any answer but 401, 403, 404, 410 and the way to the sign-in. A refusal by the form (422) or by
the state of things (409) is let in: who gets one was let through to the object.
"""

import statistics
import time

import pytest
from sqlalchemy import event

from tests.access.matrix.actors import EVERYBODY, Asker
from tests.access.matrix.asking import Said, ask, cells, endpoints, hear, ids_in, strangers
from tests.access.matrix.table import Row, read_rows
from tests.access.matrix.world import Stage

ROWS = read_rows()
MOST_APART_S = 0.005
TIMED = ["people.card", "consents.show_class", "submissions.show", "keys.show"]


def test_every_route_has_a_row_and_every_row_a_route(stage: Stage) -> None:
    """Rights are written down for all of the application, and for nothing else."""
    assert sorted(endpoints(stage.app)) == sorted(ROWS)


def test_nobody_is_let_in_but_those_whom_the_table_names(stage: Stage) -> None:
    """A role opens what is in its scope, and nothing beside it."""
    wrong, asked = [], 0
    for row in ROWS.values():
        for asker, kind in cells(stage, row):
            heard = hear(stage, row, asker.letter, kind)
            asked += 1
            wanted = asker.letter in row.may[kind]
            if heard.said[0] == 500 or heard.let_in != wanted:
                wrong.append(f"{row.endpoint} {kind} {asker.letter}: {heard.said[0]}, wanted {wanted}")
    assert not wrong, "\n".join(wrong)
    assert asked > 4_000


def test_what_is_another_schools_answers_as_what_is_not_there(stage: Stage) -> None:
    """Who is not let in cannot tell whether there is such an object; byte by byte, headers too."""
    wrong, asked = [], 0
    for row in ROWS.values():
        if "other" not in row.may:
            continue
        for letter in EVERYBODY:
            found = answers(stage, row, letter)
            asked += len(found)
            wrong += [f"{row.endpoint} {letter}: {fault}" for fault in differences(found)]
    assert not wrong, "\n".join(wrong)
    assert asked > 2_000


def answers(stage: Stage, row: Row, letter: str) -> dict[str, Said]:
    """Ask for whatever the row closes to somebody."""
    kinds = ("missing", "other", "far", *(("absent", "crossed") if ids_in(stage, row) > 1 else ()))
    return {
        kind: hear(stage, row, letter, kind).said for kind in kinds if letter not in row.may.get(kind, ())
    }


def differences(found: dict[str, Said]) -> list[str]:
    """Name the answers that tell an object that is there from one that is not."""
    alike = {"other": "missing", "far": "missing", "crossed": "absent"}
    return [
        f"{kind} answers {found[kind][0]}, {none} {found[none][0]}"
        for kind, none in alike.items()
        if kind in found and found[kind] != found[none]
    ]


@pytest.mark.parametrize("endpoint", TIMED)
def test_no_more_is_read_for_what_is_another_schools(stage: Stage, endpoint: str) -> None:
    """Nothing but where an object stands is read, and no look noted, before it is known whether one may."""
    asked: dict[str, list[str]] = {"missing": [], "far": []}
    for kind, statements in asked.items():

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)  # noqa: B023 - it listens no longer than this turn

        event.listen(stage.world.registry.engine, "before_cursor_execute", note)
        ask(stage, asker_of(stage, endpoint), ROWS[endpoint], strangers(stage)[kind])
        event.remove(stage.world.registry.engine, "before_cursor_execute", note)
    more = asked["far"][len(asked["missing"]) :]
    assert [one.partition(".")[0] for one in more] in ([], ["SELECT schools"])


def asker_of(stage: Stage, endpoint: str) -> Asker:
    return stage.askers["A" if endpoint.startswith("keys") else "C"]


@pytest.mark.deep
@pytest.mark.parametrize("endpoint", TIMED)
def test_an_answer_takes_no_longer_for_what_is_another_schools(stage: Stage, endpoint: str) -> None:
    """The time of an answer does not tell what the answer hides."""
    asker, row = asker_of(stage, endpoint), ROWS[endpoint]
    took: dict[str, list[float]] = {"missing": [], "far": []}
    for _ in range(200):
        for kind, times in took.items():
            began = time.perf_counter()
            ask(stage, asker, row, strangers(stage)[kind])
            times.append(time.perf_counter() - began)
    medians = [statistics.median(times) for times in took.values()]
    assert abs(medians[0] - medians[1]) < MOST_APART_S, medians
