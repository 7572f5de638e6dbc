import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import DBAPIError

from registry.errors import ConflictError, NotFoundError
from registry.trail.append import append
from registry.trail.entries import SYSTEM, Entry, EntryType, ObjectRef, Slot
from registry.trail.fence import raise_fence
from registry.trail.leaf import read_leaf
from registry.trail.models import (
    trail_checkpoint,
    trail_event,
    trail_leaf,
    trail_object,
    trail_opening,
    trail_queue,
    trail_tile,
)
from registry.trail.publisher import tend
from registry.trail.receipt import open_receipt
from tests.trail.hand import Log


def leaf_of(log: Log, event_id: UUID) -> dict:
    with log.engine.connect() as connection:
        data = connection.execute(
            select(trail_event.c.leaf).where(trail_event.c.event_id == event_id)
        ).scalar_one()
    read_leaf(data)
    return json.loads(data)


def counts(log: Log) -> dict[str, int]:
    tables = (trail_event, trail_queue, trail_opening, trail_object)
    with log.engine.connect() as connection:
        return {
            one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables
        }


def test_an_entry_becomes_an_event_its_openings_a_head_and_a_place_in_the_queue(log: Log):
    made = log.record(log.given())
    assert counts(log) == {"trail_event": 1, "trail_queue": 1, "trail_opening": 2, "trail_object": 1}
    leaf = leaf_of(log, made.event_id)
    assert (leaf["type"], leaf["obj"]["ver"], leaf["pre"]) == ("consent.given", 1, None)
    assert len(leaf["slots"]) == 2


def test_a_leaf_shows_nothing_of_a_person(log: Log):
    made = log.record(log.given(secret="112-233-445 95"))
    text = json.dumps(leaf_of(log, made.event_id), ensure_ascii=False)
    for secret in ("Ёжикова", "112-233", *map(str, log.people)):
        assert secret not in text


def test_a_pseudonym_is_one_for_a_person_in_a_school_and_another_in_another(log: Log):
    first, second = (
        leaf_of(log, log.record(log.given()).event_id),
        leaf_of(log, log.record(log.given()).event_id),
    )
    assert first["slots"][0]["s"] == second["slots"][0]["s"] == first["actor"]["ref"]
    assert first["slots"][0]["c"] != second["slots"][0]["c"]
    entry = log.given()
    elsewhere = Entry(entry.type, entry.object, entry.state, UUID(int=18), entry.slots)
    assert leaf_of(log, log.record(elsewhere).event_id)["slots"][0]["s"] != first["slots"][0]["s"]


def test_states_of_an_object_are_chained(log: Log):
    of = uuid4()
    leaves = [leaf_of(log, log.record(log.given(version, of)).event_id) for version in (1, 2, 3)]
    assert [leaf["pre"] for leaf in leaves[1:]] == [leaf["post"] for leaf in leaves[:-1]]


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_version_that_does_not_follow_is_refused(log: Log, version: int):
    of = uuid4()
    for good in (1, 2):
        log.record(log.given(good, of))
    with pytest.raises(ConflictError):
        log.record(log.given(version, of))
    assert counts(log)["trail_event"] == 2


def test_an_entry_without_a_state_leaves_the_object_as_it_is(log: Log):
    of = ObjectRef("person", uuid4(), 1)
    viewed = Entry(EntryType.PERSON_VIEWED, of, None, None, (Slot(log.people[2], None),))
    leaf = leaf_of(log, log.record(viewed).event_id)
    assert (leaf["pre"], leaf["post"], leaf["slots"][0]["c"]) == (None, None, None)
    assert counts(log)["trail_object"] == counts(log)["trail_opening"] == 0


def test_the_registry_itself_acts_without_a_name(log: Log):
    with log.engine.begin() as connection:
        started = Entry(EntryType.INSTALLATION_STARTED, ObjectRef("installation", uuid4(), 1), {"v": 1}, None)
        made = append(connection, log.vault, started, log.place(SYSTEM), log.keys)
    assert leaf_of(log, made.event_id)["actor"] == {
        "auth": "system",
        "kind": "system",
        "ref": None,
        "role": "system",
    }


def test_a_person_without_a_key_cannot_be_written_about(log: Log):
    entry = Entry(
        EntryType.PERSON_ADDED, ObjectRef("person", uuid4(), 1), {}, None, (Slot(uuid4(), {"a": 1}),)
    )
    with pytest.raises(NotFoundError):
        log.record(entry)
    assert counts(log)["trail_event"] == counts(log)["trail_object"] == 0


def test_an_entry_about_many_persons_is_one_event(log: Log):
    with log.engine.begin() as connection:
        people = [uuid4() for _ in range(20)]
        log.vault.create_keys(connection, people)
        slots = tuple(Slot(person, {"line": number}) for number, person in enumerate(people))
        log.write(
            connection,
            Entry(EntryType.ROSTER_APPROVED, ObjectRef("roster", uuid4(), 1), {"n": 20}, None, slots),
        )
    assert counts(log) == {"trail_event": 1, "trail_queue": 1, "trail_opening": 20, "trail_object": 1}


def test_a_receipt_is_of_the_leaf_that_was_written(log: Log):
    made = log.record(log.given())
    receipt = open_receipt(made.receipt, [log.keys.receipt.verifier])
    assert (receipt.origin, receipt.leaf_hash) == ("test.example/consents/1", made.leaf_hash)
    with log.engine.connect() as connection:
        assert connection.execute(select(trail_queue.c.leaf_hash)).scalar_one() == made.leaf_hash


def test_what_is_rolled_back_leaves_nothing(log: Log):
    with log.engine.connect() as connection:
        log.write(connection, log.given())
        connection.rollback()
    assert set(counts(log).values()) == {0}


FENCED = (trail_event, trail_leaf, trail_checkpoint, trail_tile)


@pytest.mark.parametrize("table", FENCED, ids=lambda table: table.name)
@pytest.mark.parametrize("again", [False, True], ids=["created", "by-migration"])
def test_what_is_written_can_be_neither_changed_nor_deleted(log: Log, table, again: bool):  # noqa: FBT001
    log.fill(257)
    tend(log.engine, log.keys, log.now)
    if again:
        with log.engine.begin() as connection:
            raise_fence(connection)
    column = {"trail_checkpoint": "note"}.get(table.name, list(table.c)[-1].name)
    values = {column: "x" if column == "note" else b"x"}
    statements = [update(table).values(values), table.delete()]
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), log.engine.begin() as connection:
            connection.execute(statement)


def test_the_hot_path_takes_few_statements(log: Log):
    log.record(log.given())
    seen: list[str] = []
    with log.engine.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *said: seen.append(said[2]))
        log.write(connection, log.given())
    assert len(seen) == (5 if log.engine.dialect.name == "sqlite" else 2)


def given_of(log: Log, consents: list[UUID], version: int) -> list[Entry]:
    return [log.given(version, of=one, decided=version) for one in consents]


def test_a_set_of_entries_is_written_as_each_by_itself_would_be(log: Log):
    consents = [uuid4() for _ in range(3)]
    first = log.record_many(given_of(log, consents, 1))
    second = log.record_many([*given_of(log, consents, 2), log.given()])
    assert counts(log) == {"trail_event": 7, "trail_queue": 7, "trail_opening": 14, "trail_object": 4}
    for before, after in zip(first, second, strict=False):
        assert leaf_of(log, after.event_id)["pre"] == leaf_of(log, before.event_id)["post"]
        assert open_receipt(after.receipt, [log.keys.receipt.verifier]).leaf_hash == after.leaf_hash
    log.tend()
    assert log.verify().status == 0


def test_a_set_in_which_one_object_is_behind_is_refused(log: Log):
    consents = [uuid4() for _ in range(3)]
    log.record_many(given_of(log, consents, 1))
    log.record(log.given(2, of=consents[1]))
    with pytest.raises(ConflictError):
        log.record_many(given_of(log, consents, 2))
    with pytest.raises(ConflictError):
        log.record_many(given_of(log, [uuid4(), consents[0]], 1))
    assert counts(log)["trail_event"] == 4


def test_a_set_that_changes_one_object_twice_is_refused(log: Log):
    one = uuid4()
    log.record(log.given(1, of=one))
    with pytest.raises(ValueError, match="the same object"):
        log.record_many([log.given(2, of=one), log.given(3, of=one)])


def test_a_set_takes_as_many_statements_as_two_entries(log: Log):
    consents = [uuid4() for _ in range(40)]
    log.record_many(given_of(log, consents, 1))
    seen: list[str] = []
    with log.engine.begin() as connection:
        event.listen(connection, "before_cursor_execute", lambda *said: seen.append(said[2]))
        log.write_many(connection, given_of(log, consents, 2))
    assert len(seen) == 6
