"""Special educational needs: a document on the card, and who may be handed a student's credentials."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from registry.consents.rules.capacity import Capacity, may_receive
from registry.consents.rules.families import Card, Family, Guardian
from registry.consents.usecases.receiving import receivers_of
from registry.errors import ForbiddenError, InvalidError
from registry.people.models.families import family_of
from registry.people.usecases.special_needs import (
    SpecialNeedsSaid,
    end_special_needs,
    note_special_needs,
)
from tests.consents.conftest import Town

DAY = date(2020, 11, 2)
STUDENT, MOTHER, STRANGER = (UUID(int=number) for number in (1, 2, 3))
YOUNG, OLD = date(2006, 11, 3), date(2006, 11, 2)
"""On the day one is thirteen, the other has his 14th birthday."""


@pytest.mark.proves("S3-05")
@pytest.mark.parametrize(
    ("born", "needs", "person", "answer"),
    [
        (YOUNG, False, MOTHER, Capacity.GUARDIAN),
        (YOUNG, False, STUDENT, "too-young"),
        (OLD, False, MOTHER, "his-own"),
        (OLD, False, STUDENT, Capacity.HIMSELF),
        (OLD, True, MOTHER, Capacity.GUARDIAN),
        (OLD, True, STUDENT, Capacity.HIMSELF),
        (date(2000, 1, 1), True, MOTHER, Capacity.GUARDIAN),
        (OLD, True, STRANGER, "no-authority"),
        (YOUNG, False, STRANGER, "no-authority"),
    ],
)
def test_under_14_a_parent_receives_from_14_the_student_and_with_special_needs_a_parent_too(
    *, born: date, needs: bool, person: UUID, answer: Capacity | str
) -> None:
    """S3-05: the 14th birthday is the boundary; a document of special needs lets a parent at any age."""
    guardians = (Guardian(Card(MOTHER)),)
    of = Family(Card(STUDENT), born, 7, enrolled=True, guardians=guardians, special_needs=needs)
    if isinstance(answer, Capacity):
        assert may_receive(of, person, DAY) is answer
        return
    with pytest.raises(ForbiddenError) as refused:
        may_receive(of, person, DAY)
    assert refused.value.slug == answer


@pytest.mark.proves("S3-05")
def test_a_document_on_the_card_counts_within_its_term(town: Town) -> None:
    """S3-05: the marking has its document and its term; without one a student of 15 receives himself."""

    def receive() -> set[UUID]:
        with town.work() as work:
            family = family_of(work.connection, work.vault, town.school, town.people["teen"], DAY)
            return {one.id for one in receivers_of(work, family)}

    assert receive() == {town.people["teen"]}
    with town.work(town.tutor()) as work:
        said = SpecialNeedsSaid("заключение ПМПК № 12 от 01.09.2020", DAY, DAY + timedelta(days=30))
        noted = note_special_needs(work, town.school, town.people["teen"], said)
    assert receive() == {town.people["teen"], town.people["mother"]}
    with town.work(town.tutor()) as work:
        before = SpecialNeedsSaid("заключение", DAY - timedelta(days=9), DAY - timedelta(days=1))
        note_special_needs(work, town.school, town.people["adult"], before)
        end_special_needs(work, town.school, (town.people["teen"], noted), DAY)
    assert receive() == {town.people["teen"], town.people["mother"]}


def test_a_document_without_words_or_with_a_term_that_runs_backwards_is_refused(town: Town) -> None:
    backwards = SpecialNeedsSaid("а", DAY, DAY - timedelta(days=1))
    wrong = (SpecialNeedsSaid(" ", DAY), SpecialNeedsSaid("я" * 501, DAY), backwards)
    for said in wrong:
        with pytest.raises(InvalidError), town.work(town.tutor()) as work:
            note_special_needs(work, town.school, town.people["child"], said)
