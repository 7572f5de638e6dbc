"""Who reads persons leaves a trace, and who may not read them sees nothing of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

from sqlalchemy import event

from registry.people.models.persons import load_persons
from registry.trail.entries import SYSTEM, EntryType
from registry.web.doors import DOOR, Door, Shows
from tests.access.matrix.actors import EVERYBODY, STAFF, Asker
from tests.access.matrix.asking import ask, cells, endpoints, hear, values_of
from tests.access.matrix.table import Row
from tests.access.matrix.test_matrix import ROWS
from tests.access.matrix.world import Stage

LOOKS = (EntryType.PERSON_VIEWED, EntryType.PERSON_EXPORTED, EntryType.LIST_VIEWED)
ASKED_ON_PURPOSE = {409, 422}
"""Answers of a marked route that show nobody: the state of things or a form was in the way."""


def shows(stage: Stage, row: Row) -> Shows | None:
    door: Door = getattr(stage.app.view_functions[row.endpoint], DOOR)
    return door.shows


@contextmanager
def written(stage: Stage) -> Iterator[list[bytes]]:
    """Collect the leaves that are written inside, before they are rolled back."""
    leaves: list[bytes] = []

    def note(_connection: object, _cursor: object, statement: str, said: object, *_: object) -> None:
        if "INTO trail_event" in statement:
            values = said.values() if isinstance(said, dict) else said
            # The driver of PostgreSQL wraps bytes.
            plain = [getattr(one, "obj", one) for one in values]  # type: ignore[attr-defined]
            leaves.extend(bytes(one) for one in plain if isinstance(one, bytes | memoryview))

    event.listen(stage.world.registry.engine, "before_cursor_execute", note)
    try:
        yield leaves
    finally:
        event.remove(stage.world.registry.engine, "before_cursor_execute", note)


def is_look(leaf: bytes) -> bool:
    return any(f'"type":"{kind}"'.encode() in leaf for kind in LOOKS)


def opened(stage: Stage, row: Row, asker: Asker) -> list[tuple[bool, int, str]]:
    """Open a route for everything that somebody is let in to: was a look recorded, the status, the page."""
    found = []
    for one, kind in cells(stage, row):
        if one is asker and asker.letter in row.may[kind]:
            with written(stage) as leaves:
                answer = ask(stage, asker, row, values_of(stage, asker, kind))
            found.append(
                (
                    any(is_look(leaf) for leaf in leaves),
                    answer.status_code,
                    unescape(answer.data.decode(errors="ignore")),
                )
            )
    return found


def test_every_route_that_shows_persons_to_staff_records_the_look(stage: Stage) -> None:
    """Each opening of a card, a list or a file by staff stands in the trail."""
    marked = [row for row in ROWS.values() if shows(stage, row) not in {None, Shows.SOME}]
    silent, looks = [], 0
    for row in marked:
        for letter in STAFF:
            for recorded, status, _ in opened(stage, row, stage.askers[letter]):
                looks += recorded
                if not recorded and status not in ASKED_ON_PURPOSE:
                    silent.append(f"{row.endpoint} {letter}: {status}")
    assert not silent, "\n".join(silent)
    assert looks > len(marked) > 10


def test_a_route_that_shows_names_to_some_records_the_look_exactly_where_it_shows_one(stage: Stage) -> None:
    """Of a task or a case everybody sees the step, and who may know of whom it is leaves a trace."""
    with stage.world.registry.reading(SYSTEM) as work:
        people = [one.id for where in (stage.world.own, stage.world.other) for one in where.pupils.values()]
        names = {one.full_name for one in load_persons(work.connection, work.vault, people).values()}
    wrong, seen = [], set()
    for row in ROWS.values():
        for letter in STAFF if shows(stage, row) is Shows.SOME else ():
            for recorded, status, text in opened(stage, row, stage.askers[letter]):
                named = any(name in text for name in names)
                seen.add(named)
                if recorded != named:
                    wrong.append(f"{row.endpoint} {letter}: {status}, recorded {recorded}")
    assert not wrong, "\n".join(wrong)
    assert seen == {True, False}


def test_a_route_that_is_not_marked_shows_staff_nothing_but_names(stage: Stage) -> None:
    """Numbers, contacts, birth dates and documents stand on marked routes only."""
    found = []
    for row in ROWS.values():
        if shows(stage, row) is Shows.PERSONS:
            continue
        for asker, kind in cells(stage, row):
            if asker.letter in STAFF and asker.letter in row.may[kind]:
                heard = hear(stage, row, asker.letter, kind)
                text = unescape(heard.said[2])
                found += [
                    f"{row.endpoint} {asker.letter}: {canary}"
                    for canary in stage.world.canaries
                    if canary in text
                ]
    assert not found, "\n".join(found)


def test_the_system_administrator_is_let_in_to_no_route_that_shows_persons(stage: Stage) -> None:
    """He keeps the machine and sees nobody's data."""
    for row in ROWS.values():
        if shows(stage, row):
            assert all("S" not in letters for letters in row.may.values()), row.endpoint


def test_an_auditor_changes_nothing(stage: Stage) -> None:
    """What he may send is about himself: the purpose, the password, the session."""
    every = frozenset(EVERYBODY)
    sent = {
        row.endpoint
        for row in ROWS.values()
        if endpoints(stage.app)[row.endpoint][0] == "POST" and {"A", "I"} & row.may["own"]
    }
    assert {one for one in sent if ROWS[one].may["own"] != every} == {
        "api-token.state_purpose",
        "api-token.step_up",
        "entrance.check_step_up",
        "entrance.change_password",
        "entrance.end_other_sessions",
        "entrance.end_session",
        "entrance.renew_codes",
        "entrance.set_up_factor",
        "entrance.keep_purpose",
        "entrance.sign_out",
        "tokens.make",
        "tokens.revoke",
    }


def test_an_auditor_without_a_purpose_is_asked_for_it_first(stage: Stage) -> None:
    asker = stage.nameless
    for row in ROWS.values():
        if shows(stage, row) and "I" in row.may["own"]:
            answer = ask(stage, asker, row, values_of(stage, asker, "own"))
            if row.endpoint.startswith("api-"):
                assert (answer.status_code, answer.json["code"]) == (403, "purpose"), row.endpoint
                continue
            assert answer.status_code == 303, row.endpoint
            assert answer.location.startswith("/purpose?next="), row.endpoint
