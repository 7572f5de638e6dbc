"""The decision table, against a second and naive statement of it, and example by example."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from registry.consents.rules.acts import Act, ActKind
from registry.consents.rules.decisions import State, decide
from registry.consents.rules.families import Card, Family, Guardian
from registry.consents.rules.parts import Reason
from registry.programmes.rules import Means, NoticeKind, OnMajor, Programme, Quorum, Signers
from registry.programmes.shipped import shipped_definitions

MESH = shipped_definitions()[0].parse()
ALL_GUARDIANS = replace(
    MESH,
    signer_rules=(
        replace(
            MESH.signer_rules[0],
            under_14=Signers(Quorum.ALL, student=False),
            from_14=Signers(Quorum.ALL, student=True),
        ),
    ),
)
TWO_WITH_DATA = replace(MESH, fields=replace(MESH.fields, guardians_under_18=2))
NO_GUARDIAN_DATA = replace(MESH, fields=replace(MESH.fields, guardians_under_18=0))
DAY = date(2020, 11, 2)
STUDENT = UUID(int=1)
MOTHER = UUID(int=2)
FATHER = UUID(int=3)
GRANDMOTHER = UUID(int=4)
FIELDS = frozenset({"last_name", "first_name", "birth_date", "snils", "email", "phone"})
CONFIRMED = frozenset({"email", "phone"})
C, S, OWN = NoticeKind.STUDENT_BY_GUARDIAN, NoticeKind.STUDENT_SELF, NoticeKind.GUARDIAN_SELF
GIVEN, REFUSED, WITHDRAWN, INVALIDATED = ActKind
Words = tuple[UUID, NoticeKind, ActKind]
BORN = {13: date(2007, 1, 1), 15: date(2005, 1, 1), 18: date(2002, 1, 1)}


def whole(person: UUID) -> Card:
    return Card(person, FIELDS, CONFIRMED)


def family(age: int = 13, **changes: object) -> Family:
    usual = Family(
        whole(STUDENT),
        BORN[age],
        7,
        enrolled=True,
        guardians=(Guardian(whole(MOTHER)), Guardian(whole(FATHER))),
    )
    return replace(usual, **changes)


def act(number: int, who: UUID, notice: NoticeKind, kind: ActKind, **changes: object) -> Act:
    usual = Act(
        id=UUID(int=1000 + number),
        notice=notice,
        signer=who,
        about=STUDENT,
        kind=kind,
        means=Means.PAPER,
        on_day=date(2020, 10, 1) + timedelta(days=number),
        recorded_at=datetime(2020, 10, 1, tzinfo=UTC) + timedelta(days=number),
    )
    return replace(usual, **changes)


def acts(*said: Words) -> list[Act]:
    return [act(number, *one) for number, one in enumerate(said)]


def state(of: Family, *said: Words, programme: Programme = MESH, day: date = DAY) -> State:
    return decide(of, acts(*said), programme, day).state


# The table, naively: every condition of its rows spelled out, one after another.


lapsing: set[NoticeKind] = set()
"""Documents whose first text counts no more in the programme that is decided on."""


def naive_standing(history: Sequence[Act], notice: NoticeKind, person: UUID) -> Act | None:
    void = [one.invalidates for one in history if one.kind is INVALIDATED]
    mine = [
        one
        for one in history
        if one.notice is notice
        and one.signer == person
        and one.kind is not INVALIDATED
        and one.id not in void
        and not (
            one.kind is GIVEN and one.means is Means.CODE and (one.agreement is None or one.agreement in void)
        )
    ]
    mine.sort(key=lambda one: (one.on_day, one.recorded_at, one.id))
    last = mine[-1] if mine else None
    if last and last.kind is GIVEN and last.notice_version == "1.0" and notice in lapsing:
        return None
    return last


def naive_full_years(birth: date, day: date) -> int:
    years = day.year - birth.year
    if (day.month, day.day) < (birth.month, birth.day):
        years -= 1
    return years


def naive(of: Family, history: Sequence[Act], programme: Programme, day: date) -> str:  # noqa: C901, PLR0911, PLR0912 - the table in one piece
    if of.opted_out:
        return "not_required"
    if not of.enrolled or (programme.grades and of.grade is not None and of.grade not in programme.grades):
        return "not_required"
    age = naive_full_years(of.birth_date, day)
    rule = programme.signer_rules[-1]
    quorum = (rule.under_14 if age < 14 else rule.from_14).guardians
    g = [
        one
        for one in of.guardians
        if not one.barred
        and (one.since is None or one.since <= day)
        and (one.until is None or day <= one.until)
    ]
    c_acts = [found for one in g if (found := naive_standing(history, C, one.person))]
    c_given = [one for one in c_acts if one.kind is GIVEN]
    c_no = [one for one in c_acts if one.kind in (REFUSED, WITHDRAWN)]
    settled = [one for one in c_acts if one.signer == of.settled_by]
    if c_given and c_no and settled:
        c_given = [one for one in settled if one.kind is GIVEN]
        c_no = [one for one in settled if one.kind is not GIVEN]
        c = "yes" if c_given else "no"
    elif c_given and c_no:
        c = "conflict"
    elif c_no:
        c = "no"
    elif c_given:
        c = "yes" if quorum is Quorum.ANY or len(c_given) == len(g) else "partly"
    else:
        c = "silent"
    s_act = naive_standing(history, S, STUDENT)
    s = "silent" if s_act is None else "yes" if s_act.kind is GIVEN else "no"

    if age >= 18:
        c, c_no = "none", []
    if age < 14:
        s, s_act = "none", None
    noes = ([*c_no] if c == "no" else []) + ([s_act] if s == "no" else [])
    if noes:
        last = max(noes, key=lambda one: (one.on_day, one.recorded_at, one.id))
        return last.kind.value
    if c == "conflict":
        return "conflict"
    spoken = {c, s} - {"none"}
    if spoken == {"silent"}:
        people = {one.person for one in g} if c == "silent" else set()
        people |= {STUDENT} if s == "silent" else set()
        asked = people & of.asked
        if not asked:
            return "not_asked"
        return "unreachable" if all(one in of.unreachable for one in asked) else "asked"
    if spoken != {"yes"}:
        return "partly_given"

    need = programme.fields.guardians_under_18 if age < 18 else programme.fields.guardians_from_18
    if need > 0:
        o_acts = {one.person: naive_standing(history, OWN, one.person) for one in g}
        ready = [
            one
            for one in g
            if o_acts[one.person] and o_acts[one.person].kind is GIVEN and naive_complete(one.card)
        ]
        if len(ready) < need:
            if g and all(one and one.kind in (REFUSED, WITHDRAWN) for one in o_acts.values()):
                return "refused"
            return "partly_given"
    return "given" if naive_complete(of.student) else "incomplete"


def naive_complete(card: Card) -> bool:
    return card.present >= FIELDS and card.confirmed >= CONFIRMED


@dataclass(frozen=True)
class Said:
    who: UUID
    notice: NoticeKind
    kind: ActKind
    means: Means
    day: int
    agreement: UUID | None
    text: str = "1.0"


PEOPLE = [MOTHER, FATHER, GRANDMOTHER]
ANYBODY_SAYS = st.builds(
    Said,
    who=st.sampled_from(PEOPLE),
    notice=st.sampled_from([C, C, C, OWN, OWN]),
    kind=st.sampled_from([GIVEN, GIVEN, GIVEN, REFUSED, WITHDRAWN]),
    means=st.sampled_from(Means),
    day=st.integers(0, 20),
    agreement=st.sampled_from([None, UUID(int=500), UUID(int=500), UUID(int=501)]),
    text=st.sampled_from(["1.0", "2.0", "2.1"]),
) | st.builds(
    Said,
    who=st.just(STUDENT),
    notice=st.just(S),
    kind=st.sampled_from([GIVEN, GIVEN, GIVEN, REFUSED, WITHDRAWN]),
    means=st.just(Means.PAPER),
    day=st.integers(0, 20),
    agreement=st.none(),
    text=st.sampled_from(["1.0", "2.0", "2.1"]),
)
CARDS = st.sampled_from(
    [(FIELDS, CONFIRMED)] * 4 + [(FIELDS - {"snils"}, CONFIRMED), (FIELDS, frozenset({"email"}))]
)


@st.composite
def histories(draw: DrawFn) -> list[Act]:
    said = draw(st.lists(ANYBODY_SAYS, max_size=9))
    made = [
        act(
            number,
            one.who,
            one.notice,
            one.kind,
            means=one.means,
            on_day=date(2020, 10, 1) + timedelta(days=one.day),
            agreement=one.agreement if one.means is Means.CODE else None,
            notice_version=one.text,
        )
        for number, one in enumerate(said)
    ]
    void = draw(st.lists(st.sampled_from(made), max_size=2, unique=True)) if made else []
    for number, target in enumerate(void, len(made)):
        made.append(act(number, target.signer, target.notice, INVALIDATED, invalidates=target.id))
    if draw(st.booleans()):
        made.append(
            act(98, MOTHER, NoticeKind.CODE_AGREEMENT, INVALIDATED, about=MOTHER, invalidates=UUID(int=501))
        )
    return draw(st.permutations(made))


@st.composite
def families(draw: DrawFn) -> Family:
    guardians = tuple(
        Guardian(
            Card(person, *draw(CARDS)),
            since=draw(st.sampled_from([None, None, DAY, DAY + timedelta(days=1)])),
            until=draw(st.sampled_from([None, None, DAY, DAY - timedelta(days=1)])),
            barred=draw(st.sampled_from([False, False, False, True])),
        )
        for person in draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    )
    around = st.sampled_from([DAY.replace(year=DAY.year - years) for years in (14, 18)])
    birth = draw(around) + timedelta(days=draw(st.integers(-1, 1)))
    return Family(
        student=Card(STUDENT, *draw(CARDS)),
        birth_date=draw(st.sampled_from([birth, *BORN.values(), date(2004, 2, 29)])),
        grade=draw(st.sampled_from([7, 7, 7, None, 12])),
        enrolled=draw(st.sampled_from([True, True, True, True, False])),
        guardians=guardians,
        asked=frozenset(draw(st.lists(st.sampled_from([*PEOPLE, STUDENT])))),
        unreachable=frozenset(draw(st.lists(st.sampled_from([*PEOPLE, STUDENT])))),
        settled_by=draw(st.sampled_from([None, None, *PEOPLE])),
        opted_out=draw(st.sampled_from([False, False, False, False, True])),
    )


PROGRAMMES = st.sampled_from([MESH, MESH, ALL_GUARDIANS, TWO_WITH_DATA, NO_GUARDIAN_DATA])


def with_new_texts(programme: Programme, kinds: Iterable[NoticeKind], number: str) -> Programme:
    """Give some documents of a programme the number of a newer text."""
    changed = set(kinds)
    notices = tuple(
        replace(one, version=number if one.kind in changed else "1.0") for one in programme.notices
    )
    return replace(programme, notices=notices)


NEW_TEXTS = st.frozensets(st.sampled_from([C, S, OWN]))


@pytest.mark.proves("S1-01", "S1-02", "S1-05", "S1-08")
@settings(max_examples=400)
@given(families(), histories(), PROGRAMMES)
def test_the_decision_is_what_the_table_says_naively(of: Family, history: list[Act], programme: Programme):
    """S1-01, S1-02, S1-05, S1-08: whatever was done in whatever order."""
    assert decide(of, history, programme, DAY).state.value == naive(of, history, programme, DAY)


@pytest.mark.proves("S1-01")
@settings(max_examples=250)
@given(families(), histories(), PROGRAMMES, NEW_TEXTS)
def test_a_consent_lapses_by_a_text_that_changed_in_what_matters_and_by_nothing_else(
    of: Family, history: list[Act], programme: Programme, changed: frozenset[NoticeKind]
):
    """S1-01: on no text but the one that he read has anybody decided."""
    lapsing.update(changed)
    newer = with_new_texts(programme, changed, "2.1")
    try:
        decision = decide(of, history, newer, DAY)
        assert decision.state.value == naive(of, history, newer, DAY)
    finally:
        lapsing.clear()
    by_id = {one.id: one for one in history}
    allowing = [by_id[one] for one in decision.acts]
    assert not [one for one in allowing if one.notice in changed and one.notice_version == "1.0"]
    if Reason.TEXT_CHANGED in decision.reasons:
        assert not decision.state.closed
        assert changed


@settings(max_examples=150)
@given(families(), histories(), PROGRAMMES, NEW_TEXTS)
def test_where_consents_stand_or_the_change_is_small_a_new_text_changes_no_decision(
    of: Family, history: list[Act], programme: Programme, changed: frozenset[NoticeKind]
):
    before = decide(of, history, with_new_texts(programme, (), "1.0"), DAY)
    standing = replace(with_new_texts(programme, changed, "2.0"), on_major_notice=OnMajor.STAND)

    assert decide(of, history, with_new_texts(programme, changed, "1.7"), DAY) == before
    assert decide(of, history, standing, DAY) == before


@settings(max_examples=100)
@given(families(), histories(), PROGRAMMES, st.randoms())
def test_the_order_in_which_acts_are_read_changes_nothing(
    of: Family, history: list[Act], programme: Programme, random: Random
):
    shuffled = list(history)
    random.shuffle(shuffled)

    assert decide(of, shuffled, programme, DAY) == decide(of, history, programme, DAY)


@settings(max_examples=150)
@given(families(), histories(), PROGRAMMES)
def test_only_a_given_case_names_acts_and_only_an_open_one_names_what_it_lacks(
    of: Family, history: list[Act], programme: Programme
):
    decision = decide(of, history, programme, DAY)

    assert bool(decision.acts) is decision.state.included
    if decision.state.closed:
        assert not decision.missing
        assert not decision.awaited
    if not decision.state.included:
        assert decision.reasons


@settings(max_examples=150)
@given(families(), histories(), PROGRAMMES)
def test_the_acts_that_allow_a_disclosure_are_standing_consents_of_those_who_may_decide(
    of: Family, history: list[Act], programme: Programme
):
    decision = decide(of, history, programme, DAY)
    by_id = {one.id: one for one in history}
    allowed = {one.person for one in of.with_authority(DAY)} | {STUDENT}

    for one in decision.acts:
        assert by_id[one].kind is GIVEN
        assert by_id[one].signer in allowed
    own = {by_id[one].signer for one in decision.acts if by_id[one].notice is OWN}
    assert own == set(decision.guardians)


# Examples, one a row of the table.


def test_under_14_one_guardian_is_enough_and_silence_keeps_the_case_open():
    asked = family(asked=frozenset({MOTHER}))

    assert state(family()) is State.NOT_ASKED
    assert state(asked) is State.ASKED
    assert state(replace(asked, unreachable=frozenset({MOTHER}))) is State.UNREACHABLE
    assert state(asked, (MOTHER, C, GIVEN)) is State.PARTLY_GIVEN
    assert state(asked, (MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN)) is State.GIVEN
    assert state(asked, (MOTHER, C, REFUSED)) is State.REFUSED
    assert state(asked, (MOTHER, C, GIVEN), (MOTHER, C, WITHDRAWN)) is State.WITHDRAWN


@pytest.mark.proves("S1-02")
def test_from_14_both_must_give_and_either_may_close_with_a_no():
    of = family(15)

    assert state(of, (MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN)) is State.PARTLY_GIVEN
    assert state(of, (STUDENT, S, GIVEN)) is State.PARTLY_GIVEN
    assert state(of, (MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN), (STUDENT, S, GIVEN)) is State.GIVEN
    assert state(of, (STUDENT, S, REFUSED)) is State.REFUSED
    assert state(of, (MOTHER, C, REFUSED)) is State.REFUSED
    assert state(of, (MOTHER, C, GIVEN), (STUDENT, S, GIVEN), (STUDENT, S, WITHDRAWN)) is State.WITHDRAWN


def test_from_18_the_student_alone_decides_and_no_guardian_goes_along():
    of = family(18)

    assert state(of, (MOTHER, C, REFUSED), (STUDENT, S, GIVEN)) is State.GIVEN
    assert state(of, (MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN)) is State.NOT_ASKED
    assert decide(of, acts((MOTHER, OWN, GIVEN), (STUDENT, S, GIVEN)), MESH, DAY).guardians == ()


@pytest.mark.proves("S1-02")
def test_a_birthday_opens_the_case_again():
    of = family(birth_date=date(2006, 11, 3))
    said = [(MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN)]

    assert state(of, *said, day=date(2020, 11, 2)) is State.GIVEN
    assert state(of, *said, day=date(2020, 11, 3)) is State.PARTLY_GIVEN
    said.append((STUDENT, S, GIVEN))
    assert state(of, *said, day=date(2020, 11, 3)) is State.GIVEN
    assert state(of, (MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN), day=date(2024, 11, 3)) is State.NOT_ASKED


def test_guardians_who_differ_are_a_conflict_until_a_document_says_whose_act_stands():
    of = family()
    said = [(MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN), (FATHER, C, REFUSED)]

    assert state(of, *said) is State.CONFLICT
    assert state(replace(of, settled_by=MOTHER), *said) is State.GIVEN
    assert state(replace(of, settled_by=FATHER), *said) is State.REFUSED
    assert state(replace(of, settled_by=GRANDMOTHER), *said) is State.CONFLICT
    assert state(replace(of, settled_by=MOTHER), *said, (MOTHER, C, WITHDRAWN)) is State.WITHDRAWN


def test_a_guardian_whose_term_ended_counts_no_more_from_that_day():
    father = Guardian(whole(FATHER), until=date(2020, 11, 1))
    of = family(guardians=(Guardian(whole(MOTHER)), father))
    said = [(MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN), (FATHER, C, REFUSED)]

    assert state(of, *said, day=date(2020, 11, 1)) is State.CONFLICT
    assert state(of, *said, day=date(2020, 11, 2)) is State.GIVEN


@pytest.mark.proves("S1-08", "S1-03")
def test_a_missing_or_unconfirmed_field_keeps_the_case_open_and_is_named():
    """S1-08, S1-03: only verified contacts count as complete."""
    card = Card(STUDENT, FIELDS - {"snils"}, frozenset({"phone"}))
    decision = decide(family(student=card), acts((MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN)), MESH, DAY)

    assert decision.state is State.INCOMPLETE
    assert [(one.field, one.lack) for one in decision.missing] == [
        ("snils", "missing"),
        ("email", "not_confirmed"),
    ]


@pytest.mark.proves("S1-05")
def test_a_guardian_with_incomplete_data_is_not_enough_and_the_field_is_named():
    of = family(guardians=(Guardian(Card(MOTHER, FIELDS - {"phone"}, CONFIRMED)),))
    decision = decide(of, acts((MOTHER, C, GIVEN), (MOTHER, OWN, GIVEN)), MESH, DAY)

    assert decision.state is State.PARTLY_GIVEN
    assert decision.reasons == (Reason.OWN_DATA_INCOMPLETE,)
    assert [(one.person, one.field) for one in decision.missing] == [(MOTHER, "phone")]


def test_every_guardian_refusing_his_own_data_closes_the_case():
    said = [(MOTHER, C, GIVEN), (MOTHER, OWN, REFUSED)]

    assert state(family(), *said) is State.PARTLY_GIVEN
    assert state(family(), *said, (FATHER, OWN, REFUSED)) is State.REFUSED


@pytest.mark.proves("S1-21")
def test_a_refusal_closes_and_a_student_who_left_is_not_required():
    assert state(family(enrolled=False), (MOTHER, C, REFUSED)) is State.NOT_REQUIRED
    assert state(family(grade=12)) is State.NOT_REQUIRED
    assert State.REFUSED.closed
    assert not State.REFUSED.included


def test_a_student_without_a_birth_date_is_incomplete():
    decision = decide(family(birth_date=None), [], MESH, DAY)

    assert decision.state is State.INCOMPLETE
    assert decision.reasons == (Reason.BIRTH_DATE_UNKNOWN,)


def test_a_code_without_an_agreement_behind_it_is_not_a_written_consent():
    agreement = act(0, MOTHER, NoticeKind.CODE_AGREEMENT, GIVEN, about=MOTHER, means=Means.CODE)
    given_by_code = act(1, MOTHER, C, GIVEN, means=Means.CODE, agreement=agreement.id)
    void = act(2, MOTHER, NoticeKind.CODE_AGREEMENT, INVALIDATED, invalidates=agreement.id)

    assert decide(family(), [agreement, given_by_code], MESH, DAY).state is State.PARTLY_GIVEN
    assert decide(family(), [agreement, given_by_code, void], MESH, DAY).state is State.NOT_ASKED
    assert decide(family(), [replace(given_by_code, agreement=None)], MESH, DAY).state is State.NOT_ASKED


def test_a_paper_entered_late_counts_from_the_day_written_on_it():
    online = act(5, MOTHER, C, GIVEN)
    older_paper = act(9, MOTHER, C, REFUSED, on_day=date(2020, 9, 15))

    assert decide(family(), [online, older_paper], MESH, DAY).state is State.PARTLY_GIVEN
