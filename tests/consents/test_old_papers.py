"""A paper on an older version of a document is recorded under that version, whatever is in force now."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from registry.consents.models import checks
from registry.consents.models.acts import ActRow, acts_of_programme
from registry.consents.models.asking import consents_of_signer
from registry.consents.models.tables import consents
from registry.consents.rules.acts import ActKind
from registry.consents.rules.decisions import State
from registry.consents.rules.parts import Reason
from registry.consents.rules.stacks import PageState
from registry.consents.usecases import checking, paper_texts
from registry.consents.usecases.paper import Paper, record_paper_act
from registry.consents.usecases.paper_entry import Carried, enter_paper
from registry.consents.usecases.printing import silent_papers
from registry.consents.usecases.signed_text import signed_text
from registry.consents.usecases.stack_entry import Sheets
from registry.errors import ConflictError, InvalidError
from registry.people.models.persons import get_person
from registry.programmes import usecases
from registry.programmes.rules.numbers import Change
from registry.programmes.shipped import shipped_definitions
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, S, Town, confirm_everything
from tests.consents.papers import Stapler, sheet_of, stack, stapler_of, with_check
from tests.consents.test_new_texts import go_over, publish

SIGNED = date(2020, 11, 1)


@pytest.fixture
def desk(town: Town) -> Stapler:
    confirm_everything(town)
    return stapler_of(town)


@pytest.fixture
def printed(desk: Stapler) -> list[bytes]:
    """The adult student's form as it was printed when the version before was in force, signed and scanned."""
    return [sheet_of(desk.town.registry, desk.town.consent("adult", S))]


def change(town: Town, matters: Change) -> None:
    publish(town, S, matters)
    go_over(town)


def of_adult(desk: Stapler, sheets: list[bytes]) -> Sheets:
    brought = desk.bring(stack(sheets))
    assert {one.state for one in desk.pages(brought)} == {PageState.PLACED}
    return next(one for one in desk.sheets(brought) if one.form.about_id == desk.town.people["adult"])


def act_of_adult(town: Town) -> ActRow:
    with town.registry.reading(SYSTEM) as work:
        found = acts_of_programme(work.connection, town.school, MESH)
    return next(one for one in found if one.about == town.people["adult"])


def text_of_act(town: Town, act: ActRow) -> str:
    with town.registry.reading(SYSTEM) as work:
        signed = signed_text(work, act)
    assert signed
    return f"{signed.number} {' '.join(signed.paragraphs)}"


def asked_anew_on(town: Town, day: date) -> None:
    """Let the new text have been asked on another day."""
    with town.work() as work:
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        newer = consents.c.notice_version == "2.0"
        work.connection.execute(update(consents).where(newer).values(asked_at=at))


@pytest.mark.proves("S1-14")
def test_a_form_printed_before_a_change_that_does_not_matter_counts_on_the_text_that_was_signed(
    desk: Stapler, printed: list[bytes]
) -> None:
    change(desk.town, Change.MINOR)
    form = of_adult(desk, printed)
    entered = desk.enter(desk.stack(form.form.stack_id), form)
    assert not entered.lapsed
    act = act_of_adult(desk.town)
    assert act.notice_version == "1.1"
    assert text_of_act(desk.town, act).startswith("1.1 ")
    assert "Новая строка" not in text_of_act(desk.town, act)
    assert desk.town.state("adult") is State.GIVEN


def test_a_form_signed_before_a_change_that_matters_is_recorded_and_lapses_as_an_online_act_does(
    desk: Stapler, printed: list[bytes]
) -> None:
    change(desk.town, Change.MAJOR)
    form = of_adult(desk, printed)
    entered = desk.enter(desk.stack(form.form.stack_id), form)
    assert entered.lapsed
    assert act_of_adult(desk.town).notice_version == "1.1"
    decided = desk.town.decisions()["adult"]
    assert decided.decision.state is State.ASKED
    assert Reason.TEXT_CHANGED in decided.decision.reasons
    assert [one.kind for one in decided.lapsed] == [ActKind.GIVEN]
    with desk.town.registry.reading(SYSTEM) as work:
        programme = usecases.programme_of(work, desk.town.school, MESH)
        (lacking,) = silent_papers(work, programme, decided, {})
        newer = consents_of_signer(work.connection, desk.town.school, MESH, lacking.person)[-1]
    again = of_adult(desk, [sheet_of(desk.town.registry, newer)])
    assert again.form.notice_version == "2.0"
    assert not desk.enter(desk.stack(again.form.stack_id), again, on_day=date(2020, 11, 2)).lapsed
    assert desk.town.state("adult") is State.GIVEN


def test_where_consents_stand_a_form_signed_before_a_change_that_matters_stands(
    desk: Stapler, printed: list[bytes]
) -> None:
    shipped = shipped_definitions()[0]
    text = shipped.texts[shipped.file].replace('version = "1.1"\n', 'version = "1.2"\n', 1)
    text = text.replace('on_major_notice = "lapse"', 'on_major_notice = "stand"', 1)
    with desk.town.work() as work:
        usecases.publish_one(work, replace(shipped, texts={**shipped.texts, shipped.file: text}))
    go_over(desk.town)
    change(desk.town, Change.MAJOR)
    form = of_adult(desk, printed)
    assert not desk.enter(desk.stack(form.form.stack_id), form).lapsed
    assert act_of_adult(desk.town).notice_version == "1.1"
    assert desk.town.state("adult") is State.GIVEN


def test_a_consent_signed_after_the_new_text_was_asked_is_refused_and_a_no_is_taken(
    desk: Stapler, printed: list[bytes]
) -> None:
    change(desk.town, Change.MAJOR)
    asked_anew_on(desk.town, date(2020, 10, 30))
    form = of_adult(desk, printed)
    brought = desk.stack(form.form.stack_id)
    with pytest.raises(ConflictError) as refused:
        desk.enter(brought, form)
    assert refused.value.slug == "text-changed"
    asked_anew_on(desk.town, SIGNED)
    desk.enter(brought, form, kind=ActKind.REFUSED, reason="no_need")
    act = act_of_adult(desk.town)
    assert (act.notice_version, act.kind) == ("1.1", ActKind.REFUSED)
    assert desk.town.state("adult") is State.REFUSED


def test_what_waits_for_the_second_person_keeps_its_version(desk: Stapler, printed: list[bytes]) -> None:
    strict = Stapler(replace(desk.town, registry=with_check(desk.town.registry, 100)), desk.room)
    form = of_adult(strict, printed)
    check_id = strict.enter(strict.stack(form.form.stack_id), form).check_id
    assert check_id
    change(strict.town, Change.MINOR)
    with strict.town.work(strict.town.tutor(2)) as work:
        assert checks.get_check(work.connection, strict.town.school, check_id).notice_version == "1.1"
        checking.confirm(work, strict.town.school, check_id)
    assert act_of_adult(strict.town).notice_version == "1.1"


def by_hand(town: Town, version: str, **changes: object) -> Paper:
    adult = town.people["adult"]
    said = Paper(town.school, MESH, adult, adult, S, ActKind.GIVEN, SIGNED, "05-12, лист 1", version=version)
    return replace(said, **changes)  # type: ignore[arg-type]


def test_by_hand_the_version_on_the_paper_is_chosen_and_the_one_in_force_is_the_default(town: Town) -> None:
    confirm_everything(town)
    change(town, Change.MINOR)
    with town.work(town.tutor()) as work:
        programme = usecases.programme_of(work, town.school, MESH)
        chosen = [one.version for one in paper_texts.texts_to_choose(work, programme, S)]
        assert chosen == ["1.2", "1.1"]
        with pytest.raises(InvalidError) as refused:
            record_paper_act(work, by_hand(town, "3.0"))
        assert "version" in (refused.value.fields or {})
    with town.work(town.tutor()) as work:
        person = get_person(work.connection, work.vault, town.people["adult"])
        enter_paper(work, by_hand(town, "1.1"), Carried(person))
        record_paper_act(work, by_hand(town, "", kind=ActKind.WITHDRAWN, on_day=date(2020, 11, 2)))
        record_paper_act(work, by_hand(town, "", on_day=date(2020, 11, 2)))
    with town.registry.reading(SYSTEM) as work:
        acts = acts_of_programme(work.connection, town.school, MESH)
        known = set(work.connection.execute(select(consents.c.notice_version)).scalars())
    assert [(one.kind, one.notice_version) for one in acts] == [
        (ActKind.GIVEN, "1.1"),
        (ActKind.WITHDRAWN, "1.1"),
        (ActKind.GIVEN, "1.2"),
    ]
    assert acts[0].text_sha256 == acts[1].text_sha256 != acts[2].text_sha256
    assert {"1.1", "1.2"} <= known


def test_what_was_given_twice_on_a_text_that_lapsed_is_told(town: Town) -> None:
    confirm_everything(town)
    change(town, Change.MAJOR)
    with town.work(town.tutor()) as work:
        record_paper_act(work, by_hand(town, "1.1"))
    with town.work(town.tutor()) as work, pytest.raises(ConflictError) as refused:
        record_paper_act(work, by_hand(town, "1.1"))
    assert refused.value.slug == "already-given"
