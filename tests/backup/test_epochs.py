"""A restored database does not go on in the name of the old log: it stands until a new epoch is begun."""

import json
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from registry.cli import main
from registry.errors import TamperedError, UnavailableError
from registry.jobs import trail as ticks
from registry.trail.epochs import Said, begin_epoch
from registry.trail.keys import TrailKeys, move_to_epoch
from registry.trail.leaf import read_leaf
from registry.trail.models import read_tree, trail_checkpoint, trail_epoch, trail_event, trail_leaf
from registry.trail.proofs import checkpoint_text, tlog_proof
from registry.trail.published import demand_newest, recall
from registry.trail.publisher import ensure_published, publish_once
from registry.work import Registry
from tests.backup.conftest import Copies, checked, live, publish
from tests.owner import owner_of
from tests.trail.hand import unfence


def older(registry: Registry, copies: Copies) -> tuple[Registry, Path]:
    """Restore a copy beside the file of what was published after it was taken: 3 entries here, 7 there."""
    live(registry, 3)
    publish(registry)
    taken = copies.take(registry)
    live(registry, 4)
    publish(registry)
    return copies.put_back(*taken, published=registry.settings.home / "published.json"), taken[0]


def new_epoch(registry: Registry, *notes: str) -> Registry:
    """Do what the command does, and open the registry anew as a restart would."""
    said = Said("operator", "the disk died", notes)
    epoch = begin_epoch(registry.engine, registry.vault, registry.trail, registry.now(), said)
    move_to_epoch(registry.settings.keys, epoch)
    registry.engine.dispose()
    return Registry.open(registry.settings)


def checkpoints(registry: Registry) -> str:
    with registry.engine.connect() as connection:
        return checkpoint_text(connection)


def test_what_was_published_is_remembered_outside_the_database_and_only_grows(registry: Registry) -> None:
    live(registry, 2)
    publish(registry)
    file = registry.trail.published
    first = recall(file)
    live(registry, 1)
    publish(registry)
    second = recall(file)
    assert first is not None
    assert second is not None
    assert (first.size, second.size) == (2, 3)
    assert second.note == checkpoints(registry)


def test_a_publisher_that_died_before_it_remembered_is_made_up_for(registry: Registry) -> None:
    live(registry)
    publish(registry)
    registry.trail.published.unlink()
    assert publish_once(registry.engine, registry.trail, registry.now()) is None
    remembered = recall(registry.trail.published)
    assert remembered is not None
    assert remembered.size == 1


def test_an_older_database_beside_a_newer_file_numbers_and_signs_nothing(
    registry: Registry, copies: Copies
) -> None:
    back, _ = older(registry, copies)
    made = live(back, 2)
    for step in (
        lambda: publish(back),
        lambda: publish_once(back.engine, back.trail, back.now()),
        lambda: ensure_published(back.engine, back.trail, back.now(), made[0]),
    ):
        with pytest.raises(UnavailableError, match="new-epoch"):
            step()
    ticks.number_entries(back)
    ticks.publish_checkpoint(back)
    with back.engine.connect() as connection:
        assert read_tree(connection).size == 3
    assert "\n3\n" in checkpoints(back)  # pages that read go on
    assert checked(back).status == 0
    back.engine.dispose()


def test_after_a_new_epoch_the_log_goes_on_and_both_epochs_verify(registry: Registry, copies: Copies) -> None:
    back, _ = older(registry, copies)
    witnessed = checkpoints(registry)
    live(back, 2)
    old_note = checkpoints(back)
    back = new_epoch(back)
    live(back, 3)
    publish(back)
    report = checked(back)
    assert (report.status, [one.rule for one in report.findings]) == (4, ["V12"])
    assert "до номера 6" in report.findings[0].sentence
    assert "до 2" in report.findings[0].sentence
    assert (report.size, report.checkpoints) == (6, 2)
    note = checkpoints(back)
    assert note.startswith(f"{back.trail.name}/2\n6\n")
    with back.engine.connect() as connection:
        first = select(trail_event.c.leaf, trail_event.c.event_id).join(
            trail_leaf, trail_leaf.c.event_id == trail_event.c.event_id
        )
        row = connection.execute(first.where(trail_leaf.c.epoch == 2, trail_leaf.c.idx == 0)).one()
        leaf = read_leaf(row.leaf)
        remembered = recall(registry.trail.published)
        assert remembered is not None
        assert remembered.note == witnessed
        root = remembered.root.rstrip("=").replace("+", "-").replace("/", "_")
        assert (leaf.type, leaf.cause) == ("trail.epoch-began", f"1:7:{root}")
        waited = connection.execute(
            select(trail_leaf.c.event_id).where(trail_leaf.c.epoch == 2, trail_leaf.c.idx == 1)
        ).scalar_one()
        assert tlog_proof(connection, waited).endswith(note)
        before = connection.execute(
            select(trail_leaf.c.event_id).where(trail_leaf.c.epoch == 1, trail_leaf.c.idx == 1)
        ).scalar_one()
        assert tlog_proof(connection, before).endswith(old_note)
    back.engine.dispose()


def test_a_copy_without_that_file_stands_too_until_somebody_decides(
    registry: Registry, copies: Copies
) -> None:
    live(registry, 3)
    publish(registry)
    taken = copies.take(registry)
    live(registry, 4)
    publish(registry)
    back = copies.put_back(*taken)
    live(back)
    with pytest.raises(UnavailableError, match="восстановлена из копии"):
        publish(back)
    back = new_epoch(back, checkpoints(registry))  # the platform kept it, in the last message
    publish(back)
    report = checked(back)
    assert "до номера 6" in report.findings[0].sentence
    back.engine.dispose()


def test_a_copy_that_is_the_newest_state_goes_on_in_its_epoch(registry: Registry, copies: Copies) -> None:
    live(registry, 3)
    publish(registry)
    taken = copies.take(registry)
    back = copies.put_back(*taken, published=registry.settings.home / "published.json")
    live(back)
    publish(back)
    report = checked(back)
    assert (report.status, report.size) == (0, 4)
    back.engine.dispose()


def test_a_database_changed_before_what_was_published_is_not_signed_on(registry: Registry) -> None:
    live(registry, 3)
    publish(registry)
    file = registry.trail.published
    said = json.loads(file.read_text())
    file.write_text(json.dumps(said | {"size": 2}))
    with registry.engine.connect() as connection, pytest.raises(UnavailableError):
        demand_newest(connection, registry.trail)


def test_a_checkpoint_of_another_log_is_no_witness(registry: Registry, tmp_path: Path) -> None:
    live(registry)
    publish(registry)
    other = TrailKeys.create(tmp_path / "other" / "keys", registry.trail.name)
    forged = checkpoints(registry).splitlines()
    note = "\n".join(forged[:3]) + "\n\n" + other.checkpoint.line("\n".join(forged[:3]) + "\n")
    with pytest.raises(TamperedError):
        new_epoch(registry, note)
    assert checked(registry).status == 0


def test_an_epoch_begun_and_not_written_into_the_keys_is_finished_by_the_same_command(
    registry: Registry,
) -> None:
    live(registry)
    publish(registry)
    said = Said("operator", "a drill", ())
    begin_epoch(registry.engine, registry.vault, registry.trail, registry.now(), said)
    live(registry)  # a process that has not heard of it goes on under the old name
    with pytest.raises(UnavailableError, match="перезапустите"):
        publish(registry)
    assert begin_epoch(registry.engine, registry.vault, registry.trail, registry.now(), said) == 2
    move_to_epoch(registry.settings.keys, 2)
    again = Registry.open(registry.settings)
    publish(again)
    assert (checked(again).status, checked(again).size) == (0, 2)
    again.engine.dispose()


def test_epochs_follow_one_another(registry: Registry) -> None:
    live(registry, 300)
    publish(registry)
    second = new_epoch(registry)
    live(second, 2)
    publish(second)
    third = new_epoch(second)
    publish(third)
    report = checked(third)
    assert (report.status, report.findings, report.size) == (0, (), 1)
    third.engine.dispose()


def test_the_command_begins_an_epoch_and_wants_a_reason(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    live(registry)
    publish(registry)
    for name, value in (
        ("HOME", registry.settings.home),
        ("DATABASE_URL", registry.engine.url.render_as_string(hide_password=False)),
    ):
        monkeypatch.setenv(f"REGISTRY_{name}", str(value))
    assert main(["trail", "new-epoch", "--reason", "  "]) == 1
    assert main(["trail", "new-epoch", "--reason", "учебная тревога"]) == 0
    assert f"{registry.trail.name}/2" in capsys.readouterr().out
    assert Registry.open(registry.settings).trail.epoch == 2


def test_a_copy_older_than_an_epoch_never_begins_that_epoch_again(registry: Registry, copies: Copies) -> None:
    live(registry, 3)
    publish(registry)
    taken = copies.take(registry)
    second = new_epoch(registry)
    live(second, 2)
    publish(second)
    second.engine.dispose()
    back = copies.put_back(*taken, published=registry.settings.home / "published.json")
    with pytest.raises(UnavailableError, match="эпоха 2"):
        publish(back)
    third = new_epoch(back)
    assert third.trail.epoch == 3
    live(third)
    publish(third)
    report = checked(third)
    assert (report.status, report.size) == (4, 2)
    assert "Эпоха 2 опубликована, но здесь её нет" in report.findings[0].sentence
    third.engine.dispose()


DAMAGES = {
    "the reason rewritten": (update(trail_epoch).values(reason="nothing happened"), "V8"),
    "the recovered size": (update(trail_epoch).values(recovered_size=2), "V2"),
    "the last known checkpoint forgotten": (update(trail_epoch).values(witnessed=""), "V12"),
    "the beginning of the epoch deleted": (delete(trail_epoch), "V12"),
    "an entry of an epoch that never began": (
        update(trail_leaf).where(trail_leaf.c.epoch == 2, trail_leaf.c.idx == 2).values(epoch=7),
        "V2",
    ),
    "a leaf of the old epoch deleted": (delete(trail_leaf).where(trail_leaf.c.epoch == 1), "V2"),
    "a checkpoint of an epoch that never began": (
        update(trail_checkpoint).where(trail_checkpoint.c.epoch == 2).values(epoch=9),
        "V4",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_chain_of_epochs_that_was_changed_is_found(registry: Registry, name: str) -> None:
    live(registry, 3)
    publish(registry)
    again = new_epoch(registry)
    live(again, 2)
    publish(again)
    assert checked(again).status == 0
    change, rule = DAMAGES[name]
    with owner_of(again) as owner:
        unfence(owner)
        with owner.begin() as connection:
            connection.execute(change)
    report = checked(again)
    again.engine.dispose()
    assert report.status == 1
    assert rule in {one.rule for one in report.findings}
