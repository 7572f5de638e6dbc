"""What staff do: papers entered, acts declared invalid, conflicts settled; and what is asked of whom."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from registry.consents.models.asking import consents_of_programme
from registry.consents.models.ledger import settled_by
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.rules.signing import InvalidReason
from registry.consents.usecases.asking import ask
from registry.consents.usecases.correcting import (
    ConflictDocument,
    Settlement,
    invalidate_act,
    record_conflict_document,
)
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.consents.usecases.writing import Signed
from registry.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from registry.people.contacts import ContactKind
from registry.people.models.persons import get_person
from registry.programmes.rules import Means, NoticeKind
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from tests.consents.conftest import AGREEMENT, MESH, OWN, C, S, Town, add_family, confirm_everything

DAY = date(2020, 11, 2)


def paper(
    town: Town, signer: str, notice: NoticeKind = C, kind: ActKind = ActKind.GIVEN, **changes: object
) -> Signed:
    said = {
        "school_id": town.school,
        "programme_id": MESH,
        "student_id": town.people["child"],
        "signer_id": town.people[signer],
        "notice": notice,
        "kind": kind,
        "on_day": date(2020, 10, 20),
        "place": "Дело 7А, лист 3",
    }
    with town.work(town.tutor()) as work:
        return record_paper_act(work, Paper(**{**said, **changes}))


@pytest.mark.proves("S1-09", "S1-14")
def test_a_paper_counts_like_an_online_act_and_says_where_it_lies(town: Town):
    confirm_everything(town)
    paper(town, "mother")
    paper(town, "mother", OWN)
    decided = town.decisions()["child"]

    assert decided.decision.state is State.GIVEN
    act = next(one for one in decided.acts.values() if one.notice is C)
    assert (act.place, act.means, act.on_day) == ("Дело 7А, лист 3", "paper", date(2020, 10, 20))
    assert act.recorded_by == town.tutor().id


@pytest.mark.proves("S1-08")
def test_a_paper_that_states_contacts_confirms_them_for_the_signer_and_the_child_only(town: Town):
    """S1-08: a signed statement on paper confirms them too."""
    states = tuple(
        (town.people[name], kind) for name in ("mother", "child", "father") for kind in ContactKind
    )
    paper(town, "mother", states=states)
    with town.registry.reading(SYSTEM) as work:
        confirmed = {
            name: get_person(work.connection, work.vault, town.people[name]).confirmed
            for name in ("mother", "child", "father")
        }

    assert confirmed == {"mother": {"phone", "email"}, "child": {"phone", "email"}, "father": frozenset()}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"on_day": DAY + timedelta(days=1)}, InvalidError),
        ({"on_day": date(2020, 8, 1)}, ConflictError),
        ({"place": "  "}, InvalidError),
        ({"place": "я" * 201}, InvalidError),
        ({"means": Means.CODE}, InvalidError),
        ({"kind": ActKind.INVALIDATED}, InvalidError),
        ({"kind": ActKind.WITHDRAWN}, ConflictError),
        ({"notice": S}, ForbiddenError),
    ],
)
def test_a_paper_that_does_not_hold_is_refused(
    town: Town, changes: dict[str, object], error: type[Exception]
):
    with pytest.raises(error):
        paper(town, "mother", **changes)


def test_a_paper_of_somebody_without_authority_or_about_a_stranger_is_refused(town: Town):
    with pytest.raises(ForbiddenError):
        paper(town, "adult")
    with pytest.raises(NotFoundError):
        paper(town, "mother", student_id=town.people["father"])


def test_guardians_who_differ_leave_the_student_out_until_a_document_settles_it(town: Town):
    confirm_everything(town)
    paper(town, "mother")
    paper(town, "mother", OWN)
    paper(town, "father", kind=ActKind.REFUSED)
    assert town.state("child") is State.CONFLICT
    said = Settlement(
        town.school, MESH, town.people["child"], town.people["mother"], ConflictDocument.COURT, DAY, "Дело 3"
    )
    with town.work(town.tutor()) as work:
        record_conflict_document(work, said)

    assert town.state("child") is State.GIVEN
    with town.registry.reading(SYSTEM) as work:
        assert settled_by(work.connection, town.school, MESH) == {town.people["child"]: town.people["mother"]}


def test_a_document_that_names_no_guardian_is_refused(town: Town):
    said = Settlement(
        town.school, MESH, town.people["child"], town.people["adult"], ConflictDocument.COURT, DAY, "Дело 3"
    )
    with pytest.raises(InvalidError), town.work(town.tutor()) as work:
        record_conflict_document(work, said)


def test_an_entry_made_by_mistake_is_declared_invalid_by_a_second_person(town: Town):
    signed = paper(town, "mother", kind=ActKind.REFUSED)
    for actor, error in ((town.tutor(), ForbiddenError), (SYSTEM, ForbiddenError)):
        with pytest.raises(error), town.work(actor) as work:
            invalidate_act(work, town.school, signed.act_id, InvalidReason.WRONG_ENTRY, "Не тот лист")
    with town.work(town.tutor(2)) as work:
        invalidate_act(work, town.school, signed.act_id, InvalidReason.WRONG_ENTRY, "Не тот лист")

    assert town.state("child") is State.ASKED
    with pytest.raises(ConflictError), town.work(town.tutor(3)) as work:
        invalidate_act(work, town.school, signed.act_id, InvalidReason.WRONG_ENTRY, "Ещё раз")
    with pytest.raises(NotFoundError), town.work(town.tutor(3)) as work:
        invalidate_act(work, town.people["child"], signed.act_id, InvalidReason.WRONG_ENTRY, "Чужая школа")


def test_an_invalid_agreement_takes_what_it_carried_with_it(town: Town):
    confirm_everything(town)
    agreement = town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.give("mother", OWN, "child")
    assert town.state("child") is State.GIVEN
    with town.work(town.tutor(2)) as work:
        invalidate_act(work, town.school, agreement.act_id, InvalidReason.NOT_THE_SIGNER, "Код ввёл не он")

    assert town.state("child") is State.ASKED
    with town.registry.reading(SYSTEM) as work:
        told = list(work.connection.execute(select(promises.c.job)).scalars())
    assert "submissions.tell_of_withdrawal" in told


@pytest.mark.proves("S1-01", "S1-02")
def test_asking_again_adds_only_what_is_new(town: Town):
    with town.work() as work:
        again = ask(work, town.school, MESH)
        before = consents_of_programme(work.connection, town.school, MESH)
    assert again.added == 0
    assert {(one.signer_id, one.notice) for one in before} >= {
        (town.people["mother"], C),
        (town.people["mother"], AGREEMENT),
        (town.people["teen"], S),
        (town.people["adult"], S),
    }
    add_family(town, "newcomer", date(2010, 1, 1), ["mother"])
    with town.work() as work:
        assert ask(work, town.school, MESH).added == 2
