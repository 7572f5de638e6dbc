"""Homes from before the table, and processes that die between making a key and writing it down."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from registry.cli.setting_up import exchange_keys, prepare
from registry.config import Settings, load_settings
from registry.errors import SettingsError
from registry.keys import errands, folder, models, usecases
from registry.keys.adopting import adopt_home
from registry.keys.rules import OPERATOR, Key, Kind, State
from registry.submissions.way_out import way_out
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.keys.conftest import WHY, Desk
from tests.submissions.conftest import Keys, Platform


def every(registry: Registry) -> list[Key]:
    with registry.reading(SYSTEM) as work:
        return models.every(work.connection)


@pytest.fixture
def older(registry: Registry) -> Path:
    """The key folder of a home from before the table, with its two files."""
    keys = registry.settings.keys
    said = json.loads((keys / "parties.json").read_text())
    (keys / "operator.txt").write_text(said["operator"])
    return keys


def test_an_older_home_becomes_rows_and_its_files_are_gone(registry: Registry, older: Path):
    said = json.loads((older / "parties.json").read_text())
    assert adopt_home(registry) == 2
    found = {one.kind: one for one in every(registry)}
    assert {kind: key.fingerprint for kind, key in found.items()} == {
        Kind.OPERATOR: said["operator"],
        Kind.PLATFORM: said["platform"],
    }
    assert {key.state for key in found.values()} == {State.ACTIVE}
    assert found[Kind.PLATFORM].owner == said["receiver"]
    assert all(key.valid_until and "BEGIN PGP PUBLIC" in str(key.public_key) for key in found.values())
    assert not list(older.glob("*.txt")) + list(older.glob("parties*"))
    with way_out(registry) as out:
        assert (out.parties.signer, out.parties.recipient) == (said["operator"], said["platform"])
    assert adopt_home(registry) == 0


def test_a_start_that_died_before_the_files_were_gone_begins_again(registry: Registry, older: Path):
    kept = {file.name: file.read_bytes() for file in older.glob("*.*") if file.name != "ring.json"}
    adopt_home(registry)
    before = every(registry)
    for name in ("parties.json", "operator.txt"):
        (older / name).write_bytes(kept[name])
    assert adopt_home(registry) == 0
    assert every(registry) == before
    assert not (older / "parties.json").exists()


def test_a_home_that_died_before_it_knew_the_platform_brings_its_own_key(registry: Registry, older: Path):
    (older / "parties.json").unlink()
    assert adopt_home(registry) == 1
    assert [one.kind for one in every(registry)] == [Kind.OPERATOR]


def test_a_second_own_key_that_the_files_name_is_kept_as_retired(registry: Registry, older: Path):
    with folder.opened(registry.settings) as sealer:
        other = sealer.create_key("registry-other")
    (older / "operator.txt").write_text(other)
    assert adopt_home(registry) == 3
    assert {one.fingerprint: one.state for one in every(registry)}[other] is State.RETIRED


@pytest.mark.parametrize("spoil", ["{", '{"operator": 1}', "[]"])
def test_files_that_do_not_read_stop_the_start_and_stay(registry: Registry, older: Path, spoil: str):
    (older / "parties.json").write_text(spoil)
    with pytest.raises(SettingsError):
        adopt_home(registry)
    assert every(registry) == []
    assert (older / "parties.json").exists()


def test_a_file_that_names_a_key_which_is_not_there_changes_nothing(registry: Registry, older: Path):
    shutil.rmtree(older / "openpgp" / "pinned")
    with pytest.raises(SettingsError):
        adopt_home(registry)
    assert every(registry) == []
    assert (older / "parties.json").exists()


def test_the_start_itself_takes_an_older_home_over(
    registry_settings: Settings, platform: Platform, exchanged: Keys
):
    registry = prepare(registry_settings, lambda _: None)
    assert {one.kind for one in every(registry)} == {Kind.OPERATOR, Kind.PLATFORM}
    assert not (registry_settings.keys / "parties.json").exists()
    prepare(registry_settings, lambda _: None).engine.dispose()
    assert len(every(registry)) == 2
    registry.engine.dispose()


class Killed(BaseException):
    """A process that ends between two statements."""


def killed(*_arguments: object, **_named: object) -> None:
    raise Killed


STEPS = {
    "before the key is made": "registry.sealing.openpgp.OpenPgpSealer.create_key",
    "after it is made": "registry.sealing.openpgp.OpenPgpSealer.revocation_of",
    "before its certificate lies apart": "registry.keys.folder._put_aside",
    "before the old key has signed": "registry.keys.folder.make_statement",
    "before it is written down": "registry.keys.usecases.note_made",
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_that_dies_while_a_key_is_made_converges_when_started_again(desk: Desk, step: str):
    order = desk.rotate()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(STEPS[step], killed)
        with pytest.raises(Killed):
            desk.make(order)
    assert desk.get(order.id).fingerprint is None
    made = desk.make(order)
    assert made.statement is not None
    assert desk.introduce(made).state is State.ACTIVE
    assert own_keys(desk) == 2
    assert desk.make(order) == desk.get(order.id)


def own_keys(desk: Desk) -> int:
    """How many keys lie in the folder; each is a pair, one to sign and one to decrypt."""
    return len(list((desk.registry.settings.keys / "openpgp" / "private-keys-v1.d").glob("*.key"))) // 2


def test_an_order_that_two_processes_carry_out_at_once_makes_one_key(desk: Desk):
    order = desk.rotate()
    command = [
        "import sys; from uuid import UUID",
        "from registry.config import load_settings; from registry.work import Registry",
        "from registry.keys import errands; import os",
        "from registry.errors import UnavailableError; import time",
        "registry = Registry.open(load_settings(os.environ))",
        "for turn in range(10):",  # as a worker does: what could not be done just now is tried again
        "    try: errands.make(registry, key_id=sys.argv[1]); break",
        "    except UnavailableError: time.sleep(0.5)",
        "else: sys.exit(3)",
    ]
    settings = desk.registry.settings
    environ = {
        **os.environ,
        "REGISTRY_HOME": str(settings.home),
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_PLATFORM_URL": settings.platform_url,
    }
    running = [
        subprocess.Popen([sys.executable, "-c", "\n".join(command), str(order.id)], env=environ)
        for _ in range(3)
    ]
    turns = iter(range(1_000))
    while any(one.poll() is None for one in running) and next(turns, None) is not None:
        # Others come and go meanwhile, as other errands do: the agent must not end under the three.
        with folder.opened(settings) as sealer:
            sealer.find_own("nobody")
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert desk.get(order.id).fingerprint is not None
    assert own_keys(desk) == 2


def test_a_passphrase_that_is_missing_beside_keys_is_never_made_anew(desk: Desk):
    file = desk.registry.settings.keys / "passphrase"
    kept = file.rename(file.with_suffix(".away"))
    with pytest.raises(Exception, match="паролем"):
        desk.make(desk.rotate())
    assert not file.exists()
    kept.rename(file)


def test_a_new_installation_exchanges_its_first_keys_and_only_them(
    registry_settings: Settings, platform: Platform, tmp_path: Path
):
    shutil.rmtree(registry_settings.keys)
    settings = load_settings(
        {
            "REGISTRY_HOME": str(tmp_path / "home"),
            "REGISTRY_DATABASE_URL": registry_settings.database_url,
            "REGISTRY_PLATFORM_URL": registry_settings.platform_url,
        }
    )
    platform.intake.store.rows("DELETE FROM sender_keys")
    registry = prepare(settings, lambda _: None)
    said: list[str] = []
    exchange_keys(registry, said.append)
    first = every(registry)
    assert {(one.kind, one.state) for one in first} == {
        (Kind.OPERATOR, State.ACTIVE),
        (Kind.PLATFORM, State.ACTIVE),
    }
    platform.intake.rotate_key()
    assert said == []
    exchange_keys(registry, said.append)
    assert every(registry) == first
    assert ["другой ключ" in line for line in said] == [True]
    known = platform.intake.store.keys_of(OPERATOR)
    assert [row["fingerprint"] for row in known] == [
        one.fingerprint for one in first if one.kind is Kind.OPERATOR
    ]
    platform.intake.store.rows("DELETE FROM sender_keys")
    exchange_keys(registry, said.append)
    again = platform.intake.store.keys_of(OPERATOR)
    assert [row["fingerprint"] for row in again] == [row["fingerprint"] for row in known]
    registry.engine.dispose()


def test_an_order_that_ended_meanwhile_makes_no_key(desk: Desk):
    with desk.registry.work(SYSTEM) as work:
        order = usecases.create(work, usecases.Owner(Kind.SCHOOL, str(uuid4())), WHY)
    desk.retire(order)
    errands.make(desk.registry, key_id=str(order.id))
    assert desk.get(order.id).fingerprint is None
    assert own_keys(desk) == 1
