"""The class of identification and the kind of signature: never better than what was recorded."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from registry.consents.rules.acts import ActKind
from registry.consents.rules.evidence import (
    CODES,
    RANKS,
    Check,
    Grounds,
    Identified,
    SignatureKind,
    identified,
    signature_kind,
)
from registry.programmes.rules import Means, NoticeKind

KNOWN = st.sampled_from([True, False, None])
GROUNDS = st.builds(
    Grounds,
    kind=st.sampled_from([ActKind.GIVEN, ActKind.REFUSED, ActKind.WITHDRAWN]),
    notice=st.sampled_from(NoticeKind),
    means=st.just(Means.CODE),
    checks=st.frozensets(st.sampled_from(Check)),
    link_seen=KNOWN,
    contact_by_staff=KNOWN,
    agreed=st.booleans(),
)
OWN = Grounds(
    ActKind.GIVEN,
    NoticeKind.STUDENT_BY_GUARDIAN,
    Means.CODE,
    frozenset({Check.LINK, Check.SMS_CODE}),
    link_seen=False,
    contact_by_staff=False,
    agreed=True,
)


def rank(grounds: Grounds) -> int:
    return RANKS.index(identified(grounds))


def test_a_code_on_ones_own_contact_counts_for_more_than_one_that_passed_through_staff() -> None:
    assert identified(OWN) is Identified.OWN_CODE
    for touched in (replace(OWN, link_seen=True), replace(OWN, contact_by_staff=True)):
        assert identified(touched) is Identified.CODE_BY_STAFF
    assert identified(replace(OWN, link_seen=None)) is Identified.CODE_UNSURE
    assert identified(replace(OWN, checks=frozenset({Check.LINK}))) is Identified.LINK
    assert identified(replace(OWN, checks=frozenset())) is Identified.UNKNOWN


@given(GROUNDS, st.sampled_from(Check))
def test_a_check_that_was_not_passed_never_makes_the_class_better(grounds: Grounds, check: Check) -> None:
    assert rank(replace(grounds, checks=grounds.checks - {check})) <= rank(grounds)


@given(GROUNDS, st.sampled_from(["link_seen", "contact_by_staff"]))
def test_what_staff_saw_or_is_not_known_never_makes_the_class_better(grounds: Grounds, what: str) -> None:
    not_seen, unknown, seen = (rank(replace(grounds, **{what: one})) for one in (False, None, True))
    assert seen <= unknown <= not_seen


@given(GROUNDS)
def test_without_a_code_nobody_is_said_to_have_entered_one(grounds: Grounds) -> None:
    found = identified(replace(grounds, checks=grounds.checks - CODES))
    assert found in {Identified.LINK, Identified.UNKNOWN}


def test_what_an_act_is_signed_with_is_told_as_it_was() -> None:
    concluding = replace(OWN, agreed=False, notice=NoticeKind.CODE_AGREEMENT)
    kinds = {
        signature_kind(OWN): SignatureKind.AGREED_CODE,
        signature_kind(replace(OWN, agreed=False, kind=ActKind.REFUSED)): SignatureKind.BARE_CODE,
        signature_kind(concluding): SignatureKind.FIRST_CODE,
        signature_kind(replace(OWN, means=Means.PAPER)): SignatureKind.HAND,
        signature_kind(replace(OWN, means=Means.QUALIFIED)): SignatureKind.FILE,
        signature_kind(replace(OWN, means=Means.QUALIFIED, verified=True)): SignatureKind.QUALIFIED,
        signature_kind(replace(OWN, kind=ActKind.INVALIDATED)): SignatureKind.NONE,
    }
    assert [found for found, wanted in kinds.items() if found is not wanted] == []
    assert len(kinds) == len(SignatureKind)
    assert identified(replace(OWN, means=Means.PAPER)) is Identified.PAPER
    assert identified(replace(OWN, means=Means.QUALIFIED)) is Identified.FILE
    assert identified(replace(OWN, kind=ActKind.INVALIDATED)) is Identified.STAFF
