"""A trigger that fails the inserts into one table, each in turn: no half-state, and then it goes on."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from registry.storage.every_table import import_tables
from registry.storage.schema import metadata
from tests.clocks import Later
from tests.conftest import PROFILE
from tests.crash.convergence import come_right
from tests.crash.failing import failing_inserts
from tests.crash.picture import check_agreed, picture_of
from tests.crash.shelf import Shelf
from tests.crash.story import STAGES
from tests.crash.sweep import KINDS, of_today
from tests.crash.test_sweep import compare

import_tables()
BESIDE = {
    "users": "staff; the story acts as staff without signing in",
    "role_assignments": "the same",
    "user_links": "the same",
    "recovery_codes": "the same",
    "api_tokens": "of programs; the story's staff act through pages",
    "sessions": "of browsers; tests/faults/test_failing_inserts.py signs through the pages",
    "idempotency_answers": "the same",
    "tries": "of passwords and links",
    "card_views": "looks at cards; the story looks at none",
    "collisions": "the story's numbers and contacts are all different",
    "collision_tasks": "the same",
    "esia_accounts": "the story's people have no account at ESIA",
    "esia_logins": "the same",
    "identifications": "the same",
    "school_accounts": "nobody notes the school's account in it",
    "erasures": "nobody asks for one",
    "conflict_documents": "the story's guardians have no other guardian to differ with",
    "roster_held_rows": "the story's list has no row in error",
    "brought_answers": "of ways by hand; the story sends over HTTPS",
    "submission_tasks": "what the platform sends back for mending; it takes everything here",
    "reminders": "the story jumps over the days of reminders; tests/consents/test_requests.py",
    "reminded_requests": "the same",
    "workflow_drafts": "nobody edits a process in it",
    "workflow_migrations": "nobody moves cases to another version",
    "case_counts": "only processes with a great many cases are counted ahead",
    "notice_drafts": "nobody edits a text in it",
    "notice_changes": "the same",
    "special_needs": "nobody needs it",
    "openpgp_keys": "made before the story",
    "leases": "of the one worker that leads; the story has one worker only",
    "trail_epoch": "of a restored trail",
    "trail_tree": "has its one row from the start",
}
"""Tables into which the story inserts nothing, each with the reason."""
TABLES = [table.name for table in metadata.sorted_tables if table.name not in BESIDE]
SWEEP = [(table, kind) for table in TABLES for kind in KINDS]


@pytest.mark.parametrize(
    ("table", "kind"), [one for one in SWEEP if PROFILE == "deep" or of_today(one[0], "insert", one[1])]
)
def test_inserts_that_fail_leave_nothing_half_written_and_the_step_goes_through_when_they_do_not(
    shelf_of: Callable[[str], Shelf], table: str, kind: str
):
    shelf = shelf_of(kind)
    stage = next(one for one in STAGES if table in shelf.written[one.name])
    with shelf.before(stage) as place:
        town = place.open()
        with failing_inserts(town.registry.engine, table) as said, suppress(Exception):
            stage.tell(town)
        assert said, f"{table} was not written in {stage.name}"
        check_agreed(town.registry)
        come_right(town, stage, Later())
        compare(shelf, stage, place, town)
        assert max(place.mailbox.copies().values(), default=1) <= 2
        town.registry.engine.dispose()


@pytest.mark.parametrize("kind", KINDS)
def test_the_story_writes_every_table_that_is_not_named_with_a_reason(
    shelf_of: Callable[[str], Shelf], kind: str
):
    assert set().union(*shelf_of(kind).written.values()) == set(TABLES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_that_inserts_are_refused_to_stands_as_before(shelf_of: Callable[[str], Shelf], kind: str):
    """The check itself: the act that could not be told to the trail is not there."""
    shelf, stage = shelf_of(kind), next(one for one in STAGES if one.name == "acts")
    with shelf.before(stage) as place:
        town = place.open()
        before = picture_of(town.registry, place.mailbox, place.platform)
        with failing_inserts(town.registry.engine, "trail_event"), suppress(Exception):
            stage.tell(town)
        assert picture_of(town.registry, place.mailbox, place.platform) == before
        town.registry.engine.dispose()
