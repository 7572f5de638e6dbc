"""From the link to the decision: what a guardian and a student do online, and what comes of it."""

import pytest
from sqlalchemy import Executable, delete, update
from sqlalchemy.exc import DBAPIError

from registry.consents import facts
from registry.consents.models.moment import Where
from registry.consents.models.tables import acts, sittings
from registry.consents.rules.acts import ActKind, Standing
from registry.consents.rules.decisions import State
from registry.consents.usecases import presenting
from registry.consents.usecases.sitting import desk_of, may_mend, read_signed, state_contacts
from registry.errors import ConflictError, ForbiddenError, GoneError, InvalidError, NotFoundError
from registry.people.models.tables import guardianships
from registry.people.usecases.corrections import correct_field, correct_own_fields
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from tests.consents.conftest import AGREEMENT, OWN, C, S, Town, confirm_everything, counted


def everything_by(town: Town) -> None:
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    town.give("mother", OWN, "child")


@pytest.mark.proves("S1-01", "S1-02", "S1-05", "S1-08")
def test_a_family_decides_online_and_the_student_is_included(town: Town):
    """S1-01, S1-02, S1-05, S1-08: all fields, all contacts confirmed, all decided."""
    assert town.state("child") is State.ASKED
    everything_by(town)
    assert town.state("child") is State.PARTLY_GIVEN
    with town.work(town.signer("mother")) as work:
        state_contacts(work, desk_of(work, town.sit("mother")), town.people["child"])
        state_contacts(work, desk_of(work, town.sit("mother")), town.people["mother"])
    decided = town.decisions()["child"]
    assert decided.decision.state is State.GIVEN
    assert decided.decision.guardians == (town.people["mother"],)
    assert {decided.acts[one].notice for one in decided.decision.acts} == {C, OWN}
    assert all(decided.acts[one].agreement for one in decided.decision.acts)


@pytest.mark.proves("S1-02")
def test_a_student_of_14_signs_for_himself_besides_a_guardian(town: Town):
    confirm_everything(town)
    town.give("mother", AGREEMENT)
    town.give("mother", C, "teen")
    town.give("mother", OWN, "teen")
    assert town.state("teen") is State.PARTLY_GIVEN
    town.give("teen", AGREEMENT)
    town.give("teen", S)
    assert town.state("teen") is State.GIVEN
    town.say("teen", town.where("teen", S), ActKind.WITHDRAWN)
    assert town.state("teen") is State.WITHDRAWN


def test_without_the_agreement_nothing_is_given_but_a_no_is_taken(town: Town):
    where = town.read("mother", C, "child")

    with pytest.raises(ConflictError) as refused:
        town.say("mother", where, ActKind.GIVEN)
    assert refused.value.slug == "no-agreement"
    town.say("mother", where, ActKind.REFUSED)
    assert town.state("child") is State.REFUSED


def test_a_second_click_changes_nothing_and_is_told(town: Town):
    town.give("mother", AGREEMENT)
    where = town.read("mother", C, "child")
    town.say("mother", where, ActKind.GIVEN)

    with pytest.raises(ConflictError) as refused:
        town.say("mother", where, ActKind.GIVEN)
    assert refused.value.slug == "already-given"


def test_a_text_that_changed_since_it_was_read_is_not_signed(town: Town):
    town.give("mother", AGREEMENT)
    where = town.read("mother", C, "child")
    with town.work(town.signer("mother")) as work:
        correct_own_fields(
            work, town.school, town.people["child"], {"address": "г. Хабаровск, ул. Новая, д. 5"}
        )

    with pytest.raises(ConflictError) as refused:
        town.say("mother", where, ActKind.GIVEN)
    assert refused.value.slug == "text-changed"
    town.give("mother", C, "child")


def test_nothing_is_given_without_having_been_read(town: Town):
    town.give("mother", AGREEMENT)

    with pytest.raises(ConflictError):
        town.say("mother", town.where("mother", C, "child"), ActKind.GIVEN)


def test_a_text_read_by_another_cannot_be_signed(town: Town):
    town.give("mother", AGREEMENT)
    town.give("father", AGREEMENT)
    read = town.read("father", C, "child")
    mixed = Where(
        town.school, town.sit("mother"), town.consent("mother", C, "child").id, read.presentation_id
    )

    with pytest.raises(ConflictError):
        town.say("mother", mixed, ActKind.GIVEN)
    foreign = Where(town.school, town.sit("mother"), read.consent_id, read.presentation_id)
    with pytest.raises(NotFoundError):
        town.say("mother", foreign, ActKind.GIVEN)


def test_authority_is_looked_at_again_at_the_last_click(town: Town):
    town.give("mother", AGREEMENT)
    where = town.read("mother", C, "child")
    with town.work() as work:
        work.connection.execute(
            update(guardianships)
            .where(guardianships.c.guardian_id == town.people["mother"])
            .values(barred=True)
        )

    with pytest.raises(ForbiddenError) as refused:
        town.say("mother", where, ActKind.GIVEN)
    assert refused.value.slug == "no-authority"


def test_a_sitting_that_is_over_signs_nothing(town: Town):
    town.give("mother", AGREEMENT)
    where = town.read("mother", C, "child")
    with town.work() as work:
        work.connection.execute(update(sittings).values(ends_at=work.now))

    with pytest.raises(GoneError):
        town.say("mother", where, ActKind.GIVEN)
    with pytest.raises(GoneError), town.work() as work:
        desk_of(work, town.sit("mother"))


def test_a_document_without_what_the_law_wants_names_the_field_and_can_still_be_refused(town: Town):
    with town.work(town.signer("mother")) as work:
        correct_own_fields(work, town.school, town.people["mother"], {"identity_document": ""})

    with pytest.raises(InvalidError) as refused:
        town.read("mother", C, "child")
    assert "signer.identity_document" in refused.value.fields
    where = town.where("mother", C, "child")
    with town.work(town.signer("mother")) as work:
        form = presenting.read_form(work, where, "ru")
    assert "____" in form.body.decode()
    town.say("mother", town.where("mother", C, "child"), ActKind.REFUSED)
    assert town.state("child") is State.REFUSED


def test_the_desk_lists_documents_with_their_standing_and_gives_back_what_was_signed(town: Town):
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")
    with town.work(town.signer("mother")) as work:
        desk = desk_of(work, town.sit("mother"))
        standing = {(one.consent.notice, one.consent.about_id): one for one in desk.tasks}
        signed = standing[C, town.people["child"]]
        read = read_signed(work, desk, signed)

    assert signed.standing is Standing.GIVEN
    assert standing[OWN, town.people["child"]].standing is Standing.SILENT
    assert (C, town.people["teen"]) in standing
    assert "Иванова" in read.body.decode()
    assert read.text_sha256 == signed.act.text_sha256
    assert may_mend(desk, town.people["child"])
    assert not may_mend(desk, town.people["father"])


def test_a_code_sent_to_a_contact_that_staff_changed_marks_the_act(town: Town):
    with town.work(town.tutor()) as work:
        correct_field(work, town.school, town.people["mother"], "phone", "+7 914 999-99-99")
    town.give("mother", AGREEMENT)
    town.give("mother", C, "child")

    given = [one for one in town.decisions()["child"].acts.values() if one.notice is C]
    assert [one.contact_changed for one in given] == [True]


@pytest.mark.parametrize("attempt", [update(acts).values(kind="refused"), delete(acts)])
def test_an_act_is_never_changed(town: Town, attempt: Executable):
    town.give("mother", AGREEMENT)

    with pytest.raises(DBAPIError), town.work() as work:
        work.connection.execute(attempt)


def test_an_act_stands_in_the_trail_as_it_stands_in_its_table(town: Town):
    signed = town.give("mother", AGREEMENT)
    with town.registry.reading(SYSTEM) as work:
        states = {act_id: state for act_id, _, state in facts.present_states(work.connection, work.vault)}

    assert set(states) == {signed.act_id}
    assert states[signed.act_id][0]["kind"] == "given"
    assert signed.recorded.receipt


def test_whoever_is_lost_to_the_message_is_told_of_once(town: Town):
    confirm_everything(town)
    everything_by(town)
    town.say("mother", town.where("mother", C, "child"), ActKind.WITHDRAWN)
    with town.registry.reading(SYSTEM) as work:
        told = [
            row.arguments
            for row in work.connection.execute(
                promises.select().where(promises.c.job == "submissions.tell_of_withdrawal")
            )
        ]
    assert told == [
        {"school_id": str(town.school), "programme_id": "mesh-2020", "student_id": str(town.people["child"])}
    ]


def test_the_last_click_takes_few_statements(town: Town):
    town.give("mother", AGREEMENT)
    town.give("mother", C, "teen")
    where = town.read("mother", C, "child")
    with counted(town.registry) as statements:
        town.say("mother", where, ActKind.GIVEN)
    most = 5 if town.registry.engine.dialect.name == "postgresql" else 7
    assert len([one for one in statements if not one.startswith("BEGIN")]) <= most, statements


def test_decisions_take_a_fixed_number_of_statements(town: Town):
    everything_by(town)
    with counted(town.registry) as statements:
        town.decisions()
    assert len([one for one in statements if one != "BEGIN"]) <= 10
