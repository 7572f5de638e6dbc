import base64
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, update

from registry.errors import ConflictError, NotFoundError, TamperedError, UnavailableError
from registry.storage.engine import make_engine
from registry.trail import proofs, sequencer
from registry.trail.checkpoint import open_checkpoint
from registry.trail.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    nodes_of,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from registry.trail.models import (
    trail_checkpoint,
    trail_event,
    trail_leaf,
    trail_queue,
    trail_tile,
    trail_tree,
)
from registry.trail.note import open_note
from registry.trail.publisher import SILENCE, ensure_published, publish_once, tend
from registry.trail.sequencer import integrate_all, integrate_once
from registry.trail.tiles import tile_path
from tests.trail.hand import Log, unfence


def stored_hashes(log: Log) -> list[bytes]:
    with log.engine.connect() as connection:
        return list(connection.execute(select(trail_leaf.c.leaf_hash).order_by(trail_leaf.c.idx)).scalars())


def test_a_batch_takes_what_waits_in_its_order_and_gives_the_root_of_the_standard(log: Log):
    made = log.fill(300)
    assert integrate_once(log.engine, 100).count == 100
    done = integrate_all(log.engine)
    assert stored_hashes(log) == [one.leaf_hash for one in made]
    assert (done.size, done.count) == (300, 200)
    assert done.root == root_of(300, nodes_of([one.leaf_hash for one in made]))


def test_with_nothing_waiting_nothing_happens(log: Log):
    assert integrate_once(log.engine) == sequencer.Integrated(0, EMPTY_ROOT, 0)
    assert tend(log.engine, log.keys, log.now) is None


def test_an_event_that_commits_late_gets_a_later_number(log: Log):
    log.record(log.given())
    if log.engine.dialect.name == "sqlite":
        late = log.record(log.given())
        log.record(log.given())
        integrate_all(log.engine)
    else:
        with log.engine.begin() as slow:
            late = log.write(slow, log.given())
            log.record(log.given())
            assert integrate_all(log.engine).size == 2
        assert integrate_all(log.engine).size == 3
    assert late.leaf_hash in stored_hashes(log)
    assert log.verify().status == 0


def test_an_event_that_was_changed_while_it_waited_never_gets_into_the_tree(log: Log):
    made = log.fill(3)
    unfence(log.engine)
    with log.engine.begin() as connection:
        changed = update(trail_event).where(trail_event.c.event_id == made[1].event_id)
        connection.execute(changed.values(leaf=b"{}"))
    with pytest.raises(TamperedError, match=str(made[1].event_id)):
        integrate_once(log.engine)
    assert stored_hashes(log) == []


def test_an_event_that_is_queued_twice_stops_the_sequencer(log: Log):
    (made,) = log.fill(1)
    integrate_all(log.engine)
    with log.engine.begin() as connection:
        connection.execute(insert(trail_queue).values(event_id=made.event_id, leaf_hash=made.leaf_hash))
    with pytest.raises(TamperedError, match="уже есть"):
        integrate_once(log.engine)


@pytest.mark.parametrize("table", [trail_tile, trail_tree], ids=lambda table: table.name)
def test_nothing_is_built_on_a_changed_tree(log: Log, table):
    log.fill(3)
    integrate_all(log.engine)
    log.fill(1)
    values = {"data": bytes(96)} if table is trail_tile else {"root": bytes(32)}
    with log.engine.begin() as connection:
        connection.execute(update(table).values(values))
    with pytest.raises(TamperedError, match="не сходится"):
        integrate_once(log.engine)


def test_two_sequencers_and_eight_writers_lose_nothing_and_double_nothing(log: Log):
    written: list[bytes] = []
    stop = threading.Event()

    def write(_: int) -> None:
        written.extend([log.record(log.given()).leaf_hash for _ in range(25)])

    def sequence(_: int) -> None:
        while not stop.is_set():
            integrate_once(log.engine, 40)
            publish_once(log.engine, log.keys, log.now)
        integrate_all(log.engine)

    with ThreadPoolExecutor(10) as pool:
        running = [pool.submit(sequence, number) for number in range(2)]
        list(pool.map(write, range(8)))
        stop.set()
        for one in running:
            one.result()
    assert sorted(stored_hashes(log)) == sorted(written)
    log.tend()
    report = log.verify()
    assert (report.status, report.size) == (0, 200), report.findings
    assert_checkpoints_consistent(log)


def assert_checkpoints_consistent(log: Log) -> None:
    with log.engine.connect() as connection:
        notes = connection.execute(
            select(trail_checkpoint.c.note).order_by(trail_checkpoint.c.size)
        ).scalars()
        signed = [open_checkpoint(note, [log.keys.checkpoint.verifier]) for note in notes]
        for old, new in pairwise(signed):
            proof = proofs.prove_consistency(connection, log.keys.epoch, old.size, new.size)
            verify_consistency((old.size, new.size), (old.root, new.root), proof)


def run_sequencer(url: str, die_after: str, hits: int) -> None:
    """Integrate small batches, and die by SIGKILL when a step was done so many times."""
    engine = make_engine(url)
    left = [hits]

    def dying(name: str) -> None:
        step = getattr(sequencer, name)

        def replaced(*arguments: object) -> object:
            done = step(*arguments)
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        setattr(sequencer, name, replaced)

    dying(die_after)
    while integrate_once(engine, 50).count:
        pass


@pytest.mark.parametrize("step", ["_take", "_read_again", "write_tiles", "_set_tree", "_integrate"])
def test_a_sequencer_killed_in_mid_batch_loses_nothing(log: Log, step: str):
    made = log.fill(400)
    log.engine.dispose()
    for hits in (1, 3):
        process = multiprocessing.get_context("spawn").Process(
            target=run_sequencer, args=(log.url, step, hits)
        )
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
    integrate_all(log.engine)
    log.tend()
    assert stored_hashes(log) == [one.leaf_hash for one in made]
    assert log.verify().status == 0


def test_a_checkpoint_is_signed_when_there_is_news_and_only_then(log: Log):
    log.fill(2)
    first = tend(log.engine, log.keys, log.now)
    assert first is not None
    assert first.size == 2
    assert tend(log.engine, log.keys, log.now) is None
    log.fill(1)
    second = tend(log.engine, log.keys, log.now)
    assert second is not None
    signed = open_checkpoint(second.note, [log.keys.checkpoint.verifier])
    assert (signed.origin, signed.size) == ("test.example/consents/1", 3)


def test_an_hour_of_silence_is_itself_written_down_and_signed(log: Log):
    log.fill(2)
    tend(log.engine, log.keys, log.now)
    silent = tend(log.engine, log.keys, log.now + SILENCE)
    assert silent is not None
    assert silent.size == 3
    assert log.verify().status == 0


def test_two_publishers_sign_one_checkpoint(log: Log):
    log.fill(5)
    integrate_all(log.engine)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: publish_once(log.engine, log.keys, log.now), range(8)))
    assert len({one.note for one in made if one}) == 1


def test_what_was_changed_since_the_last_checkpoint_is_never_signed(log: Log):
    log.fill(2)
    log.tend()
    made = log.fill(300)
    integrate_all(log.engine)
    unfence(log.engine)
    with log.engine.begin() as connection:
        forged = b'{"forged":1}'
        here = trail_event.c.event_id == made[100].event_id
        connection.execute(update(trail_event).where(here).values(leaf=forged))
    with pytest.raises(TamperedError, match=str(made[100].event_id)):
        publish_once(log.engine, log.keys, log.now)
    with log.engine.begin() as connection:
        here = trail_leaf.c.event_id == made[100].event_id
        connection.execute(update(trail_leaf).where(here).values(leaf_hash=leaf_hash(forged)))
    with pytest.raises(TamperedError, match="не продолжает"):
        publish_once(log.engine, log.keys, log.now)


def test_a_tree_behind_its_last_checkpoint_is_not_signed(log: Log):
    log.fill(3)
    log.tend()
    unfence(log.engine)
    with log.engine.begin() as connection:
        connection.execute(delete(trail_leaf).where(trail_leaf.c.idx == 2))
        connection.execute(update(trail_tree).values(size=2))
    with pytest.raises(TamperedError):
        publish_once(log.engine, log.keys, log.now)


def test_an_event_gets_a_proof_that_stands_without_us(log: Log):
    made = log.fill(600)
    waiting = ensure_published(log.engine, log.keys, log.now, made[0].event_id)
    late = log.record(log.given())
    with log.engine.connect() as connection:
        for number in (0, 255, 256, 599):
            text_ = proofs.tlog_proof(connection, made[number].event_id)
            head, note = text_.split("\n\n", 1)
            kind, index, *steps = head.split("\n")
            assert (kind, index, note) == ("c2sp.org/tlog-proof@v1", f"index {number}", waiting.note)
            signed = open_checkpoint(note, [log.keys.checkpoint.verifier])
            hashed = leaf_hash(proofs.leaf_of(connection, made[number].event_id))
            verify_inclusion(
                hashed, number, signed.size, [base64.b64decode(step) for step in steps], signed.root
            )
        assert proofs.covering_checkpoint(connection, made[599].event_id) == waiting
        assert proofs.covering_checkpoint(connection, late.event_id) is None
        with pytest.raises(ConflictError):
            proofs.tlog_proof(connection, late.event_id)
        with pytest.raises(NotFoundError):
            proofs.tlog_proof(connection, uuid4())


def test_a_sending_cannot_wait_for_an_event_that_was_never_committed(log: Log):
    log.fill(1)
    with pytest.raises(UnavailableError):
        ensure_published(log.engine, log.keys, log.now, uuid4())


def test_tiles_are_shown_as_far_as_they_are_published(log: Log):
    made = log.fill(300)
    log.tend()
    log.fill(5)
    integrate_all(log.engine)
    with log.engine.connect() as connection:
        assert open_note(proofs.checkpoint_text(connection), [log.keys.checkpoint.verifier])
        full = proofs.tile_bytes(connection, tile_path(0, 0))
        part = proofs.tile_bytes(connection, tile_path(0, 1, 44))
        assert full + part == b"".join(one.leaf_hash for one in made)
        bundle = proofs.tile_bytes(connection, "entries/001.p/44")
        assert leaf_hash(bundle[2 : 2 + int.from_bytes(bundle[:2])]) == made[256].leaf_hash
        for path in (
            "0/001.p/45",
            "0/001",
            "0/001.p/256",
            "0/002.p/1",
            "1/000",
            "64/000",
            "0/0",
            "",
            "0/x000",
            "../0",
        ):
            with pytest.raises(NotFoundError):
                proofs.tile_bytes(connection, path)
