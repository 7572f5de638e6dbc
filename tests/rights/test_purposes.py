"""When the purpose ends, what was kept for each consent is destroyed as after a withdrawal."""

from datetime import date

from registry.consents.rules.acts import ActKind
from registry.consents.usecases.writing import Signed
from registry.rights.models import destructions
from registry.rights.purposes import follow_purposes
from registry.rights.rules import ends_of_purpose
from registry.trail.entries import SYSTEM
from registry.workflows.clock import follow_clock
from tests.consents.conftest import Town, town
from tests.rights.test_destructions import on, only, openings_of, signed, unenrol, verified, withdraw

__all__ = ["signed", "town"]

LAST = date(2021, 8, 31)
"""Until when the consents of the programme are good."""


def test_a_purpose_ends_on_the_day_after_its_last_one_and_nobody_is_surprised() -> None:
    assert ends_of_purpose(LAST, date(2021, 9, 1)) == (date(2021, 9, 1), date(2021, 9, 30))
    assert ends_of_purpose(LAST, date(2022, 3, 1)) == (date(2021, 9, 1), date(2022, 3, 9))


def test_nothing_is_begun_while_the_purpose_lasts(town: Town, signed: Signed) -> None:
    with on(town, LAST) as last:
        follow_purposes(last.registry)
        with last.registry.reading(SYSTEM) as work:
            assert not list(destructions.every(work.connection))
    assert signed


def test_thirty_days_after_the_purpose_ended_the_evidence_is_gone_and_the_trail_verifies(
    town: Town, signed: Signed
) -> None:
    with on(town, date(2021, 9, 1)) as after:
        follow_purposes(after.registry)
        follow_purposes(after.registry)
        begun = only(after).destruction
        assert (begun.act_id, begun.last_day) == (signed.act_id, date(2021, 9, 30))
    with on(town, date(2021, 9, 30)) as day:
        follow_clock(day.registry)
        assert only(day).state == "destroyed"
        assert openings_of(day, signed.act_id) == 0
        verified(day)


def test_what_was_withdrawn_before_has_its_own_destruction_only(town: Town, signed: Signed) -> None:
    withdraw(town)
    unenrol(town, "child", date(2020, 11, 2))
    with on(town, date(2021, 9, 1)) as after:
        follow_purposes(after.registry)
        with after.registry.reading(SYSTEM) as work:
            assert not list(destructions.every(work.connection))
    assert signed.kind is ActKind.GIVEN
