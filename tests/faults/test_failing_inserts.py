"""The last click while the inserts into one table fail: an answer in words, nothing done, then it goes."""

import pytest

from benchmarks.consents.seeding import Waiting
from registry.work import Registry
from tests.crash.failing import failing_inserts
from tests.faults.test_cut_requests import SEE_OTHER, acts_of, exchange, guardians, served, sign_form
from tests.owner import owner_of

__all__ = ["guardians"]

WRITTEN = ("acts", "idempotency_answers", "trail_event", "trail_object", "trail_opening", "trail_queue")
"""What a last click writes."""
REFUSED = (b"HTTP/1.1 409", b"HTTP/1.1 500")
"""What SQLite says of a trigger reads like a broken rule, what PostgreSQL says like an error of ours."""


@pytest.mark.parametrize("table", WRITTEN)
def test_a_click_whose_inserts_fail_is_answered_in_words_and_goes_through_afterwards(
    registry: Registry,
    guardians: list[Waiting],
    table: str,
) -> None:
    one = guardians[0]
    with served(registry) as (port, _):
        signing = sign_form(registry, one).bytes_for(port)
        with owner_of(registry) as owner, failing_inserts(owner, table):
            told = exchange(port, signing)
            assert told.startswith(REFUSED), told[:200]
            assert "<h1" in told.decode()
            assert "struck" not in told.decode()
            assert acts_of(registry, one) == 0
        assert exchange(port, signing).startswith(SEE_OTHER)
        assert acts_of(registry, one) == 1
