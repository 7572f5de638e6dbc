"""What a signer may do, and what staff may declare invalid."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from registry.consents.rules.acts import Act, ActKind
from registry.consents.rules.capacity import Asked, Capacity, age_of, asked_of
from registry.consents.rules.families import Card, Family, Guardian
from registry.consents.rules.signing import Signature, give, invalidate, refuse, withdraw
from registry.errors import ConflictError, ForbiddenError, InvalidError
from registry.programmes.rules import AgreementBy, Means, NoticeKind, Programme
from registry.programmes.shipped import shipped_definitions

MESH = shipped_definitions()[0].parse()
DAY = date(2020, 11, 2)
STUDENT, MOTHER, STRANGER, TUTOR, DEPUTY = (UUID(int=number) for number in range(1, 6))
C, S, OWN = NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.STUDENT_SELF, NoticeKind.GUARDIAN_SELF
AGREEMENT = NoticeKind.CODE_AGREEMENT
PAPER = Signature(Means.PAPER, DAY, DAY)
CODE = Signature(Means.CODE, DAY, DAY)
CHILD = Family(Card(STUDENT), date(2008, 1, 1), 7, enrolled=True, guardians=(Guardian(Card(MOTHER)),))
TEENAGER = replace(CHILD, birth_date=date(2005, 1, 1))
ADULT = replace(CHILD, birth_date=date(2002, 1, 1))


def asked(
    family: Family = CHILD,
    notice: NoticeKind = C,
    signer: UUID = MOTHER,
    programme: Programme = MESH,
    day: date = DAY,
) -> Asked:
    return Asked(programme, family, notice, signer, age_of(programme, family.birth_date, day))


def act(number: int, notice: NoticeKind, kind: ActKind, signer: UUID = MOTHER, **changes: object) -> Act:
    when = datetime(2020, 10, 1, tzinfo=UTC) + timedelta(days=number)
    usual = Act(UUID(int=100 + number), notice, signer, STUDENT, kind, Means.PAPER, when.date(), when)
    return replace(usual, **changes)


def test_a_guardian_gives_on_paper():
    drafted = give(asked(), [], PAPER)

    assert drafted.kind is ActKind.GIVEN
    assert drafted.capacity is Capacity.GUARDIAN
    assert drafted.age == 12


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (asked(signer=STRANGER), "no-authority"),
        (asked(replace(CHILD, guardians=(Guardian(Card(MOTHER), barred=True),))), "no-authority"),
        (
            asked(replace(CHILD, guardians=(Guardian(Card(MOTHER), until=DAY - timedelta(days=1)),))),
            "no-authority",
        ),
        (asked(ADULT), "adult"),
        (asked(CHILD, S, STUDENT), "too-young"),
        (asked(TEENAGER, S, MOTHER), "not-himself"),
        (asked(CHILD, AGREEMENT, STUDENT), "too-young"),
    ],
)
def test_who_may_not_act_for_a_student_is_refused(case: Asked, code: str):
    for attempt in (give, refuse):
        with pytest.raises(ForbiddenError) as refused:
            attempt(case, [], PAPER)
        assert refused.value.slug == code


@pytest.mark.proves("S1-02")
def test_a_student_signs_for_himself_on_his_14th_birthday_and_not_a_day_before():
    family = replace(CHILD, birth_date=date(2006, 11, 2))

    assert give(asked(family, S, STUDENT), [], PAPER).capacity is Capacity.HIMSELF
    with pytest.raises(ForbiddenError):
        give(asked(family, S, STUDENT, day=DAY - timedelta(days=1)), [], PAPER)


def test_a_code_signs_only_under_an_agreement_concluded_before_and_still_standing():
    concluded = act(0, AGREEMENT, ActKind.GIVEN, about=MOTHER, means=Means.CODE)

    with pytest.raises(ConflictError) as refused:
        give(asked(), [], CODE)
    assert refused.value.slug == "no-agreement"
    assert give(asked(), [concluded], CODE).agreement == concluded.id

    ended = act(1, AGREEMENT, ActKind.WITHDRAWN, about=MOTHER)
    void = act(1, AGREEMENT, ActKind.INVALIDATED, invalidates=concluded.id)
    for later in (ended, void):
        with pytest.raises(ConflictError):
            give(asked(), [concluded, later], CODE)


def test_a_refusal_needs_no_agreement():
    assert refuse(asked(), [], CODE).kind is ActKind.REFUSED


def test_the_agreement_is_concluded_online_only_where_the_programme_allows_it():
    case = asked(notice=AGREEMENT)
    on_paper = replace(MESH, code_agreement=AgreementBy.PAPER)

    assert give(case, [], CODE).agreement is None
    with pytest.raises(ConflictError) as refused:
        give(replace(case, programme=on_paper), [], CODE)
    assert refused.value.slug == "agreement-on-paper"
    assert give(replace(case, programme=on_paper), [], PAPER)


def test_a_programme_narrowed_to_paper_takes_no_code():
    narrow = replace(MESH, accepts=frozenset({Means.PAPER, Means.QUALIFIED}))

    with pytest.raises(ConflictError) as refused:
        give(asked(programme=narrow), [act(0, AGREEMENT, ActKind.GIVEN, about=MOTHER)], CODE)
    assert refused.value.slug == "means"


def test_nothing_is_said_twice_and_only_what_stands_given_is_withdrawn():
    given_before = [act(0, C, ActKind.GIVEN)]
    refused_before = [act(0, C, ActKind.REFUSED)]

    assert withdraw(asked(), given_before, PAPER).kind is ActKind.WITHDRAWN
    for attempt, history in (
        (give, given_before),
        (refuse, given_before),
        (refuse, refused_before),
        (withdraw, []),
        (withdraw, refused_before),
        (withdraw, [*given_before, act(1, C, ActKind.WITHDRAWN)]),
    ):
        with pytest.raises(ConflictError):
            attempt(asked(), history, PAPER)
    assert give(asked(), refused_before, PAPER)
    assert give(asked(), [*given_before, act(1, C, ActKind.WITHDRAWN)], PAPER)


def test_a_guardian_may_still_withdraw_when_his_authority_has_ended():
    ended = replace(CHILD, guardians=(Guardian(Card(MOTHER), until=DAY - timedelta(days=9)),))

    assert withdraw(asked(ended), [act(0, C, ActKind.GIVEN)], PAPER)


def test_an_invalidated_consent_can_be_given_again():
    first = act(0, C, ActKind.GIVEN)

    assert give(asked(), [first, act(1, C, ActKind.INVALIDATED, invalidates=first.id)], PAPER)


def test_a_paper_from_the_future_or_from_before_the_programme_is_refused():
    with pytest.raises(InvalidError):
        give(asked(), [], Signature(Means.PAPER, DAY + timedelta(days=1), DAY))
    with pytest.raises(ConflictError):
        give(asked(), [], Signature(Means.PAPER, date(2020, 8, 31), DAY))
    with pytest.raises(ConflictError):
        give(asked(), [], Signature(Means.PAPER, date(2021, 9, 1), date(2021, 9, 1)))


def test_a_student_who_left_is_not_asked_but_may_take_back():
    left = replace(CHILD, enrolled=False)

    with pytest.raises(ConflictError):
        give(asked(left), [], PAPER)
    assert withdraw(asked(left), [act(0, C, ActKind.GIVEN)], PAPER)


def test_an_act_is_declared_invalid_by_a_second_person_once():
    target = act(0, C, ActKind.GIVEN)
    void = act(1, C, ActKind.INVALIDATED, invalidates=target.id)

    invalidate(target, [target], recorded_by=TUTOR, by=DEPUTY)
    for recorder, by in ((TUTOR, TUTOR), (None, MOTHER)):
        with pytest.raises(ForbiddenError):
            invalidate(target, [target], recorded_by=recorder, by=by)
    with pytest.raises(ConflictError):
        invalidate(target, [target, void], recorded_by=TUTOR, by=DEPUTY)
    with pytest.raises(ConflictError):
        invalidate(void, [target, void], recorded_by=TUTOR, by=DEPUTY)


@pytest.mark.proves("S1-01", "S1-02")
@pytest.mark.parametrize(
    ("family", "wanted"),
    [
        (CHILD, {(MOTHER, C), (MOTHER, OWN)}),
        (TEENAGER, {(MOTHER, C), (MOTHER, OWN), (STUDENT, S)}),
        (ADULT, {(STUDENT, S)}),
        (replace(CHILD, enrolled=False), set()),
        (replace(CHILD, grade=12), set()),
        (replace(CHILD, birth_date=None), set()),
    ],
)
def test_the_right_documents_are_asked_of_the_right_people(
    family: Family, wanted: set[tuple[UUID, NoticeKind]]
):
    assert set(asked_of(MESH, family, DAY)) == wanted


def test_what_was_said_about_one_child_does_not_bind_for_another():
    sister = replace(CHILD, student=Card(UUID(int=9)))
    about_brother = [act(0, C, ActKind.GIVEN)]

    assert give(asked(sister), about_brother, PAPER)
    with pytest.raises(ConflictError):
        withdraw(asked(sister), about_brother, PAPER)
