"""A blow while the keys are made: the next start finds whole files or makes them, and no key is lost."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from registry.config import load_settings
from registry.keys import models
from registry.keys.rules import Kind, State
from registry.sealing.sealer import seal_bytes
from registry.storage.failpoints import Action, Strike, listening, read_strike
from registry.submissions.way_out import way_out
from registry.trail.entries import SYSTEM
from registry.work import Registry
from tests.conftest import PROFILE
from tests.crash.blows import IN_A_CHILD, children
from tests.crash.shelf import Shelf
from tests.crash.story import set_up
from tests.crash.sweep import ACTIONS, IN_SETTING_UP, KINDS, of_today

FILES = ("ring.json", "trail.json", "passphrase")
"""In the order in which they are made."""
ONE_IN = 40
SWEEP = [
    (name, hit, action, kind)
    for name in IN_SETTING_UP
    for hit in range(1, len(FILES) + 1)
    for action in ACTIONS
    for kind in KINDS
]

TODAY = [one for one in SWEEP if of_today(f"{one[0]} {one[1]}", *one[2:], one_in=ONE_IN)]


def set_up_in_a_child(environ: dict[str, str], said: str) -> None:
    with listening(read_strike(said)):
        set_up(load_settings(environ))


@pytest.mark.parametrize(
    ("name", "hit", "action", "kind"),
    SWEEP if PROFILE == "deep" else (TODAY or SWEEP[:1]),
)
def test_a_blow_while_keys_are_made_leaves_whole_files_or_none(
    shelf_of: Callable[[str], Shelf], name: str, hit: int, action: Action, kind: str
):
    with shelf_of(kind).new() as place:
        _strike(place.environ, Strike(name, action, hit))
        keys = place.settings.keys
        made = {file: (keys / file).read_bytes() for file in FILES if (keys / file).exists()}
        assert list(made) == list(FILES[: len(made)])
        # Whoever lost the database only may have gone on: he does not need it for every file.
        assert len(made) == hit - 1 or (action is Action.DROP and len(made) >= hit)
        set_up(place.settings)
        assert {file: (keys / file).read_bytes() for file in made} == made
        _check_usable(place.settings.keys, Registry.open(place.settings))


def _strike(environ: dict[str, str], said: Strike) -> None:
    if said.action in IN_A_CHILD:
        words = f"{said.name}={said.action}@{said.left}"
        child = children.Process(target=set_up_in_a_child, args=(environ, words))
        child.start()
        child.join(60)
        assert child.exitcode == IN_A_CHILD[said.action]
        return
    said.watch(Engine)
    with listening(said), suppress(Exception):
        set_up(load_settings(environ))
    event.remove(Engine, "connect", said.opened)
    event.remove(Engine, "close", said.closed)
    assert said.fired


def _check_usable(keys: Path, registry: Registry) -> None:
    assert json.loads((keys / "ring.json").read_text())["current"] == 1
    with registry.reading(SYSTEM) as work:
        held = [(one.kind, one.state) for one in models.every(work.connection)]
    wanted = [(Kind.OPERATOR, State.ACTIVE), (Kind.PLATFORM, State.ACTIVE)]
    assert sorted(held) == wanted, "a key was lost, or made twice"
    with way_out(registry) as out:
        assert seal_bytes(out.sealer, b"a message", out.parties)
    registry.engine.dispose()
