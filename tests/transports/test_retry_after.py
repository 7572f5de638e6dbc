from datetime import timedelta

import pytest

from registry.transports.retry_after import LONGEST_WAIT, asked_wait

DATE = "Mon, 02 Nov 2020 10:00:00 GMT"


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("999999999999999999999999", LONGEST_WAIT),
        ("Mon, 02 Nov 2020 10:05:00 GMT", timedelta(minutes=5)),
        ("Tue, 02 Nov 2038 10:05:00 GMT", LONGEST_WAIT),
        ("Mon, 02 Nov 2020 09:00:00 GMT", timedelta(0)),
    ],
)
def test_a_wait_is_read_in_seconds_or_as_a_date_and_never_above_an_hour(said: str, wait: timedelta) -> None:
    assert asked_wait({"retry-after": said, "date": DATE}) == wait


@pytest.mark.parametrize("said", ["", "-5", "soon", "1.5", "٣", "Mon, 99 Nov 2020 10:05:00 GMT"])
def test_a_wait_that_cannot_be_read_is_none(said: str) -> None:
    assert asked_wait({"retry-after": said, "date": DATE}) == timedelta(0)


def test_a_date_counts_from_the_answers_own_clock() -> None:
    """The receiver's clock may be wrong by years: the wait that it means is told by its two dates."""
    late = {"retry-after": "Mon, 02 Nov 1998 10:00:30 GMT", "date": "Mon, 02 Nov 1998 10:00:00 GMT"}
    assert asked_wait(late) == timedelta(seconds=30)
    assert asked_wait({"retry-after": DATE}) == timedelta(0)
