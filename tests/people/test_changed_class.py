"""A student comes into another class: what the school asks about him is the new tutor's task at once."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from registry.access.rules import Right, Role, Scope
from registry.access.usecases.giving import give_role
from registry.access.usecases.users import NewUser, add_user
from registry.consents.models.requests import Request, add_requests
from registry.consents.usecases.requesting import DEFINITION, SUBJECT
from registry.people.class_names import ClassName
from registry.people.models.families import Family
from registry.people.usecases import rosters
from registry.people.usecases.places import open_classes
from registry.trail.entries import SYSTEM, Actor
from registry.workflows import models, usecases, versions
from registry.workflows.cases import Case, Happening, Subject
from registry.workflows.models.tasks import Asked, tasks
from registry.workflows.tasks import doing
from registry.workflows.tasks.shares import Asker, Whose, shares_of
from tests.people.books import CLEAN, HEADER, book
from tests.people.conftest import Office
from tests.people.test_undo import approved, undone

NINE_A, NINE_B = (book(**{name: [HEADER, CLEAN]}) for name in ("9А", "9Б"))


def tutor(office: Office, classroom: UUID) -> Asker:
    right = Right(Role.TUTOR, Scope.CLASS, classroom, office.school)
    with office.registry.work(SYSTEM) as work:
        user = add_user(work, NewUser(f"user-{uuid4().hex[:8]}", "Учитель", "-"))
        give_role(work, user, right)
    return Asker(user, (right,))


def family(office: Office) -> Family:
    (found,) = office.families()
    return found


def asked_on_paper(office: Office) -> Case:
    """Begin the request about the student of the list, whose answer the tutor brings on paper."""
    at = family(office)
    with office.registry.work(SYSTEM) as work:
        name = f"{DEFINITION}.toml"
        versions.publish(work, {name: versions.shipped()[name]})
        request = Request(work.new_id(), office.school, "mesh-2020", at.student.id, work.today, work.now)
        add_requests(work.connection, [request])
        days = {"deadline": date(2020, 11, 11), "valid_until": date(2021, 8, 31)}
        subject = Subject(SUBJECT, request.id, at.class_id)
        case = usecases.start(work, DEFINITION, subject, office.school, dates=days)
        return usecases.advance(work, case.id, "to_paper")


def tasks_of(office: Office, asker: Asker, whose: Whose = Whose.WAITING) -> list[UUID]:
    with office.registry.reading(SYSTEM) as work:
        asked = Asked(work.now, work.today)
        return [one.id for one in tasks(work.connection, shares_of(asker, whose), asked)]


def now(office: Office, case: Case) -> Case:
    with office.registry.reading(SYSTEM) as work:
        found = models.find(work.connection, case.id)
    assert found is not None
    return found


def take(office: Office, asker: Asker, case: Case) -> None:
    actor = Actor("staff", asker.user_id, "tutor", "password", office.school)
    with office.registry.work(actor) as work:
        doing.take(work, asker, case.id, now(office, case).revision)


def test_the_new_tutor_has_the_task_as_soon_as_the_list_is_approved_and_the_old_one_again_when_it_is_undone(
    office: Office,
) -> None:
    approved(office, NINE_A)
    case = asked_on_paper(office)
    old = tutor(office, family(office).class_id)
    take(office, old, case)
    batch = approved(office, NINE_B)
    new = tutor(office, family(office).class_id)
    assert now(office, case).subject.class_id == family(office).class_id
    assert (tasks_of(office, old), tasks_of(office, new)) == ([], [case.id])
    with office.registry.reading(SYSTEM) as work:
        last = usecases.look(work, case.id).history[-1]
    assert (last.kind, last.actor_role) == (Happening.PUT_BACK, "clerk")
    take(office, new, case)
    undone(office, batch)
    assert (tasks_of(office, old), tasks_of(office, new)) == ([case.id], [])


def test_who_is_tutor_of_both_classes_keeps_the_task(office: Office) -> None:
    approved(office, NINE_A)
    case = asked_on_paper(office)
    first = tutor(office, family(office).class_id)
    take(office, first, case)
    waiting = office.upload(NINE_B)
    second = now(office, case)
    with office.registry.work(SYSTEM) as work:
        classes = open_classes(work, office.school, frozenset({ClassName(9, "Б")}))
        other = classes[ClassName(9, "Б")].id
        give_role(work, first.user_id, Right(Role.TUTOR, Scope.CLASS, other, office.school))
    mark = office.review(waiting).mark
    with office.registry.work(office.clerk) as work:
        rosters.approve(work, office.school, waiting, mark)
    after = now(office, case)
    assert after.subject.class_id == family(office).class_id != second.subject.class_id
    assert (after.assignee_person, after.revision) == (first.user_id, second.revision)


def test_the_case_changes_its_class_with_the_student_or_not_at_all(office: Office) -> None:
    """Whatever goes wrong after the change takes the change of the class back too."""
    approved(office, NINE_A)
    case = asked_on_paper(office)
    before = family(office).class_id
    waiting = office.upload(NINE_B)
    mark = office.review(waiting).mark
    seen: list[Case | None] = []

    def break_off() -> None:
        with office.registry.work(office.clerk) as work:
            rosters.approve(work, office.school, waiting, mark)
            seen.append(models.find(work.connection, case.id))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert [one.subject.class_id != before for one in seen if one is not None] == [True]
    assert family(office).class_id == now(office, case).subject.class_id == before
