"""A blow at every failpoint: the registry comes right by itself, and nothing is lost or doubled."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from registry.storage.failpoints import NAMES, Action, Strike
from tests.clocks import Later
from tests.conftest import PROFILE
from tests.crash.blows import struck
from tests.crash.convergence import come_right
from tests.crash.picture import check_whole, picture_of
from tests.crash.shelf import Place, Shelf, set_outside
from tests.crash.story import STAGES
from tests.crash.sweep import ACTIONS, KINDS, of_today
from tests.crash.town import Stage, Town

LONGEST = timedelta(seconds=60)
DAY = datetime.now(UTC).toordinal()
MAY_COPY = {
    "letter.handed-over",
    "letter.noted-before-entry",
    "worker.before-conclusion",
    "worker.conclusion-before-settle",
}
"""Between the provider's yes and our commit: a letter that was taken may be handed over once more."""
SWEEP = [(name, action, kind) for name in NAMES for action in ACTIONS for kind in KINDS]


@pytest.mark.parametrize(
    ("name", "action", "kind"), [one for one in SWEEP if PROFILE == "deep" or of_today(*one)]
)
def test_a_blow_at_a_failpoint_leaves_nothing_lost_doubled_or_half_done(
    shelf_of: Callable[[str], Shelf], name: str, action: Action, kind: str
):
    shelf = shelf_of(kind)
    stage = next(one for one in STAGES if name in shelf.reached[one.name])
    strike_and_compare(shelf, stage, Strike(name, action), most_copies=int(name in MAY_COPY))


@pytest.mark.parametrize("name", ["work.before-commit", "work.after-commit"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "stage", [one for one in STAGES if PROFILE == "deep" or one is STAGES[DAY % len(STAGES)]]
)
def test_a_kill_at_any_commit_of_the_story_leaves_nothing_lost_doubled_or_half_done(
    shelf_of: Callable[[str], Shelf], stage: Stage, kind: str, name: str
):
    shelf = shelf_of(kind)
    commits = shelf.reached[stage.name][name]
    hits = range(1, commits + 1) if PROFILE == "deep" else [DAY % commits + 1]
    for hit in hits:
        strike_and_compare(shelf, stage, Strike(name, Action.KILL, hit), most_copies=1)


def strike_and_compare(shelf: Shelf, stage: Stage, said: Strike, most_copies: int) -> None:
    """Strike in a stage, let it come right, and hold the end of the stage against the one without a blow."""
    with shelf.before(stage) as place, struck(place, stage, said) as town:
        took = come_right(town, stage, Later())
        compare(shelf, stage, place, town)
        copies = [number for number in place.mailbox.copies().values() if number > 1]
        assert len(copies) <= most_copies
    assert took <= LONGEST


def compare(shelf: Shelf, stage: Stage, place: Place, town: Town) -> None:
    """Hold what stands after a stage against what stood after it without a blow."""
    seen = picture_of(town.registry, place.mailbox, place.platform)
    wanted = shelf.pictures[stage.name]
    assert seen == {key: wanted[key] for key in seen}
    if stage.settles:
        check_whole(town.registry)


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_after_a_kill_the_story_goes_on_to_its_end_as_if_nothing_had_been(
    shelf_of: Callable[[str], Shelf], name: str
):
    shelf = shelf_of(KINDS[NAMES.index(name) % len(KINDS)])
    first = next(number for number, one in enumerate(STAGES) if name in shelf.reached[one.name])
    with (
        shelf.before(STAGES[first], platform=True) as place,
        struck(place, STAGES[first], Strike(name, Action.KILL)) as town,
    ):
        clock = Later()
        for stage in STAGES[first:]:
            if stage is not STAGES[first]:
                set_outside(place, stage)
            come_right(town, stage, clock)
        compare(shelf, STAGES[-1], place, town)


@pytest.mark.parametrize("kind", KINDS)
def test_the_story_passes_every_failpoint(shelf_of: Callable[[str], Shelf], kind: str):
    passed = {name for seen in shelf_of(kind).reached.values() for name in seen}
    assert passed == set(NAMES)
