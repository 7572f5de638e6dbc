"""Cases as lists show them: titles, names of school and class, with whom they lie, the way to the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from registry.access.models.users import names_of
from registry.access.rules import Right, Scope, rights_for
from registry.work import Work
from registry.workflows import versions
from registry.workflows.cases import Case
from registry.workflows.definition import Definition
from registry.workflows.models import tasks
from registry.workflows.models.counting import Count
from registry.workflows.models.tasks import Asked
from registry.workflows.names import NAMES, Concerned
from registry.workflows.tasks.naming import concerned, saw_names
from registry.workflows.tasks.shares import Asker, Whose, shares_of
from registry.workflows.timing import legal

MOST_PARTS: Final = 100
"""So many sub-cases the page of a case shows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A case with what is said of it.

    Attributes:
        late: whether it is overdue.
        school: the name of its school, where it belongs to one; `classroom`: of its class.
        holder: the name of whoever it lies with.
        person: whom it is about, where who asks may be told.
        way: the address of the page where the work on it is done, where who asks may come in.
    """

    case: Case
    definition: Definition
    late: bool
    school: str | None
    classroom: str | None
    holder: str | None
    way: str | None
    person: str | None = None

    def title(self, language: str) -> str:
        """Say of which process it is."""
        title = self.definition.title
        return title.get(language, title["ru"])

    def state(self, language: str) -> str:
        """Say where it stands."""
        title = self.definition.state(self.case.state).title
        return title.get(language, title["ru"])


def list_tasks(work: Work, asker: Asker, whose: Whose, asked: Asked) -> list[Shown]:
    """List tasks, the longest overdue first; a fixed number of statements."""
    found = tasks.tasks(work.connection, shares_of(asker, whose), asked)
    return show(work, found, asker.rights)


def count_waiting(work: Work, asker: Asker) -> Count:
    """Count what waits for somebody, and what of it is overdue; one statement, and one for a deputy."""
    asked = Asked(legal(work), work.today)
    return tasks.count_tasks(work.connection, shares_of(asker, Whose.WAITING), asked)


def list_standing(work: Work, standing: tasks.Standing, rights: tuple[Right, ...]) -> list[Shown]:
    """List the open cases of a process in one of its states, the longest overdue first."""
    return show(work, tasks.standing(work.connection, standing), rights)


def list_parts(work: Work, case: Case) -> list[Shown]:
    """List the sub-cases of a case, open ones first, one more than a page shows."""
    return show(work, tasks.parts(work.connection, case.id, MOST_PARTS + 1), ())


def show(work: Work, found: Sequence[Case], rights: tuple[Right, ...]) -> list[Shown]:
    """Say of cases what lists say of them: whom they are about only to who has the right to know.

    Three statements, one for where their schools lie, as many as each room needs for its names, and one for a
    version never seen before. A page that shows names records the look by `saw`.
    """
    schools = {one.school_id for one in found if one.school_id}
    told = concerned(work, found, rights)
    class_of = {one.id: one.subject.class_id or _class_of(told.get(one.id)) for one in found}
    classes = {one for one in class_of.values() if one}
    places = NAMES.atlas.names_of(work, schools, classes)
    people = names_of(work.connection, frozenset(one.assignee_person for one in found if one.assignee_person))
    return [
        Shown(
            case=one,
            definition=versions.definition_of(work.connection, one),
            late=is_late(one, legal(work)),
            school=places.get(one.school_id) if one.school_id else None,
            classroom=places.get(of_class) if (of_class := class_of[one.id]) else None,
            holder=people.get(one.assignee_person) if one.assignee_person else None,
            way=way_of(work, one, rights),
            person=told[one.id].name if one.id in told else None,
        )
        for one in found
    ]


def saw(found: Sequence[Shown]) -> None:
    """Record that who asks was shown the names that stand in a list."""
    saw_names({one.case.school_id for one in found if one.person})


def _class_of(told: Concerned | None) -> UUID | None:
    return told.class_id if told else None


def is_late(case: Case, now: datetime) -> bool:
    """Say whether an open case is overdue."""
    return case.closed_at is None and case.late_at is not None and case.late_at <= now


def way_of(work: Work, case: Case, rights: tuple[Right, ...]) -> str | None:
    """Give the address of the page where the work on a case is done, to whom may come in.

    A right in a class leads to the cases of that class, and to those that whoever asks has taken himself.
    """
    page = NAMES.pages.get(case.subject.kind)
    if page is None:
        return None
    mine = case.assignee_person is not None and case.assignee_person == work.actor.id
    leading = (
        right.scope is not Scope.CLASS or mine or right.place_id == case.subject.class_id
        for right in rights_for(rights, page.action)
    )
    return page.find(case) if any(leading) else None


def names_in(work: Work, case: Case, people: Sequence[UUID | None]) -> dict[UUID, str]:
    """Name the staff who appear in a case."""
    return names_of(work.connection, frozenset(one for one in (case.assignee_person, *people) if one))
