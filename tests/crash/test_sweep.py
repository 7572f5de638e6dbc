"""A blow at every failpoint: the registry comes right by itself, and nothing is lost or doubled."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from registry.storage.failpoints import NAMES, Action, Strike
from tests.conftest import PROFILE
from tests.crash.blows import struck
from tests.crash.convergence import Later, come_right
from tests.crash.picture import check_whole, picture_of
from tests.crash.shelf import Shelf
from tests.crash.story import STAGES
from tests.crash.sweep import ACTIONS, IN_SETTING_UP, KINDS, of_today

LONGEST = timedelta(seconds=60)
MAY_COPY = {
    "letter.handed-over",
    "letter.noted-before-entry",
    "worker.before-conclusion",
    "worker.conclusion-before-settle",
}
"""Between the provider's yes and our commit: a letter that was taken may be handed over once more."""
SWEEP = [
    (name, action, kind)
    for name in NAMES
    if name not in IN_SETTING_UP
    for action in ACTIONS
    for kind in KINDS
]


@pytest.mark.parametrize(
    ("name", "action", "kind"), [one for one in SWEEP if PROFILE == "deep" or of_today(*one)]
)
def test_a_blow_at_a_failpoint_leaves_nothing_lost_doubled_or_half_done(
    shelf_of: Callable[[str], Shelf], name: str, action: Action, kind: str
):
    shelf = shelf_of(kind)
    stage = next(one for one in STAGES if name in shelf.reached[one.name])
    with shelf.before(stage) as place, struck(place, stage, Strike(name, action)) as town:
        took = come_right(town, stage, Later())
        seen = picture_of(town.registry, place.mailbox, place.platform)
        wanted = shelf.pictures[stage.name]
        assert seen == {key: wanted[key] for key in seen}
        copies = [key for key, number in place.mailbox.copies().items() if number > 1]
        assert len(copies) <= (1 if name in MAY_COPY else 0)
        if stage.settles:
            check_whole(town.registry)
    assert took <= LONGEST


@pytest.mark.parametrize("kind", KINDS)
def test_the_story_passes_every_failpoint(shelf_of: Callable[[str], Shelf], kind: str):
    passed = {name for seen in shelf_of(kind).reached.values() for name in seen}
    assert set(NAMES) - passed == set(IN_SETTING_UP)
