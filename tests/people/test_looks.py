"""Looks at a card: one entry of the trail a reader, card and quarter of an hour, whatever races."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.people.clock import forget_old_looks
from registry.people.models.families import Family
from registry.people.models.tables import card_views
from registry.people.usecases.cards import view_card
from registry.storage.schema import metadata
from registry.trail.entries import SYSTEM, Actor, EntryType
from registry.trail.models import trail_event
from tests.clocks import Later
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office

LOOKS = 8


@pytest.fixture
def family(office: Office) -> Family:
    office.approve(book(**{"9Б": [HEADER, CLEAN]}))
    return office.families()[0]


def look(office: Office, person: UUID, reader: Actor | None = None) -> None:
    with office.registry.work(reader or office.clerk) as work:
        view_card(work, office.school, person)


def looks(office: Office) -> int:
    with office.registry.reading(SYSTEM) as work:
        leaves = work.connection.execute(select(trail_event.c.leaf)).scalars().all()
    return sum(f'"{EntryType.PERSON_VIEWED}"'.encode() in leaf for leaf in leaves)


def test_who_looks_on_within_a_quarter_of_an_hour_makes_one_entry(office: Office, family: Family):
    clock = Later()
    with clock.ticking():
        for minutes in (0, 7, 7):
            clock.waited += timedelta(minutes=minutes)
            look(office, family.student.id)
    assert looks(office) == 1


def test_the_first_look_after_a_quarter_of_an_hour_is_an_entry_however_often_was_looked_between(
    office: Office, family: Family
):
    clock = Later()
    with clock.ticking():
        for minutes, wanted in ((0, 1), (14, 1), (1, 2), (14, 2), (1, 3)):
            clock.waited += timedelta(minutes=minutes)
            look(office, family.student.id)
            assert looks(office) == wanted


def test_another_reader_and_another_card_are_looks_of_their_own(office: Office, family: Family):
    other = dataclasses.replace(office.clerk, id=UUID(int=2))
    for reader in (office.clerk, other, office.clerk, other):
        look(office, family.student.id, reader)
    assert looks(office) == 2
    look(office, family.guardians[0].person.id)
    assert looks(office) == 3


def test_a_reader_without_an_id_is_never_taken_for_an_earlier_one(office: Office, family: Family):
    for _ in range(2):
        look(office, family.student.id, SYSTEM)
    assert looks(office) == 2


def test_of_looks_at_the_same_moment_one_is_an_entry(office: Office, family: Family):
    ready = Barrier(LOOKS)

    def at_once(_: int) -> None:
        ready.wait()
        look(office, family.student.id)

    with ThreadPoolExecutor(LOOKS) as pool:
        list(pool.map(at_once, range(LOOKS)))
    assert looks(office) == 1


def test_a_look_that_came_to_nothing_does_not_hide_the_next(office: Office, family: Family):
    with suppress(ZeroDivisionError), office.registry.work(office.clerk) as work:
        view_card(work, office.school, family.student.id)
        raise ZeroDivisionError
    assert looks(office) == 0
    look(office, family.student.id)
    assert looks(office) == 1


def test_a_clock_that_ran_ahead_and_was_put_right_hides_no_look(office: Office, family: Family):
    ahead = Later(timedelta(days=30))
    with ahead.ticking():
        look(office, family.student.id)
    look(office, family.student.id)
    assert looks(office) == 2


def test_what_is_kept_of_a_look_is_ids_and_a_time() -> None:
    kept = {column.name for column in metadata.tables[card_views.name].c}
    assert kept == {"school_id", "actor_id", "subject_id", "seen_at"}


def test_rows_that_tell_no_look_from_another_any_more_are_deleted_by_the_clock(
    office: Office, family: Family
):
    clock = Later()
    with clock.ticking():
        look(office, family.student.id)
        for minutes, left in ((29, 1), (2, 0)):
            clock.waited += timedelta(minutes=minutes)
            forget_old_looks(office.registry)
            assert rows(office) == left
        look(office, family.student.id)
    assert looks(office) == 2


def rows(office: Office) -> int:
    with office.registry.reading(SYSTEM) as work:
        return len(work.connection.execute(select(card_views.c.actor_id)).all())
