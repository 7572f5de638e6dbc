import json
import random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import LargeBinary, RowMapping, Table, Text, delete, insert, literal, select, text, update
from sqlalchemy.exc import OperationalError

from registry.storage.engine import make_engine
from registry.storage.vault import subject_keys
from registry.trail.commands import verify_command, verify_command_json
from registry.trail.entries import ENDED, Entry, EntryType, ObjectRef, Slot
from registry.trail.leaf import Leaf, read_leaf, write_leaf
from registry.trail.merkle import leaf_hash
from registry.trail.models import (
    trail_checkpoint,
    trail_event,
    trail_leaf,
    trail_object,
    trail_opening,
    trail_pseudonym,
    trail_queue,
    trail_tile,
    trail_tree,
)
from registry.trail.pseudonyms import forget, forget_objects, tenants_of
from registry.trail.verify import Report, verify
from tests.trail.hand import SCHOOL, Log, unfence

OF_LONG_LIFE = UUID(int=99)


def fill(log: Log) -> None:
    """A small life: three checkpoints, an object of three versions, events that wait."""
    for version in (1, 2, 3):
        log.record(log.given(version, OF_LONG_LIFE))
        log.fill(6)
        log.tend()
    log.fill(3)
    unfence(log.engine)


def rules(report: Report) -> set[tuple[str, int | None]]:
    return {(finding.rule, finding.index) for finding in report.findings}


def change(log: Log, *statements: object) -> None:
    with log.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def test_an_untouched_trail_holds(log: Log):
    fill(log)
    report = log.verify()
    assert (report.status, report.findings) == (0, ())
    assert (report.size, report.checkpoints) == (21, 3)


def test_an_empty_trail_holds(log: Log):
    assert (log.verify().status, log.verify().size) == (0, 0)


def test_a_trail_over_several_tiles_holds_and_a_far_tile_is_located(log: Log):
    log.fill(600)
    log.tend()
    assert log.verify().status == 0
    unfence(log.engine)
    change(
        log, update(trail_tile).where(trail_tile.c.level == 0, trail_tile.c.n == 1).values(data=bytes(8192))
    )
    assert rules(log.verify()) == {("V2", 256)}


def test_erasure_leaves_the_trail_whole_and_its_reason_is_counted(log: Log):
    log.fill(5)
    gone = log.people[0]
    with log.engine.begin() as connection:
        for tenant in tenants_of(connection, gone):
            erased = Entry(
                EntryType.SUBJECT_ERASED, ObjectRef("person", gone, 1), None, tenant, (Slot(gone, None),)
            )
            log.write(connection, erased)
        forget(connection, gone)
        connection.execute(delete(subject_keys).where(subject_keys.c.subject == gone))
    log.tend()
    report = log.verify()
    assert (report.status, report.erased) == (0, 5), report.findings


def test_evidence_that_was_erased_is_explained_by_its_own_object_and_by_no_other(log: Log):
    gone, other = log.given(1, OF_LONG_LIFE), log.given()
    log.record_many([gone, other])
    named = tuple(Slot(one.subject, None) for one in gone.slots)
    with log.engine.begin() as connection:
        log.write(connection, Entry(EntryType.EVIDENCE_ERASED, gone.object, None, SCHOOL, named))
        assert forget_objects(connection, "consent", [OF_LONG_LIFE]) == 2
    log.tend()
    report = log.verify()
    assert (report.status, report.erased) == (0, 2), report.findings
    with log.engine.begin() as connection:
        forget_objects(connection, "consent", [other.object.id])
    assert rules(log.verify()) == {("V7", 1)}


def test_an_erasure_without_its_entry_is_tampering(log: Log):
    log.fill(2)
    log.tend()
    change(log, delete(subject_keys).where(subject_keys.c.subject == log.people[0]))
    assert rules(log.verify()) == {("V7", 0), ("V7", 1)}


def test_an_object_that_ended_in_the_trail_may_be_gone(log: Log):
    log.record(log.given(1, OF_LONG_LIFE))
    entry = log.given(2, OF_LONG_LIFE)
    log.record(Entry(entry.type, entry.object, ENDED, entry.tenant))
    del log.consents[OF_LONG_LIFE]
    assert log.verify().status == 0


def test_a_row_that_was_changed_in_the_database_is_found_by_its_event(log: Log):
    fill(log)
    log.consents[OF_LONG_LIFE] = (3, {"version": 3, "forged": True})
    assert rules(log.verify()) == {("V8", 14)}


def test_a_row_that_was_deleted_or_added_in_the_database_is_found(log: Log):
    fill(log)
    del log.consents[OF_LONG_LIFE]
    log.consents[uuid4()] = (1, {})
    assert rules(log.verify()) == {("V8", 14), ("V8", None)}


def test_a_state_that_cannot_be_compared_is_a_finding(log: Log):
    fill(log)
    log.consents[OF_LONG_LIFE] = (3, {"version": 0.5})  # type: ignore[dict-item]
    assert rules(log.verify()) == {("V8", 14)}


def rewritten(log: Log, index: int, **parts: object) -> bytes:
    """The leaf of an event with some parts changed, in good form, with every hash made to fit."""
    with log.engine.begin() as connection:
        query = select(trail_leaf.c.event_id).where(trail_leaf.c.idx == index)
        event_id = connection.execute(query).scalar_one()
        data = connection.execute(
            select(trail_event.c.leaf).where(trail_event.c.event_id == event_id)
        ).scalar_one()
        old = read_leaf(data)
        new = write_leaf(Leaf(**({name: getattr(old, name) for name in Leaf.__slots__} | parts)))
        connection.execute(update(trail_event).where(trail_event.c.event_id == event_id).values(leaf=new))
        connection.execute(
            update(trail_leaf).where(trail_leaf.c.idx == index).values(leaf_hash=leaf_hash(new))
        )
    return new


def test_a_rewritten_event_with_all_hashes_made_to_fit_breaks_the_signed_checkpoints(log: Log):
    fill(log)
    rewritten(log, 9, type="consent.refused")
    with log.engine.begin() as connection:
        hashes = list(connection.execute(select(trail_leaf.c.leaf_hash).order_by(trail_leaf.c.idx)).scalars())
        connection.execute(update(trail_tile).values(data=b"".join(hashes)))
    found = log.verify()
    assert found.status == 1
    # The entries between the last good checkpoint (7 leaves) and the next one (14) were changed.
    assert {("V4", 7)} <= rules(found)
    assert found.checkpoints == 1


def test_an_unknown_type_is_a_warning_and_nothing_worse(log: Log):
    log.fill(2)
    log.tend()
    unfence(log.engine)
    with log.engine.begin() as connection:
        data = connection.execute(select(trail_event.c.leaf)).scalars().first()
    old = read_leaf(data)
    new = Leaf(
        **{name: getattr(old, name) for name in Leaf.__slots__} | {"id": uuid4(), "type": "moon.landed"}
    )
    new = Leaf(
        **{name: getattr(new, name) for name in Leaf.__slots__} | {"slots": (), "pre": None, "post": None}
    )
    row = {"event_id": new.id, "tenant": SCHOOL, "leaf": write_leaf(new)}
    change(
        log,
        insert(trail_event).values(row),
        insert(trail_queue).values(event_id=new.id, leaf_hash=leaf_hash(row["leaf"])),
    )
    log.tend()
    report = log.verify()
    assert (report.status, report.holds) == (4, True)


TAMPERINGS = {
    "an event deleted": ([delete(trail_event)], "V9"),
    "a leaf deleted": ([delete(trail_leaf).where(trail_leaf.c.idx == 4)], "V2"),
    "the end cut off": ([delete(trail_leaf).where(trail_leaf.c.idx >= 18)], "V4"),
    "a tile deleted": ([delete(trail_tile)], "V2"),
    "a foreign tile": ([insert(trail_tile).values(level=0, n=7, data=bytes(32))], "V2"),
    "a tile too long": ([update(trail_tile).values(data=bytes(64 * 32))], "V2"),
    "the tree's row gone": ([delete(trail_tree)], "V2"),
    "the tree's size": ([update(trail_tree).values(size=2**40)], "V2"),
    "another epoch": ([update(trail_tree).values(epoch=2)], "V2"),
    "a checkpoint of no leaves": (
        [update(trail_checkpoint).values(size=trail_checkpoint.c.size + 1000)],
        "V4",
    ),
    "a checkpoint of another epoch": ([update(trail_checkpoint).values(epoch=9)], "V4"),
    "nonsense for a note": ([update(trail_checkpoint).values(note="x")], "V1"),
    "no queue": ([delete(trail_queue)], "V9"),
    "openings deleted": ([delete(trail_opening)], "V7"),
    "openings of nothing": ([update(trail_opening).values(slot=trail_opening.c.slot + 7)], "V7"),
    "pseudonyms deleted": ([delete(trail_pseudonym)], "V7"),
    "heads deleted": ([delete(trail_object)], "V9"),
    "heads' versions": ([update(trail_object).values(version=5)], "V9"),
    "tenants": ([update(trail_event).values(tenant=UUID(int=3))], "V3"),
    "leaves of nonsense": ([update(trail_event).values(leaf=b"\xff" * 5000)], "V3"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(log: Log, name: str):
    fill(log)
    statements, rule = TAMPERINGS[name]
    change(log, *statements)
    report = log.verify()
    assert report.status == 1
    assert rule in {finding.rule for finding in report.findings}
    assert all(finding.sentence for finding in report.findings)


def test_values_of_a_wrong_kind_are_findings_and_no_crash(sqlite_log: Log):
    fill(sqlite_log)
    for table in (
        trail_event,
        trail_leaf,
        trail_tile,
        trail_tree,
        trail_checkpoint,
        trail_opening,
        trail_object,
    ):
        for column in table.c:
            if not column.primary_key:
                with sqlite_log.engine.begin() as connection:
                    connection.execute(text(f"UPDATE OR IGNORE {table.name} SET {column.name} = 'чушь'"))
    assert sqlite_log.verify().status == 1


FLIPPED = [
    (trail_event, "leaf"),
    (trail_leaf, "leaf_hash"),
    (trail_tile, "data"),
    (trail_checkpoint, "note"),
    (trail_opening, "sealed"),
    (trail_object, "post"),
    (trail_object, "salt"),
    (trail_tree, "root"),
    (trail_queue, "leaf_hash"),
    (subject_keys, "wrapped"),
]


def flip(value: bytes | str, chance: random.Random) -> bytes | str:
    if isinstance(value, str):
        place = chance.choice([n for n, letter in enumerate(value) if letter.isascii()])
        return value[:place] + chr(ord(value[place]) ^ (1 << chance.randrange(1))) + value[place + 1 :]
    changed = bytearray(value)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def is_located(table: Table, row: RowMapping, report: Report) -> bool:
    """Whether a finding names the place of the flip."""
    said = dict(row)
    found = report.findings
    if "event_id" in said and table is not trail_object:
        return any(finding.event_id == said["event_id"] for finding in found)
    if table is trail_checkpoint:
        return any(finding.index == said["size"] for finding in found)
    if table is trail_tile:
        return any(finding.rule == "V2" and finding.index is not None for finding in found)
    return bool(found)


def flips(log: Log, count: int) -> None:
    fill(log)
    # Only who has a key that matters: the third person is in no entry.
    change(log, delete(subject_keys).where(subject_keys.c.subject == log.people[2]))
    chance = random.Random(17)  # noqa: S311 - places of flips, repeatable
    for number in range(count):
        table, name = FLIPPED[number % len(FLIPPED)]
        with log.engine.begin() as connection:
            row = chance.choice(connection.execute(select(table)).mappings().all())
            here = [table.c[key.name] == row[key.name] for key in table.primary_key]
            old = row[name]
            new = flip(old, chance)
            connection.execute(update(table).where(*here).values({table.c[name]: loosely(new)}))
        report = log.verify()
        assert report.status == 1, (table.name, name, row)
        assert is_located(table, row, report), (table.name, name, row, report.findings)
        with log.engine.begin() as connection:
            connection.execute(update(table).where(*here).values({table.c[name]: loosely(old)}))
    assert log.verify().status == 0


def loosely(value: bytes | str) -> object:
    """A value for a column that would refuse what no vault has sealed."""
    return literal(value, LargeBinary() if isinstance(value, bytes) else Text())


def test_every_flipped_bit_is_found_and_located(log: Log):
    flips(log, 200)


@pytest.mark.deep
def test_two_thousand_flipped_bits_are_found_and_located(log: Log):
    flips(log, 1000)


def test_a_database_that_cannot_be_read_is_said_to_be_so(
    sqlite_log: Log, tmp_path_factory: pytest.TempPathFactory
):
    empty = make_engine(f"sqlite:///{tmp_path_factory.mktemp('x')}/empty.sqlite3")
    report = verify(empty, sqlite_log.vault, sqlite_log.keys, {})
    assert report.status == 2
    assert OperationalError.__name__ in report.findings[0].sentence
    empty.dispose()


class Installation:
    def __init__(self, log: Log) -> None:
        self.engine, self.vault, self.trail = log.engine, log.vault, log.keys


def test_the_command_tells_findings_line_by_line_and_ends_with_the_outcome(
    sqlite_log: Log, capsys: pytest.CaptureFixture[str]
):
    fill(sqlite_log)
    assert verify_command(Installation(sqlite_log), {}) == 0
    assert "Журнал цел: записей 21" in capsys.readouterr().out
    change(sqlite_log, update(trail_tree).values(size=5))
    assert verify_command(Installation(sqlite_log), {}) == 1
    assert "V2 #21" in capsys.readouterr().out
    assert verify_command_json(Installation(sqlite_log), {}) == 1
    finding, outcome = map(json.loads, capsys.readouterr().out.splitlines())
    assert (finding["rule"], finding["index"]) == ("V2", 21)
    assert (outcome["verified"], outcome["size"], outcome["findings"]) == (False, 21, 1)
