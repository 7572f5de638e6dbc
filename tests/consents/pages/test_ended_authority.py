"""The end of a role or a guardianship takes effect at the next use: pages, links, prepared texts, jobs."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from registry.access.models.tables import role_assignments, users
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import end_role, give_role
from registry.app import load_names
from registry.consents.models.tables import invitations
from registry.consents.usecases.inviting import send_links
from registry.jobs.worker import keep_due_promises
from registry.letters.models import letters
from registry.people.usecases.families import bar_guardian, end_guardianship
from registry.promises.rules import reason
from registry.promises.usecases import listed, try_again
from registry.storage.outbox_view import Standing
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, C, Town, confirm_everything
from tests.consents.pages.conftest import Reader

load_names()


def bar(town: Town, guardian: str, *students: str) -> None:
    with town.work(town.tutor()) as work:
        for student in students:
            bar_guardian(work, town.school, town.people[student], town.people[guardian])


def acts(town: Town, student: str) -> int:
    return len(town.decisions()[student].acts)


def test_a_barred_guardian_sees_nothing_of_the_child_at_the_next_click(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    """His session is open, and what of it concerned the child is gone; the other child's stays."""
    mother = signer("mother")
    assert "Иванова Child" in mother.text
    document = f"/decide/documents/{town.consent('mother', C, 'child').id}"
    assert mother.open(document).status_code == 200
    bar(town, "mother", "child")
    mother.open("/decide")
    assert "Иванова Child" not in mother.text
    assert "Иванова Teen" in mother.text
    assert mother.open(document).status_code == 404
    assert mother.open(f"/decide/people/{town.people['child']}").status_code == 404
    assert "Child" not in mother.open(f"/i/{town.link('mother')}").text


def test_who_may_act_for_nobody_finds_pages_and_link_closed(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    """With the last guardianship the open session leads nowhere, and so does the link."""
    mother, link = signer("mother"), town.link("mother")
    bar(town, "mother", "child", "teen")
    for address in ("/decide", "/decide/looks", f"/decide/people/{town.people['mother']}", f"/i/{link}"):
        assert mother.open(address).status_code == 410, address


def test_a_text_prepared_before_the_end_can_be_signed_no_more(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    confirm_everything(town)
    mother = signer("mother")
    mother.open("/decide")
    mother.follow("Соглашение")
    mother.choose("given")
    mother.send("/sign", full_name="Иванова Mother", insists="yes")
    mother.open("/decide")
    mother.follow("Согласие на обработку данных ребёнка: Иванова Child")
    mother.choose("given")
    before = acts(town, "child")
    bar(town, "mother", "child")
    answer = mother.send("/sign", full_name="Иванова Mother", insists="yes")
    assert answer.status_code in {403, 409}
    assert acts(town, "child") == before


def test_an_ended_term_stands_to_the_end_of_its_day(town: Town, signer: Callable[[str], Reader]) -> None:
    mother = signer("mother")
    with town.work(town.tutor()) as work:
        end_guardianship(work, town.school, town.people["child"], town.people["mother"])
    assert "Иванова Child" in mother.open("/decide").text


def test_letters_and_links_that_wait_for_a_barred_guardian_are_stopped(town: Town) -> None:
    with town.work() as work:
        assert send_links(work, town.school, MESH, [town.people["mother"]]) == 1
    bar(town, "mother", "child", "teen")
    keep(town)
    with town.registry.reading(SYSTEM) as work:
        of_mother = letters.c.person_id == town.people["mother"]
        states = set(work.connection.execute(select(letters.c.state).where(of_mother)).scalars())
        mine = invitations.c.signer_id == town.people["mother"]
        revoked = work.connection.execute(select(invitations.c.revoked_at).where(mine)).scalars().all()
    assert "queued" not in states
    assert revoked
    assert all(revoked)


def keep(town: Town) -> None:
    while keep_due_promises(town.registry):
        pass


def invited(town: Town) -> set[UUID]:
    with town.registry.reading(SYSTEM) as work:
        return set(work.connection.execute(select(invitations.c.signer_id)).scalars())


def order(town: Town, clerk: Reader) -> None:
    """Order the invitations of the whole school on the page."""
    clerk.open(f"/consents/schools/{town.school}/invite")
    assert clerk.send("/invite").status_code == 200


def role_of(town: Town) -> tuple[UUID, UUID]:
    """Find the clerk's assignment and account."""
    with town.registry.reading(SYSTEM) as work:
        given = role_assignments.c
        row = work.connection.execute(select(given.id, given.user_id).where(given.role == "clerk")).one()
        return row.id, row.user_id


def end(town: Town) -> None:
    with town.work() as work:
        end_role(work, role_of(town)[0], work.today - timedelta(days=1))


def test_a_role_that_ended_opens_nothing_at_the_next_click(
    town: Town, employee: Callable[[Role], Reader]
) -> None:
    """The session stays, the right is gone."""
    clerk = employee(Role.CLERK)
    assert clerk.open("/consents").status_code == 200
    end(town)
    assert clerk.open("/consents").status_code == 403
    assert clerk.open("/sessions").status_code == 200


def test_invitations_ordered_by_who_may_no_longer_are_not_sent_and_not_lost(
    town: Town, employee: Callable[[Role], Reader]
) -> None:
    """The job asks again when it runs; it stops with its reason, and goes on once he may."""
    order(town, employee(Role.CLERK))
    user = role_of(town)[1]
    end(town)
    keep(town)
    assert invited(town) == set()
    with town.registry.reading(SYSTEM) as work:
        stopped = listed(work, Standing.GIVEN_UP, None, 10)
    assert [one.job for one in stopped] == ["consents.send_invitations"]
    assert "больше не вправе" in reason(stopped[0].last_error or "")
    with town.work() as work:
        give_role(work, user, Right(Role.CLERK, Scope.SCHOOL, town.school, town.school))
        try_again(work, stopped[0].id)
    keep(town)
    assert invited(town) == {town.people[name] for name in ("mother", "father", "teen", "adult")}


def test_a_closed_account_sends_nothing_either(town: Town, employee: Callable[[Role], Reader]) -> None:
    order(town, employee(Role.CLERK))
    with town.work() as work:
        work.connection.execute(users.update().values(disabled_at=work.now))
    keep(town)
    assert invited(town) == set()


def test_a_barred_guardian_is_not_invited(town: Town, employee: Callable[[Role], Reader]) -> None:
    bar(town, "mother", "child", "teen")
    order(town, employee(Role.CLERK))
    keep(town)
    assert invited(town) == {town.people[name] for name in ("father", "teen", "adult")}
