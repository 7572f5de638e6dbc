"""What else stood of a destroyed person goes too: scans, what ESIA said, claims that others met him by."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Table, select

from registry.app import load_names
from registry.consents.models.asking import Consent
from registry.consents.models.esia_logins import Login, add_login
from registry.consents.models.tables import act_scans, acts, consents, esia_logins, invitations
from registry.consents.models.visits import add_invitation
from registry.consents.usecases.paper import document_of
from registry.consents.usecases.scans import keep_scan
from registry.documents.scans.looking import Scan
from registry.errors import NotFoundError
from registry.esia.rules import Began
from registry.jobs.worker import keep_due_promises
from registry.people.esia_match import AccountState, Said
from registry.people.models.account_tables import esia_accounts, field_sources
from registry.people.models.accounts import Account, note_sources, write_account
from registry.people.models.collisions import CollisionTask, Todo, add_tasks, collision_tasks
from registry.people.models.finding import add_collisions
from registry.people.models.persons import Source
from registry.people.models.tables import collisions
from registry.programmes.rules import NoticeKind
from registry.trail.entries import SYSTEM
from registry.work import Registry, Work
from tests.rights.test_erasures import ORDER, approve, ask, assert_verified
from tests.submissions.school import PROGRAMME, Pupil, School, found_school

load_names()

SEEN = b"%PDF- as a scanner made it"


@pytest.fixture
def school(registry: Registry) -> School:
    return found_school(registry)


def rows(school: School, table: Table, *conditions: ColumnElement[bool]) -> int:
    with school.registry.reading(SYSTEM) as work:
        return len(work.connection.execute(select(table).where(*conditions)).all())


def scan_papers(school: School) -> list[UUID]:
    """Keep a scan for every act that stands; give the files."""
    with school.registry.work(SYSTEM) as work:
        joined = select(acts.c.id.label("act_id"), consents).join(
            consents, consents.c.id == acts.c.consent_id
        )
        for row in work.connection.execute(joined).all():
            asked = Consent(
                id=row.id,
                school_id=row.school_id,
                programme=row.programme,
                notice=NoticeKind(row.notice),
                notice_version=row.notice_version,
                signer_id=row.signer_id,
                about_id=row.about_id,
                asked_at=row.asked_at,
            )
            keep_scan(work, document_of(asked), row.act_id, Scan("pdf", 1, SEEN))
        return list(work.connection.execute(select(act_scans.c.scan_file)).scalars())


@pytest.mark.parametrize("whose", ["student", "guardian"])
def test_scans_of_a_destroyed_person_go_with_their_files(school: School, whose: str) -> None:
    pupil, other = school.enrol(2)
    school.decide([pupil, other])
    files = scan_papers(school)
    assert len(files) == 4
    approve(school, ask(school, pupil.id if whose == "student" else pupil.guardian, ORDER))
    while keep_due_promises(school.registry):
        pass
    with school.registry.reading(SYSTEM) as work:
        left = set(work.connection.execute(select(act_scans.c.scan_file)).scalars())
    assert len(left) == 2
    for one in files:
        if one in left:
            assert school.registry.files.get(one) == SEEN
        else:
            with pytest.raises(NotFoundError):
                school.registry.files.get(one)


def esia_knows(work: Work, person: UUID) -> None:
    said = Said({"last_name": "Проверкина"}, frozenset({"phone"}))
    account = Account(person, AccountState.CONFIRMED, Source.ESIA, work.now, said, work.now, 1)
    write_account(work.connection, work.vault, account, None)
    note_sources(work.connection, person, ["last_name"], (Source.ESIA, work.now))


def logs_in(work: Work, number: int, person: UUID | None, invitation: UUID | None = None) -> None:
    login = Login(work.new_id(), "openid", invitation, Began("state", "nonce", "verifier"), None, "")
    row = {
        "state_hash": bytes([number]) * 32,
        "browser_hash": bytes(32),
        "began_at": work.now,
        "ends_at": work.now + timedelta(minutes=10),
        "person_id": person,
    }
    add_login(work.connection, work.vault, login, row)


def test_what_esia_said_goes_and_a_login_under_way_too(school: School) -> None:
    pupil, other = school.enrol(2)
    with school.registry.work(SYSTEM) as work:
        for number, one in enumerate((pupil, other)):
            esia_knows(work, one.id)
            logs_in(work, number, one.id)
    approve(school, ask(school, pupil.id))
    for table in (esia_accounts, field_sources, esia_logins):
        assert rows(school, table, table.c.person_id == pupil.id) == 0
        assert rows(school, table, table.c.person_id == other.id) == 1
    assert_verified(school.registry)


def test_a_login_that_a_link_began_goes_with_the_link(school: School) -> None:
    """Who comes is not known before ESIA answers; the link says for whom it was."""
    pupil, other = school.enrol(2)
    with school.registry.work(SYSTEM) as work:
        for number, one in enumerate((pupil, other)):
            logs_in(work, number, None, invited(work, school, one))
    approve(school, ask(school, pupil.guardian))
    assert rows(school, esia_logins) == 1
    assert rows(school, invitations, invitations.c.revoked_at.is_not(None)) == 1


def invited(work: Work, school: School, pupil: Pupil) -> UUID:
    made = work.new_id()
    row = {
        "id": made,
        "school_id": school.id,
        "programme": PROGRAMME,
        "signer_id": pupil.guardian,
        "token_hash": pupil.guardian.bytes * 2,
        "channel": "email",
        "created_at": work.now,
        "expires_at": work.now + timedelta(days=1),
    }
    add_invitation(work.connection, row)
    return made


def test_claims_of_what_the_person_held_or_wanted_go_with_their_tasks(school: School) -> None:
    pupil, other, third = school.enrol(3)
    pairs = [(pupil.id, other.id), (other.id, pupil.id), (other.id, third.id)]
    with school.registry.work(SYSTEM) as work:
        add_collisions(work.connection, [claim(work, school, *pair) for pair in pairs])
        tasks = [
            CollisionTask(work.new_id(), school.id, work.new_id(), one, "snils", Todo.CORRECT, work.now)
            for one in (pupil.id, other.id)
        ]
        add_tasks(work.connection, tasks)
    approve(school, ask(school, pupil.id))
    with school.registry.reading(SYSTEM) as work:
        (left,) = work.connection.execute(select(collisions)).all()
        (task,) = work.connection.execute(select(collision_tasks)).all()
    assert (left.holder_id, left.claimant_id, task.person_id) == (other.id, third.id, other.id)
    assert_verified(school.registry)


def claim(work: Work, school: School, holder: UUID, claimant: UUID) -> dict[str, object]:
    return {
        "id": work.new_id(),
        "school_id": school.id,
        "field": "snils",
        "holder_id": holder,
        "claimant_id": claimant,
        "claimed_at": work.now,
    }
