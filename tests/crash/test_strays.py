"""A kill between a file and its row: it is gone a day later, and every file that a row names is there."""

from collections.abc import Callable

import pytest

from registry.jobs.strays import AGE, delete_strays
from registry.storage.failpoints import Action, Strike
from registry.storage.file_names import named_files
from registry.trail.entries import SYSTEM
from tests.clocks import Later
from tests.crash.blows import struck
from tests.crash.convergence import come_right
from tests.crash.picture import check_whole
from tests.crash.shelf import Shelf
from tests.crash.story import STAGES
from tests.crash.sweep import KINDS
from tests.crash.town import Town

LEFT = {"roster.one-file-stored": 1, "roster.files-before-row": 2, "seal.file-before-row": 1}
"""Failpoints between files and their rows, and how many files a kill leaves there."""


def stored_and_named(town: Town) -> tuple[set, frozenset]:
    with Later(2 * AGE).ticking():
        stored = town.registry.files.written_before(town.registry.now() - AGE)
    with town.registry.reading(SYSTEM) as work:
        return stored, named_files(work.connection)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", LEFT)
def test_what_a_kill_left_between_a_file_and_its_row_is_deleted_a_day_later(
    shelf_of: Callable[[str], Shelf], kind: str, name: str
):
    shelf = shelf_of(kind)
    stage = next(one for one in STAGES if name in shelf.reached[one.name])
    with shelf.before(stage) as place, struck(place, stage, Strike(name, Action.KILL)) as town:
        come_right(town, stage, Later())
        stored, named = stored_and_named(town)
        assert len(stored - named) == LEFT[name]
        with Later(AGE * 1.1).ticking():
            delete_strays(town.registry)
        left, named = stored_and_named(town)
        assert left == stored & named
        for file_id in left:
            assert town.registry.files.get(file_id)
        if stage.settles:
            check_whole(town.registry)
