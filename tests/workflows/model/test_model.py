"""Cases in any order of events: steps, refusals, time, moves to other versions, tasks that change hands.

One machine plays a process of the tests' own with sub-cases and every kind of deadline, and one each shipped
definition, with guards that a switch opens and shuts instead of those of its room. Where each case must stand
and what it waits for is counted a second time, slowly, from its history.
"""

from collections.abc import Collection, Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from registry.work import Registry
from registry.workflows import versions
from registry.workflows.names import NAMES
from tests.conftest import PROFILE
from tests.workflows.model.hands import Hands
from tests.workflows.model.playing import parsed, played, prepare
from tests.workflows.model.processes import PIECE, WHOLE
from tests.workflows.model.sets import Moves
from tests.workflows.model.stepping import Steps

RUNS = settings(
    max_examples=2_000 if PROFILE == "deep" else 50,
    stateful_step_count=100 if PROFILE == "deep" else 30,
    deadline=None,
)


class Playing(Steps, Moves, Hands):
    """All that may happen to a case."""


def play(registry: Registry, text: str, parts: Collection[str]) -> None:
    held = prepare(registry, text, parts)
    run_state_machine_as_test(type("Play", (Playing,), {"played": held}), settings=RUNS)


@pytest.fixture
def names_kept() -> Iterator[None]:
    before = (dict(NAMES.guards), dict(NAMES.effects), dict(NAMES.births))
    finders = NAMES.place_of, NAMES.zone_of
    yield
    NAMES.place_of, NAMES.zone_of = finders
    for held, was in zip((NAMES.guards, NAMES.effects, NAMES.births), before, strict=True):
        held.clear()
        held.update(was)  # type: ignore[arg-type]


def test_cases_with_parts_and_every_kind_of_deadline_end_up_where_their_history_says(
    registry: Registry, names_kept: None
):
    play(registry, played(WHOLE), [played(PIECE)])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("file", sorted(versions.shipped()))
def test_cases_of_a_shipped_definition_end_up_where_their_history_says(
    file: str, registry: Registry, names_kept: None
):
    texts = {parsed(text).id: text for text in map(played, versions.shipped().values())}
    text = played(versions.shipped()[file])
    waited = {step.waits_for.process for step in parsed(text).transitions if step.waits_for}
    play(registry, text, [texts[name] for name in sorted(waited)])
