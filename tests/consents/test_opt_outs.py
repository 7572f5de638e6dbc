"""Opt-outs from e-learning and from channels: who may, from when, and what follows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from registry.app import present_states
from registry.consents.gate import left_out
from registry.consents.models.news import students_with_news
from registry.consents.reasons import ReasonOf, codes_of
from registry.consents.rules.capacity import Capacity
from registry.consents.rules.decisions import State
from registry.consents.rules.families import Card, Family, Guardian
from registry.consents.rules.opt_outs import (
    Matter,
    OptOut,
    OptOutKind,
    Wire,
    check_matter,
    counting_opt_outs,
    may_opt_out,
    opted_out_of,
)
from registry.consents.usecases.asking import ask
from registry.consents.usecases.inviting import send_links, without_link
from registry.consents.usecases.opting_out import Application, end_opt_out, opt_out
from registry.consents.usecases.refused_channels import contacts_refused
from registry.errors import ConflictError, ForbiddenError, InvalidError
from registry.letters.models import letters
from registry.people.contacts import ContactKind
from registry.people.models.families import family_of
from registry.people.models.tables import guardianships
from registry.programmes.rules import AgeReached, Means
from registry.programmes.rules.e_learning import ELearning
from registry.programmes.shipped import shipped_definitions
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from registry.trail.publisher import tend
from registry.trail.verify import verify
from tests.consents.conftest import AGREEMENT, MESH, OWN, C, Town, confirm_everything
from tests.consents.test_gate import claim, cleared, decided

__all__ = ["decided"]

DAY = date(2020, 11, 2)
PROGRAMME = shipped_definitions()[0].parse()
WHOLE = Matter(MESH)
STUDENT, MOTHER, FATHER = (UUID(int=number) for number in (1, 2, 3))


def family(born: date, *guardians: Guardian) -> Family:
    return Family(Card(STUDENT), born, 7, enrolled=True, guardians=guardians)


def say(town: Town, student: str, matter: Matter, signer: str, **changes: object) -> UUID:
    said = Application(town.people[signer], DAY, Means.PAPER, place="Дело 7А, лист 9")
    with town.work(town.tutor()) as work:
        of = family_of(work.connection, work.vault, town.school, town.people[student], DAY)
        return opt_out(work, of, matter, replace(said, **changes))


def end(town: Town, student: str, opt_out_id: UUID, signer: str) -> UUID:
    said = Application(town.people[signer], DAY, Means.PAPER, place="Дело 7А, лист 10")
    with town.work(town.tutor()) as work:
        of = family_of(work.connection, work.vault, town.school, town.people[student], DAY)
        return end_opt_out(work, of, opt_out_id, said)


@pytest.mark.proves("S4-01")
@pytest.mark.parametrize(
    ("born", "signer", "answer"),
    [
        (date(2002, 11, 2), STUDENT, Capacity.HIMSELF),
        (date(2002, 11, 3), STUDENT, "minor"),
        (date(2002, 11, 2), MOTHER, "adult"),
        (date(2002, 11, 3), MOTHER, Capacity.GUARDIAN),
        (date(2010, 1, 1), MOTHER, Capacity.GUARDIAN),
        (date(2010, 1, 1), FATHER, "no-authority"),
        (date(2010, 1, 1), UUID(int=9), "no-authority"),
    ],
)
def test_a_student_of_18_opts_out_himself_and_a_guardian_for_a_minor(
    born: date, signer: UUID, answer: Capacity | str
) -> None:
    """S4-01: the 18th birthday is the boundary; who may not is told why."""
    of = family(born, Guardian(Card(MOTHER)), Guardian(Card(FATHER), until=DAY - timedelta(days=1)))
    if isinstance(answer, Capacity):
        assert may_opt_out(of, signer, DAY, AgeReached.BIRTHDAY) is answer
        return
    with pytest.raises(ForbiddenError) as refused:
        may_opt_out(of, signer, DAY, AgeReached.BIRTHDAY)
    assert refused.value.slug == answer


@pytest.mark.proves("S4-02")
def test_a_programme_that_the_law_realises_with_e_learning_takes_no_refusal() -> None:
    """S4-02: the flag of the definition; a refused channel is another matter."""
    with pytest.raises(ConflictError) as refused:
        check_matter(WHOLE, replace(PROGRAMME, e_learning=ELearning(by_law=True)))
    assert refused.value.slug == "by-law"
    check_matter(Matter(wire=Wire.SFERUM), None)


@pytest.mark.proves("S4-22")
def test_a_refusal_is_of_a_programme_or_of_a_part_that_it_has() -> None:
    """S4-22: whole or in part; a part that is refused leaves the rest as it is."""
    parts = replace(PROGRAMME, e_learning=ELearning(parts={"physics": {"ru": "Физика"}}))
    check_matter(Matter(MESH, "physics"), parts)
    for matter in (
        Matter(MESH, "chemistry"),
        Matter(),
        Matter(MESH, None, Wire.SMS),
        Matter(None, "physics"),
    ):
        with pytest.raises(InvalidError):
            check_matter(matter, parts)
    one = OptOut(
        UUID(int=7),
        STUDENT,
        MOTHER,
        OptOutKind.GIVEN,
        Matter(MESH, "physics"),
        DAY,
        datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert opted_out_of([one], MESH, "physics")
    assert not opted_out_of([one], MESH)
    assert opted_out_of([replace(one, matter=WHOLE)], MESH, "physics")


_MATTERS = st.sampled_from([WHOLE, Matter(MESH, "physics"), Matter(wire=Wire.SMS)])
_SIGNERS = st.sampled_from([STUDENT, MOTHER, FATHER])


@st.composite
def histories(draw: st.DrawFn) -> list[OptOut]:
    made: list[OptOut] = []
    for number in range(draw(st.integers(0, 6))):
        day = date(2020, 10, 30) + timedelta(days=draw(st.integers(0, 6)))
        at = datetime(2020, 10, 1, tzinfo=UTC) + timedelta(minutes=number)
        standing = [one for one in made if one.kind is OptOutKind.GIVEN]
        if standing and draw(st.booleans()):
            target = draw(st.sampled_from(standing))
            ended = replace(target, id=UUID(int=100 + number), kind=OptOutKind.ENDED, ends=target.id)
            made.append(replace(ended, on_day=day, recorded_at=at))
        else:
            matter, signer = draw(_MATTERS), draw(_SIGNERS)
            made.append(OptOut(UUID(int=100 + number), STUDENT, signer, OptOutKind.GIVEN, matter, day, at))
    return draw(st.permutations(made))


@given(
    history=histories(),
    born=st.sampled_from([date(2002, 1, 1), date(2002, 11, 3), date(2010, 1, 1)]),
    barred=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_what_counts_is_what_a_naive_reader_says(history: list[OptOut], born: date, *, barred: bool) -> None:
    """S4-01, S4-03: in whatever order acts are read; a barred guardian's count no more, nor any at 18."""
    of = family(born, Guardian(Card(MOTHER)), Guardian(Card(FATHER), barred=barred))
    adult = (DAY.year - born.year) - ((DAY.month, DAY.day) < (born.month, born.day)) >= 18
    who = {STUDENT} if adult else {MOTHER} | (set() if barred else {FATHER})
    expected = {
        one.id
        for one in history
        if one.kind is OptOutKind.GIVEN
        and one.on_day <= DAY
        and one.signer in who
        and not [other for other in history if other.ends == one.id]
    }
    assert {one.id for one in counting_opt_outs(history, of, DAY, AgeReached.BIRTHDAY)} == expected


@pytest.mark.proves("S4-03")
def test_from_its_day_a_student_is_asked_nothing_and_left_out_until_it_is_taken_back(town: Town) -> None:
    """S4-03: left out of lists, of whatever asks the gate, of invitations; as before when it is ended."""
    made = say(town, "child", WHOLE, "mother", on_day=date(2020, 10, 20), reason="health")
    assert town.state("child") is State.NOT_REQUIRED
    with town.work() as work:
        assert left_out(work, town.school, MESH) == {town.people["child"]}
        assert left_out(work, town.school, MESH, "physics") == {town.people["child"]}
        assert town.people["child"] in students_with_news(work.connection, work.now)[town.school, MESH]
        assert ask(work, town.school, MESH).added == 0
    with pytest.raises(ForbiddenError) as refused:
        end(town, "child", made, "father")
    assert refused.value.slug == "not-his"
    end(town, "child", made, "mother")
    assert town.state("child") is State.NOT_ASKED or town.state("child") is State.ASKED
    with pytest.raises(ConflictError):
        end(town, "child", made, "mother")


@pytest.mark.proves("S4-03")
def test_an_opt_out_since_the_freeze_stops_the_message_at_the_gate(decided: Town) -> None:
    """S4-03: the gate asks at that very moment; a part of a programme is not the message's affair."""
    wanted = claim(decided)
    say(decided, "child", Matter(wire=Wire.SFERUM), "mother")
    assert cleared(decided, wanted)
    say(decided, "child", WHOLE, "father")
    with pytest.raises(ConflictError) as refused:
        cleared(decided, wanted)
    assert refused.value.slug == "not-cleared"


@pytest.mark.proves("S4-04")
def test_a_refused_channel_is_separate_and_nothing_goes_over_it(town: Town) -> None:
    """S4-04: consents stand as they are; letters choose another channel, or none."""
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.give("mother", OWN, "child")
    say(town, "child", Matter(wire=Wire.SFERUM), "mother")
    say(town, "child", Matter(wire=Wire.EMAIL), "father")
    assert town.state("child") is State.GIVEN
    with town.work() as work:
        assert contacts_refused(work, town.school) == {
            (town.people[name], ContactKind.EMAIL) for name in ("child", "father")
        }
        work.connection.execute(update(letters).values(state="void"))
        assert town.people["father"] in without_link(work, town.school, MESH)
        assert send_links(work, town.school, MESH, {town.people["father"]}) == 1
        sent = select(letters.c.channel).where(letters.c.state == "queued")
        assert list(work.connection.execute(sent).scalars()) == ["sms"]
    say(town, "child", Matter(wire=Wire.SMS), "father")
    with town.work() as work:
        assert send_links(work, town.school, MESH, {town.people["father"]}) == 0


def test_who_can_be_reached_by_no_channel_that_he_allows_is_said_to_be_unreachable(town: Town) -> None:
    for wire in (Wire.SMS, Wire.EMAIL):
        for signer in ("mother", "father"):
            say(town, "child", Matter(wire=wire), signer)
    assert town.state("child") is State.UNREACHABLE
    assert town.state("teen") is State.ASKED


def test_a_guardians_opt_out_counts_no_longer_than_the_authority(town: Town) -> None:
    say(town, "child", WHOLE, "father")
    assert town.state("child") is State.NOT_REQUIRED
    with town.work() as work:
        his = guardianships.c.guardian_id == town.people["father"]
        work.connection.execute(update(guardianships).where(his).values(barred=True))
    assert town.state("child") is State.ASKED
    with pytest.raises(ForbiddenError):
        say(town, "child", Matter(MESH), "father")


@pytest.mark.parametrize(
    ("student", "signer", "changes", "error"),
    [
        ("teen", "teen", {}, ForbiddenError),
        ("adult", "father", {}, ForbiddenError),
        ("child", "mother", {"on_day": DAY + timedelta(days=1)}, InvalidError),
        ("child", "mother", {"place": " "}, InvalidError),
        ("child", "mother", {"reason": "whatever"}, InvalidError),
        ("child", "mother", {"note": "я" * 1001}, InvalidError),
    ],
)
def test_an_application_that_does_not_hold_is_refused(
    town: Town, student: str, signer: str, changes: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        say(town, student, WHOLE, signer, **changes)


def test_the_same_person_opts_out_of_the_same_once_and_the_trail_holds_it(town: Town) -> None:
    say(town, "adult", WHOLE, "adult", reason=codes_of(ReasonOf.OPT_OUT)[0], note="Болею, учусь дома")
    with pytest.raises(ConflictError):
        say(town, "adult", WHOLE, "adult")
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    report = verify(town.registry.engine, town.registry.vault, town.registry.trail, present_states())
    assert report.status == 0, report.findings
    with town.registry.reading(SYSTEM) as work:
        assert town.state("adult") is State.NOT_REQUIRED
        assert not left_out(work, town.school, "mesh-2020") - {town.people["adult"]}


def test_a_consent_given_before_is_taken_out_of_the_receivers_hands(town: Town) -> None:
    """S4-03: as after a withdrawal, the job that tells the receiver is promised."""
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    say(town, "child", WHOLE, "mother")
    with town.registry.reading(SYSTEM) as work:
        told = list(work.connection.execute(select(promises.c.job)).scalars())
    assert "submissions.tell_of_withdrawal" in told
