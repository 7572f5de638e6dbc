"""Tasks: what waits for whom, in which order; taken, handed over, taken back; a deputy's on his days."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, update

from registry.access.models.roles import Term, standing_roles
from registry.access.models.tables import role_assignments
from registry.access.rules import Action, Right, Role, Scope
from registry.access.usecases.giving import delegate, end_role, give_role
from registry.people.models.places import get_school
from registry.trail.entries import SYSTEM, Actor
from registry.work import Registry
from registry.workflows import models, versions
from registry.workflows.cases import Case
from registry.workflows.models.tables import case_history
from registry.workflows.models.tasks import Asked, Share, tasks
from registry.workflows.models.tasks import Place as Spot
from tests.staff.conftest import Employ, Person, Place, app, employ, school, schools
from tests.workflows.errands import advance, errand, now_of, publish

__all__ = ["app", "employ", "school", "schools"]

SHOWN = re.compile(r'href="/processes/cases/([0-9a-f-]{36})"')


@pytest.fixture(autouse=True)
def ready(registry: Registry) -> None:
    publish(registry)


def listed(person: Person, query: str = "") -> list[UUID]:
    answer = person.get(f"/tasks{query}")
    assert answer.status_code == 200, answer.text
    return [UUID(one) for one in SHOWN.findall(answer.text)]


def do(person: Person, case: Case, what: str, **fields: object) -> int:
    """Press a button of a case's page; the revision is what the page shows, unless another is given."""
    page = f"/processes/cases/{case.id}" + ("/hand-over" if what == "hand-over" else "")
    return person.send(page, f"/processes/cases/{case.id}/{what}", **fields).status_code


def words(person: Person, case: Case, what: str, **fields: object) -> str:
    """Press it and read what is answered."""
    return person.send(f"/processes/cases/{case.id}", f"/processes/cases/{case.id}/{what}", **fields).text


def test_the_first_page_says_how_many_tasks_wait_and_how_many_are_overdue(
    registry: Registry, school: Place, employ: Employ
) -> None:
    tutor = employ("anna", Role.TUTOR)
    assert "Ждут решения" not in tutor.get("/").text
    for days in (-3, -1, 4):
        errand(registry, school.id, days)
    home = tutor.get("/").text
    assert "Ждут решения: 3" in home
    assert "Просрочено: 2" in home
    assert "Ждут решения" not in employ("boris", Role.CLERK).get("/").text


def test_tasks_stand_overdue_first_and_go_on_page_by_page(
    registry: Registry, school: Place, employ: Employ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.workflows.pages.tasks.PAGE_LENGTH", 2)
    wanted = [errand(registry, school.id, days).id for days in (-9, -1, 3, 8)]
    wanted.append(errand(registry, school.id).id)
    tutor = employ("anna", Role.TUTOR)
    found, query = list[UUID](), "/tasks"
    while query:
        text = tutor.get(query).text
        found += [UUID(one) for one in SHOWN.findall(text)]
        following = re.search(r'class="govuk-link govuk-pagination__link" href="([^"]+)"', text)
        query = following[1].replace("&amp;", "&") if following else ""
    assert found == wanted
    assert listed(tutor, "?late=1") == wanted[:2]
    assert listed(tutor, "?process=submission") == []


def test_a_task_of_one_class_waits_for_its_tutor_and_for_no_other(
    registry: Registry, school: Place, employ: Employ
) -> None:
    own = errand(registry, school.id, 1, school.classroom)
    other = errand(registry, school.id, 2, uuid4())
    of_all = errand(registry, school.id, 3)
    tutor = employ("anna", Role.TUTOR)
    assert listed(tutor) == [own.id, of_all.id]
    assert "7А" in tutor.get("/tasks").text
    assert listed(employ("darya", Role.DIRECTOR), "?whose=all") == [own.id, other.id, of_all.id]
    assert "нет задачи для вас" in words(tutor, other, "take")


def test_a_task_goes_from_all_of_the_role_to_one_and_back(
    registry: Registry, school: Place, employ: Employ
) -> None:
    case = errand(registry, school.id, 1)
    anna, vera = employ("anna", Role.TUTOR), employ("vera", Role.TUTOR)
    page = f"/processes/cases/{case.id}"
    taken = anna.send(page, f"{page}/take")
    assert "Задача теперь у вас." in anna.get(taken.location).text
    assert now_of(registry, case).assignee_person == anna.user_id
    assert listed(anna) == listed(anna, "?whose=mine") == [case.id]
    assert listed(anna, "?whose=role") == listed(vera) == []
    assert listed(vera, "?whose=all") == [case.id]
    assert "Сотрудник anna" in vera.get(f"/processes/cases/{case.id}").text
    assert do(anna, case, "put-back") == 303
    assert listed(vera) == [case.id]
    page = vera.get(f"/processes/cases/{case.id}").text
    assert "Задача взята: Сотрудник anna" in page
    assert "Задача возвращена всем" in page


def test_a_task_is_handed_over_with_words_and_taken_back(
    registry: Registry, school: Place, employ: Employ
) -> None:
    case = errand(registry, school.id, 1)
    anna, vera = employ("anna", Role.TUTOR), employ("vera", Role.TUTOR)
    assert do(anna, case, "hand-over", colleague=vera.user_id, comment="Я на больничном") == 303
    assert listed(vera, "?whose=mine") == [case.id]
    assert "«Я на больничном»" in vera.get(f"/processes/cases/{case.id}").text
    assert do(anna, case, "take-back") == 303
    assert listed(anna, "?whose=mine") == [case.id]
    assert listed(vera) == []


def test_a_director_frees_a_task_that_lies_with_somebody(
    registry: Registry, school: Place, employ: Employ
) -> None:
    case = errand(registry, school.id, 1)
    anna, vera = employ("anna", Role.TUTOR), employ("vera", Role.TUTOR)
    director = employ("darya", Role.DIRECTOR)
    do(anna, case, "take")
    assert do(director, case, "take-back") == 303
    assert now_of(registry, case).assignee_person is None
    assert listed(vera) == [case.id]


def test_each_refusal_is_answered_in_words_of_its_own(
    registry: Registry, school: Place, employ: Employ
) -> None:
    case = errand(registry, school.id, 1)
    anna, vera, clerk = employ("anna", Role.TUTOR), employ("vera", Role.TUTOR), employ("boris", Role.CLERK)
    assert "нет задачи для вас" in words(clerk, case, "take")
    assert do(anna, case, "take") == 303
    assert "уже у вас" in words(anna, case, "take")
    assert "уже взял другой сотрудник" in words(vera, case, "take")
    assert "уже взял другой сотрудник" in words(vera, case, "put-back")
    assert "уже изменил кто-то другой" in words(anna, case, "put-back", revision=1)
    assert do(anna, case, "put-back", revision="soon") == 422
    assert do(anna, case, "hand-over", colleague="") == 422
    assert do(anna, case, "hand-over", colleague=clerk.user_id) == 422
    assert do(anna, case, "hand-over", colleague=vera.user_id, comment="я" * 2001) == 422
    assert "ни у кого из коллег" in words(anna, case, "take-back")
    before = anna.get(f"/processes/cases/{case.id}").text
    advance(registry, case, "finish")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', before))
    late = anna.client.post(f"/processes/cases/{case.id}/put-back", data=hidden)
    assert late.status_code == 409
    assert "Дело закрыто" in late.text
    assert "Взять задачу" not in anna.get(f"/processes/cases/{case.id}").text


def test_nobody_of_another_school_gets_sees_or_touches_a_task(
    registry: Registry, schools: tuple[Place, Place], employ: Employ
) -> None:
    case = errand(registry, schools[0].id, 1)
    anna, strange = employ("anna", Role.TUTOR), employ("stranger", Role.TUTOR, schools[1])
    assert listed(strange, "?whose=all") == []
    assert "Сотрудник stranger" not in anna.get(f"/processes/cases/{case.id}/hand-over").text
    assert do(anna, case, "hand-over", colleague=strange.user_id) == 422
    missing = uuid4()
    for what in ("take", "take-back", "put-back", "hand-over", "comments"):
        answers = [
            strange.send("/tasks", f"/processes/cases/{one}/{what}", revision=1).status_code
            for one in (case.id, missing)
        ]
        assert answers == [404, 404], what
    assert strange.get(f"/tasks?school={schools[0].id}").status_code == 404
    assert now_of(registry, case).revision == case.revision


def test_a_comment_is_kept_sealed_and_shown_in_the_history(
    registry: Registry, school: Place, employ: Employ
) -> None:
    case = errand(registry, school.id, 1)
    anna = employ("anna", Role.TUTOR)
    assert do(anna, case, "comments", comment="Жду бумаги до пятницы") == 303
    assert "«Жду бумаги до пятницы»" in employ("darya", Role.DIRECTOR).get(f"/processes/cases/{case.id}").text
    assert do(anna, case, "comments", comment="  ") == 422
    with registry.reading(SYSTEM) as work:
        kept = work.connection.execute(select(case_history.c.note)).scalars().all()
    assert all(one is None or "бумаги".encode() not in one for one in kept)


def test_a_task_of_who_lost_the_role_waits_for_the_others_again(
    registry: Registry, school: Place, employ: Employ
) -> None:
    case = errand(registry, school.id, 1)
    anna, vera = employ("anna", Role.TUTOR), employ("vera", Role.TUTOR)
    do(anna, case, "take")
    assert listed(vera) == []
    with registry.work(SYSTEM) as work:
        (role,) = standing_roles(work.connection, anna.user_id or UUID(int=0), work.today)
        end_role(work, role.id, work.today - timedelta(days=1))
    assert listed(vera) == [case.id]
    assert do(vera, case, "take") == 303


def test_a_deputy_has_the_tasks_of_whom_he_stands_in_for_on_his_days_and_no_longer(
    registry: Registry, school: Place, employ: Employ
) -> None:
    anna, director = employ("anna", Role.TUTOR), employ("darya", Role.DIRECTOR)
    case = advance(registry, errand(registry, school.id, 1), "check")
    do(director, case, "take")
    assert listed(anna) == []
    seeing = frozenset({Action.SUBMISSION_READ, Action.CASE_READ, Action.CASE_ADVANCE})
    with registry.work(Actor("staff", director.user_id, "director", "password", school.id)) as work:
        (source,) = standing_roles(work.connection, director.user_id or UUID(int=0), work.today)
        given = delegate(work, source, anna.user_id or UUID(int=0), seeing, Term(work.today, work.today))
    assert listed(anna) == listed(anna, "?whose=mine") == [case.id]
    assert do(anna, case, "take-back") == 303
    assert now_of(registry, case).assignee_person == anna.user_id
    assert listed(anna, "?whose=mine") == [case.id]
    with registry.work(SYSTEM) as work:
        yesterday = work.today - timedelta(days=1)
        ended = update(role_assignments).where(role_assignments.c.id == given)
        work.connection.execute(ended.values(valid_until=yesterday, valid_from=yesterday))
    assert listed(anna) == []
    assert listed(director) == [case.id]


def test_a_deputy_has_no_tasks_beside_what_he_was_given(
    registry: Registry, school: Place, employ: Employ
) -> None:
    anna, director = employ("anna", Role.TUTOR), employ("darya", Role.DIRECTOR)
    advance(registry, errand(registry, school.id, 1), "check")
    rosters = frozenset({Action.ROSTER_UPLOAD, Action.CASE_READ, Action.CASE_ADVANCE})
    with registry.work(Actor("staff", director.user_id, "director", "password", school.id)) as work:
        (source,) = standing_roles(work.connection, director.user_id or UUID(int=0), work.today)
        delegate(work, source, anna.user_id or UUID(int=0), rosters, Term(work.today, work.today))
    assert listed(anna) == []


def test_only_processes_that_one_can_have_or_see_are_there_to_choose(
    registry: Registry, school: Place, employ: Employ
) -> None:
    errand(registry, school.id, 1)
    with registry.work(SYSTEM) as work:
        versions.publish(work, versions.shipped())
    tutor, clerk = employ("anna", Role.TUTOR), employ("boris", Role.CLERK)
    assert "process=errand" in tutor.get("/tasks").text
    assert "process=errand" not in clerk.get("/tasks").text
    assert "process=errand" in clerk.get("/tasks?whose=all").text
    for query in ("", "?whose=all"):
        assert "process=key-expiry" not in tutor.get(f"/tasks{query}").text
    assert "process=consent-request" in tutor.get("/tasks").text


def test_what_a_list_shows_anyway_stands_in_no_address(
    registry: Registry, school: Place, employ: Employ
) -> None:
    """One list has one address: a choice that was taken back is gone from it."""
    errand(registry, school.id, 1)
    tutor = employ("anna", Role.TUTOR)
    shown = tutor.get("/tasks?whose=waiting&late=1").text
    assert "whose=waiting" not in shown
    assert 'href="/tasks" aria-current="true"' in tutor.get("/tasks").text
    assert 'href="/tasks?late=1" aria-current="true"' in shown


def test_who_can_have_no_task_is_not_led_to_tasks(registry: Registry, school: Place, employ: Employ) -> None:
    case = errand(registry, school.id, 1)
    auditor = employ("oleg", Role.AUDITOR)
    assert 'href="/tasks"' not in auditor.get("/").text
    assert 'href="/tasks"' in employ("anna", Role.TUTOR).get("/").text
    auditor.send("/purpose", "/purpose", reason="planned", order="17")
    shown = auditor.get(f"/processes/cases/{case.id}")
    assert shown.status_code == 200
    assert 'href="/tasks"' not in shown.text


def test_a_task_leads_to_where_its_work_is_done_whoever_may_come_in(
    registry: Registry, school: Place, employ: Employ
) -> None:
    case = advance(registry, errand(registry, school.id, 1), "check")
    way = f'href="/submissions/{case.subject.id}"'
    director = employ("darya", Role.DIRECTOR)
    assert way in director.get("/tasks").text
    assert way in director.get(f"/processes/cases/{case.id}").text
    assert way not in employ("anna", Role.TUTOR).get("/tasks?whose=all").text


def test_a_case_shows_what_it_is_part_of_and_what_is_part_of_it(
    registry: Registry, school: Place, employ: Employ
) -> None:
    whole = errand(registry, school.id)
    part = errand(registry, school.id, -1, school.classroom, parent=whole.id)
    tutor = employ("anna", Role.TUTOR)
    shown = tutor.get(f"/processes/cases/{whole.id}").text
    assert f'href="/processes/cases/{part.id}"' in shown
    assert "Поручение, 7А" in shown
    assert f'href="/processes/cases/{whole.id}"' in tutor.get(f"/processes/cases/{part.id}").text


def coordinator(registry: Registry, employ: Employ, school: Place) -> Person:
    """Make a clerk, and give him the municipality of his school as a coordinator instead."""
    person = employ("marina", Role.CLERK)
    with registry.work(SYSTEM) as work:
        town = get_school(work.connection, school.id).municipality_id
        (clerk,) = standing_roles(work.connection, person.user_id or UUID(int=0), work.today)
        end_role(work, clerk.id, work.today - timedelta(days=1))
        give_role(work, person.user_id or UUID(int=0), Right(Role.COORDINATOR, Scope.MUNICIPALITY, town))
    return person


def test_a_branch_chooses_its_schools_by_links(
    registry: Registry, schools: tuple[Place, Place], employ: Employ
) -> None:
    first, second = (errand(registry, one.id, days) for one, days in zip(schools, (-1, 2), strict=True))
    person = coordinator(registry, employ, schools[0])
    assert listed(person) == []
    assert listed(person, "?whose=all") == [first.id, second.id]
    page = person.get("/tasks?whose=all").text
    assert "Школа №\u00a017" in page or "Школа 17" in page
    assert f"school={schools[1].id}" in page
    assert listed(person, f"?whose=all&school={schools[1].id}") == [second.id]
    process = person.get("/processes/errand").text
    assert "Проверить список · дел: 2, просрочено: 1" in process
    assert "Проверить список · дел: 1<" in person.get(f"/processes/errand?school={schools[1].id}").text
    assert person.get(f"/processes/errand?school={uuid4()}").status_code == 404
    assert person.get("/processes/errand?school=x").status_code == 422
    standing = f"/processes/errand/states/asked?school={schools[0].id}"
    assert SHOWN.findall(person.get(standing).text) == [str(first.id)]
    assert SHOWN.findall(person.get("/processes/errand/states/asked?late=1").text) == [str(first.id)]
    assert person.get("/processes/errand/states/nowhere").status_code == 404


def test_a_list_of_tasks_takes_as_many_statements_whatever_stands_in_it(
    registry: Registry, school: Place, employ: Employ
) -> None:
    tutor = employ("anna", Role.TUTOR)
    said: list[str] = []

    def statements() -> int:
        said.clear()
        listed(tutor, "?whose=all")
        return len(said)

    errand(registry, school.id, 1, school.classroom)
    do(tutor, errand(registry, school.id, 2), "take")
    statements()
    event.listen(registry.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    before = statements()
    for days in range(12):
        errand(registry, school.id, days, school.classroom)
    assert statements() == before


SHARES = {
    "of a school": lambda school: Share("tutor", models.Where((school.id,))),
    "of a role": lambda _: Share("tutor"),
    "of a person": lambda _: Share("tutor", person=uuid4()),
}


@pytest.mark.parametrize("which", SHARES)
def test_a_list_of_tasks_is_read_in_the_order_of_an_index(
    registry: Registry, school: Place, which: str
) -> None:
    said: list[tuple[str, object]] = []
    event.listen(registry.engine, "before_cursor_execute", lambda *args: said.append((args[2], args[3])))
    with registry.reading(SYSTEM) as work:
        asked = Asked(work.now, work.today, after=Spot(work.now, uuid4()))
        tasks(work.connection, [SHARES[which](school)], asked)
        statement, values = said[-1]
        cursor = work.connection.connection.cursor()
        if registry.engine.dialect.name == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN" if registry.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {statement}", values)
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert "ix_cases_tasks" in plan, plan
    assert "late_at" in plan, plan
