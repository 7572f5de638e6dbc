"""The gate: what leaves is decided once more, and the ledger says what went and by whose acts."""

from dataclasses import replace

import pytest

from registry.consents.gate import Claim, clear, clear_withdrawal
from registry.consents.models.ledger import disclosures_of_message, disclosures_of_person
from registry.consents.rules.acts import ActKind
from registry.errors import ConflictError
from registry.programmes.usecases import programme_of
from registry.trail.entries import SYSTEM
from registry.transports.cleared import Cleared
from tests.consents.conftest import AGREEMENT, MESH, OWN, C, S, Town, confirm_everything


@pytest.fixture
def decided(town: Town) -> Town:
    """Everybody has decided: the child is included, the teenager and the adult are not."""
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.give("mother", OWN, "child")
    town.say("mother", town.where("mother", C, "teen"), ActKind.REFUSED)
    town.say("adult", town.where("adult", S), ActKind.REFUSED)
    return town


def claim(town: Town, **changes: object) -> Claim:
    with town.registry.reading(SYSTEM) as work:
        receiver = programme_of(work, town.school, MESH).receiver.name
        usual = Claim(
            work.new_id(), town.school, MESH, "file", "0" * 64, receiver, frozenset({town.people["child"]})
        )
    return replace(usual, **changes)


def cleared(town: Town, wanted: Claim) -> Cleared:
    with town.work() as work:
        return clear(work, wanted)


@pytest.mark.proves("S1-01", "S1-22")
def test_a_message_that_is_what_was_decided_leaves_and_the_ledger_names_the_acts(decided: Town):
    wanted = claim(decided)
    assert cleared(decided, wanted).message_id == wanted.message_id
    with decided.registry.reading(SYSTEM) as work:
        rows = disclosures_of_message(work.connection, decided.school, wanted.message_id)
        mine = disclosures_of_person(work.connection, decided.school, decided.people["mother"])

    notices = {act_id: act.notice for act_id, act in decided.decisions()["child"].acts.items()}
    said = {
        row["person_id"]: ([notices[type(row["person_id"])(act)] for act in row["act_ids"]], row["field_set"])
        for row in rows
    }
    assert said == {
        decided.people["child"]: ([C], "mesh-2020/1.1/student"),
        decided.people["mother"]: ([OWN], "mesh-2020/1.1/guardian"),
    }
    assert [row["message_id"] for row in mine] == [wanted.message_id]


def test_another_attempt_with_the_same_message_finds_its_ledger(decided: Town):
    wanted = claim(decided)
    cleared(decided, wanted)
    cleared(decided, wanted)
    with decided.registry.reading(SYSTEM) as work:
        assert len(disclosures_of_message(work.connection, decided.school, wanted.message_id)) == 2


@pytest.mark.proves("S1-01", "S1-12")
def test_an_act_since_the_freeze_stops_the_message(decided: Town):
    wanted = claim(decided)
    decided.say("mother", decided.where("mother", C, "child"), ActKind.WITHDRAWN)

    with pytest.raises(ConflictError) as refused:
        cleared(decided, wanted)
    assert refused.value.slug == "not-cleared"
    with decided.registry.reading(SYSTEM) as work:
        assert not disclosures_of_message(work.connection, decided.school, wanted.message_id)


@pytest.mark.proves("S1-12")
def test_neither_a_subset_nor_a_stranger_nor_another_receiver_passes(decided: Town):
    for changes in (
        {"students": frozenset()},
        {"students": frozenset({decided.people["child"], decided.people["teen"]})},
        {"receiver": "Кто-то другой"},
    ):
        with pytest.raises(ConflictError):
            cleared(decided, claim(decided, **changes))


@pytest.mark.proves("S1-10", "S1-11")
def test_while_anybody_is_open_nothing_leaves(town: Town):
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.give("mother", OWN, "child")

    with pytest.raises(ConflictError):
        cleared(town, claim(town))


def test_a_withdrawal_names_nobody(town: Town):
    with town.work() as work:
        assert clear_withdrawal(work, claim(town, students=frozenset()))
    with pytest.raises(ConflictError), town.work() as work:
        clear_withdrawal(work, claim(town))
