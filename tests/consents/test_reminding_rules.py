"""Whom a reminder may go to, how often, and when it stays away; the rules alone."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from registry.consents.rules.reminding import (
    MOST,
    Occasion,
    Reminder,
    Silence,
    Turn,
    out_of_night,
    silence_of,
    turn_of,
)

DAY = date(2020, 10, 12)
ASKED = date(2020, 10, 1)
ONE, OTHER, SIGNER = UUID(int=1), UUID(int=2), UUID(int=9)
BY_CLOCK, BY_HAND = Occasion(DAY, by_hand=False), Occasion(DAY, by_hand=True)
OCCASIONS = (BY_CLOCK, BY_HAND)
VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")


def reminder(days_ago: int, *requests: UUID, by_hand: bool = False) -> Reminder:
    about = frozenset(requests or (ONE,))
    return Reminder(UUID(int=100 + days_ago), SIGNER, DAY - timedelta(days=days_ago), by_hand, about)


def turn(*told: Reminder, occasion: Occasion | None = None, asked_on: date = ASKED) -> Turn:
    return turn_of(ONE, asked_on, told, occasion or BY_CLOCK)


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_nobody_is_reminded_of_one_thing_twice_on_a_day(occasion: Occasion):
    assert turn(occasion=occasion) is Turn.LETTER
    assert turn(reminder(0), occasion=occasion) is Turn.NOTHING


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_a_second_child_joins_the_letter_of_the_day(occasion: Occasion):
    assert turn(reminder(0, OTHER), occasion=occasion) is Turn.JOIN


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_there_is_a_cap_for_each_request(occasion: Occasion):
    told = [reminder(4 + number) for number in range(MOST)]
    assert turn(*told[1:], occasion=occasion) is Turn.LETTER
    assert turn(*told, occasion=occasion) is Turn.NOTHING
    assert turn(*told[1:], reminder(20, OTHER), occasion=occasion) is Turn.LETTER


def test_a_button_that_would_reach_nobody_says_why():
    today, full = reminder(0), [reminder(4 + number) for number in range(MOST)]
    assert silence_of([], [(SIGNER, True)], DAY) is None
    assert silence_of([], [(SIGNER, False)], DAY) is Silence.NOWHERE
    assert silence_of([today], [(SIGNER, True)], DAY) is Silence.TODAY
    assert silence_of([today], [(SIGNER, True), (OTHER, True)], DAY) is None
    assert silence_of(full, [(SIGNER, True), (OTHER, False)], DAY) is Silence.ENOUGH


@pytest.mark.parametrize(("days_ago", "wanted"), [(1, Turn.NOTHING), (3, Turn.NOTHING), (4, Turn.LETTER)])
def test_a_reminder_by_hand_stands_for_the_automatic_one_within_three_days(days_ago: int, wanted: Turn):
    told = reminder(days_ago, by_hand=True)
    assert turn(told) is wanted
    assert turn(told, occasion=BY_HAND) is Turn.LETTER, "a person may remind whenever he likes"
    assert turn(reminder(days_ago)) is Turn.LETTER, "an automatic one stands for nothing else"


def test_on_the_day_of_asking_the_invitation_is_enough():
    assert turn(asked_on=DAY) is Turn.NOTHING
    assert turn(asked_on=DAY, occasion=BY_HAND) is Turn.LETTER


@pytest.mark.parametrize(
    ("local", "wanted"),
    [
        ((12, 8, 59), (12, 9, 0)),
        ((12, 9, 0), (12, 9, 0)),
        ((12, 20, 59), (12, 20, 59)),
        ((12, 21, 0), (13, 9, 0)),
        ((12, 0, 0), (12, 9, 0)),
    ],
)
def test_at_night_a_reminder_waits_for_the_morning(local: tuple[int, int, int], wanted: tuple[int, int, int]):
    def at(day: int, hour: int, minute: int) -> datetime:
        return datetime(2020, 10, day, hour, minute, tzinfo=VLADIVOSTOK).astimezone(UTC)

    assert out_of_night(at(*local), VLADIVOSTOK) == at(*wanted)
