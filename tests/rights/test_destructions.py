"""Thirty days after a withdrawal what was held for the consent alone is gone; what proves the past stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from registry.access.rules import Right, Role, Scope
from registry.access.usecases.giving import give_role
from registry.access.usecases.users import NewUser, add_user
from registry.app import load_names, present_states
from registry.consents.models.tables import act_scans, acts, presentations
from registry.consents.rules.acts import ActKind
from registry.consents.usecases.paper import document_of
from registry.consents.usecases.scans import keep_scan
from registry.consents.usecases.writing import Signed
from registry.documents.scans.looking import Scan
from registry.errors import ConflictError, GoneError, NotFoundError
from registry.jobs.worker import keep_due_promises
from registry.letters.models import letters
from registry.people.models.persons import Person, load_persons
from registry.people.models.tables import enrolments, guardianships
from registry.people.usecases.authority import state_authority
from registry.people.usecases.corrections import correct_own_fields
from registry.proofs.clock import seal_new
from registry.proofs.models.sealed import sealed_documents
from registry.proofs.usecases.checking import Verdict, check_file
from registry.rights import usecases
from registry.rights.clock import follow_withdrawals
from registry.rights.models import destructions
from registry.rights.models.destructions import Shown
from registry.trail.entries import SYSTEM, Actor
from registry.trail.models import trail_object, trail_opening
from registry.trail.publisher import tend
from registry.trail.verify import Report, verify
from registry.work import Registry
from registry.workflows import usecases as workflows
from registry.workflows import versions
from registry.workflows.clock import follow_clock
from tests.canary.scanner import needles, scan_files
from tests.consents.conftest import AGREEMENT, OWN, C, Town, town
from tests.documents.signatures import detached
from tests.proofs.conftest import file_of, publish, sealed_of
from tests.proofs.test_signatures import attached as attach_file
from tests.proofs.test_signatures import kept as kept_files

__all__ = ["town"]

load_names()

BEGUN = date(2020, 11, 2)
DAY = date(2020, 12, 1)
"""The day of the destruction: the thirtieth day after the withdrawal is the second of December."""
DIRECTOR = Actor("staff", UUID(int=9), "director", "password")


@pytest.fixture
def signed(town: Town) -> Signed:
    """The mother's written consent for her child, with a text, evidence and a scan."""
    with town.work() as work:
        versions.publish(work, {"destruction.toml": versions.shipped()["destruction.toml"]})
    town.give("mother", AGREEMENT)
    made = town.give("mother", C, "child")
    with town.work() as work:
        scan = Scan("png", 1, b"a scan of the paper")
        keep_scan(work, document_of(town.consent("mother", C, "child")), made.act_id, scan)
    return made


def withdraw(town: Town) -> Signed:
    return town.say("mother", town.where("mother", C, "child"), ActKind.WITHDRAWN)


@contextmanager
def on(town: Town, day: date) -> Iterator[Town]:
    """Go on with the same installation on another legal day."""
    moved = Registry.open(replace(town.registry.settings, today=day))
    yield replace(town, registry=moved)
    moved.engine.dispose()


def clocks(town: Town) -> None:
    follow_withdrawals(town.registry)
    follow_clock(town.registry)
    while keep_due_promises(town.registry):
        pass


def only(town: Town) -> Shown:
    with town.registry.reading(SYSTEM) as work:
        (one,) = destructions.every(work.connection)
        return destructions.get(work.connection, one.id)


def person(town: Town, name: str) -> Person:
    with town.registry.reading(SYSTEM) as work:
        return load_persons(work.connection, work.vault, [town.people[name]])[town.people[name]]


def verified(town: Town) -> Report:
    tend(town.registry.engine, town.registry.trail, town.registry.now())
    report = verify(town.registry.engine, town.registry.vault, town.registry.trail, present_states())
    assert report.status == 0, report.findings
    return report


def openings_of(town: Town, act_id: UUID) -> int:
    events = select(trail_object.c.event_id).where(trail_object.c.kind == "act", trail_object.c.id == act_id)
    count = select(func.count()).where(trail_opening.c.event_id.in_(events))
    with town.registry.reading(SYSTEM) as work:
        return int(work.connection.execute(count).scalar_one())


def unenrol(town: Town, name: str, day: date) -> None:
    with town.work() as work:
        his = enrolments.c.person_id == town.people[name]
        work.connection.execute(update(enrolments).where(his).values(valid_until=day))


def test_thirty_days_after_a_withdrawal_its_evidence_text_and_scan_are_gone_and_the_trail_says_erased(
    town: Town, signed: Signed
) -> None:
    agreement = town.consent("mother", AGREEMENT).id
    with town.registry.reading(SYSTEM) as work:
        scan_file = work.connection.execute(select(act_scans.c.scan_file)).scalar_one()
    back = withdraw(town)
    clocks(town)
    waiting = only(town)
    assert (waiting.state, waiting.destruction.last_day) == ("waiting", BEGUN + timedelta(days=30))
    with on(town, DAY - timedelta(days=1)) as before:
        clocks(before)
        assert only(before).state == "waiting"
    assert openings_of(town, signed.act_id) == openings_of(town, back.act_id) == 1
    erased = verified(town).erased
    with on(town, DAY) as there:
        clocks(there)
        done = only(there)
        assert done.state == "destroyed"
        assert done.destruction.outcome is not None
        assert (done.destruction.outcome.evidence, done.destruction.outcome.scans) == (2, 1)
        clocks(there)  # again: nothing more
    assert openings_of(town, signed.act_id) == openings_of(town, back.act_id) == 0
    with town.registry.reading(SYSTEM) as work:
        kept = work.connection.execute(select(acts.c.kind).order_by(acts.c.id)).scalars().all()
        assert kept == ["given", "given", "withdrawn"]
        shown = work.connection.execute(select(presentations.c.consent_id)).scalars().all()
        assert shown == [agreement]
        assert not work.connection.execute(select(act_scans)).all()
    with pytest.raises(NotFoundError):
        town.registry.files.get(scan_file)
    assert verified(town).erased == erased + 2


def test_the_sealed_document_goes_with_the_content_of_its_act_and_is_still_known_by_its_digest(
    town: Town, signed: Signed
) -> None:
    publish(town)
    seal_new(town.registry)
    sealed, data = sealed_of(town, signed), file_of(town, signed)
    assert sealed
    withdraw(town)
    clocks(town)
    with on(town, DAY) as there:
        clocks(there)
        outcome = only(there).destruction.outcome
    assert outcome
    assert outcome.documents == 1
    assert sealed_of(town, signed) == replace(sealed, sealed_file=None)
    with pytest.raises(NotFoundError):
        town.registry.files.get(sealed.sealed_file or UUID(int=0))
    answer = check_file(town.registry, SYSTEM, data)
    assert answer.verdict is Verdict.GENUINE
    assert answer.told
    assert (answer.told.kept, answer.told.later) == (False, ActKind.WITHDRAWN)
    publish(town)
    seal_new(town.registry)  # the withdrawal's own evidence is gone as well: nothing is made of it
    with town.registry.reading(SYSTEM) as work:
        left = work.connection.execute(select(sealed_documents.c.sealed_file)).scalars().all()
    assert len([one for one in left if one]) == 1
    verified(town)


def test_files_of_signatures_go_with_the_content_of_their_act_and_only_digests_stay(
    town: Town, signed: Signed
) -> None:
    attached = attach_file(town, signed, detached(b"a paper"))
    assert attached.kept.signature_file
    withdraw(town)
    clocks(town)
    with on(town, DAY) as there:
        clocks(there)
        outcome = only(there).destruction.outcome
        assert outcome
        assert outcome.signatures == 1
        with pytest.raises(GoneError):
            attach_file(there, signed, detached(b"another"))
    (left,) = kept_files(town, signed)
    assert (left.said, left.kept) == (None, replace(attached.kept, signature_file=None))
    with pytest.raises(NotFoundError):
        town.registry.files.get(attached.kept.signature_file)
    verified(town)


def test_address_and_documents_go_with_the_last_written_consent_and_out_of_the_trail_too(
    town: Town, signed: Signed
) -> None:
    mother, child = town.people["mother"], town.people["child"]
    with town.work(town.signer("mother")) as work:
        correct_own_fields(work, town.school, mother, {"address": "г. Хабаровск, ул. Новая, д. 5"})
        state_authority(work, town.school, (child, mother), "решение опеки № 8, 01.06.2015, отдел опеки")
    withdraw(town)
    clocks(town)
    with on(town, DAY) as there:
        clocks(there)
        mothers, childs = person(there, "mother"), person(there, "child")
    assert (mothers.address, mothers.identity_document, childs.address) == (None, None, None)
    assert mothers.phone
    assert mothers.birth_date
    with town.registry.reading(SYSTEM) as work:
        tie = (guardianships.c.student_id == child) & (guardianships.c.guardian_id == mother)
        document = select(guardianships.c.authority_document).where(tie)
        assert work.connection.execute(document).scalar_one() is None
    assert verified(town).erased >= 4
    if town.registry.engine.dialect.name == "sqlite":
        gone = needles(["ул. Новая, д. 5", "решение опеки № 8"])
        assert scan_files([town.registry.settings.home.parent], gone) == {}
    with town.work(town.signer("mother")) as work:  # the card can be filled in again
        correct_own_fields(work, town.school, mother, {"address": "г. Хабаровск, ул. Третья, д. 6"})
    assert person(town, "mother").address == "г. Хабаровск, ул. Третья, д. 6"


def test_what_another_consent_needs_stays(town: Town, signed: Signed) -> None:
    town.give("mother", OWN, "child")
    withdraw(town)
    clocks(town)
    with on(town, DAY) as there:
        clocks(there)
        assert only(there).state == "destroyed"
    assert person(town, "mother").address == "г. Хабаровск, ул. Ленина, д. 1"
    with town.registry.reading(SYSTEM) as work:
        assert len(work.connection.execute(select(presentations)).all()) == 2
    verified(town)


def test_a_consent_that_is_given_again_is_not_destroyed(town: Town, signed: Signed) -> None:
    withdraw(town)
    clocks(town)
    again = town.give("mother", C, "child")
    clocks(town)
    assert only(town).state == "dropped"
    with on(town, DAY) as there:
        clocks(there)
    assert openings_of(town, again.act_id) == openings_of(town, signed.act_id) == 1


def test_an_order_to_keep_holds_it_with_its_reason_until_it_is_lifted(town: Town, signed: Signed) -> None:
    withdraw(town)
    clocks(town)
    case_id = only(town).destruction.case_id
    with town.work(replace(DIRECTOR, school=town.school)) as work:
        with pytest.raises(ConflictError, match="почему"):
            workflows.advance(work, case_id, "keep")
        workflows.advance(work, case_id, "keep", context={"note": "спор в суде, дело № 2-17"})
    with on(town, DAY + timedelta(days=30)) as later:
        clocks(later)
        assert only(later).state == "kept"
        with later.work(replace(DIRECTOR, school=town.school)) as work:
            workflows.advance(work, case_id, "let_go")
        clocks(later)
        assert only(later).state == "destroyed"
    verified(town)


def test_who_stands_in_nothing_else_is_destroyed_as_a_whole(town: Town, signed: Signed) -> None:
    """The father is another's guardian still; the mother was only this child's, who has left."""
    withdraw(town)
    unenrol(town, "child", BEGUN)
    unenrol(town, "teen", BEGUN)
    clocks(town)
    with town.work(town.signer("mother")) as work:
        back = town.consent("mother", AGREEMENT)
    town.say("mother", replace(town.where("mother", C, "child"), consent_id=back.id), ActKind.WITHDRAWN)
    with on(town, DAY) as there:
        clocks(there)
        outcome = only(there).destruction.outcome
    assert outcome is not None
    assert set(outcome.people) == {town.people["mother"], town.people["child"]}
    with town.registry.reading(SYSTEM) as work:
        left = load_persons(work.connection, work.vault, list(town.people.values()))
        assert town.people["father"] in left
        assert not {town.people["mother"], town.people["child"]} & left.keys()
        assert set(usecases.erased_people(work)) == set(outcome.people)
    verified(town)


def test_the_operator_is_told_ahead_of_the_day(town: Town, signed: Signed) -> None:
    with town.work() as work:
        user = add_user(work, NewUser("operator", "Оператор", "no password fits this", "o@example.org"))
        give_role(work, user, Right(Role.OPERATOR, Scope.INSTALLATION))
    withdraw(town)
    clocks(town)
    with on(town, DAY - timedelta(days=5)) as before:
        clocks(before)
    with town.registry.reading(SYSTEM) as work:
        history = workflows.look(work, only(town).destruction.case_id).history
        told = work.connection.execute(select(letters.c.person_id).where(letters.c.kind == "task"))
        assert told.scalars().all() == [user]
    assert [step.kind.value for step in history] == ["started", "reminded"]
