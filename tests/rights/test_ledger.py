"""The ledger answers which fields of whom left on which acts, and who must be told of an end."""

import pytest

from registry.consents.gate import clear
from registry.consents.rules.acts import ActKind
from registry.errors import NotFoundError
from registry.rights import ledger
from registry.rights.models import disclosed
from registry.rights.rules import Receiver, Told
from registry.trail.entries import SYSTEM
from tests.consents.conftest import OWN, C, Town, town
from tests.consents.test_gate import claim, decided

__all__ = ["decided", "town"]


def test_the_ledger_names_fields_and_acts_of_each_person_in_a_message(decided: Town) -> None:
    wanted = claim(decided)
    with decided.work() as work:
        clear(work, wanted)
    child, mother = decided.people["child"], decided.people["mother"]
    with decided.registry.reading(SYSTEM) as work:
        (message,) = disclosed.messages_of(work.connection, decided.school)
        lines = ledger.lines_of_message(work, decided.school, wanted.message_id)
        of_student = ledger.lines_of_student(work, decided.school, child)
    assert (message.message_id, message.persons) == (wanted.message_id, 2)
    said = {one.disclosure.person_id: one for one in lines}
    assert [act.notice for act in said[child].acts] == [C]
    assert [act.notice for act in said[mother].acts] == [OWN]
    assert all(act.kind is ActKind.GIVEN for one in lines for act in one.acts)
    assert "class_name" in said[child].fields
    assert "relation" in said[mother].fields
    assert {"snils", "email", "phone"} <= {*said[child].fields} & {*said[mother].fields}
    assert {one.disclosure.person_id for one in of_student} == {child, mother}


def test_nobody_has_to_be_told_who_was_given_nothing(decided: Town) -> None:
    with decided.registry.reading(SYSTEM) as work:
        (standing,) = ledger.standing_of_student(work, decided.school, decided.people["child"])
        assert standing.receivers == standing.waits == ()
        with pytest.raises(NotFoundError):
            ledger.lines_of_message(work, decided.school, work.new_id())


def test_who_was_not_told_or_has_not_confirmed_still_waits(decided: Town) -> None:
    message = decided.school
    every = tuple(Receiver("получатель", message, told) for told in Told)
    standing = ledger.Standing("mesh-2020", every)
    assert {one.told for one in standing.waits} == {Told.NOT_TOLD, Told.TOLD, Told.BY_HAND}
