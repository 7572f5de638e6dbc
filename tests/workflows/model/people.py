"""Who works at the cases of a model: where each has which role, until when, and which tasks are his so."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.access.models.roles import Assignment, Term, add_role
from registry.access.models.users import Account, add_user
from registry.access.rules import Place, Right, Role, Scope
from registry.trail.entries import Actor
from registry.work import Work
from registry.workflows.cases import Case
from registry.workflows.tasks.shares import Asker

SCHOOL, ELSEWHERE = UUID(int=17), UUID(int=18)
TOWN, FAR_TOWN, REGION = UUID(int=27), UUID(int=28), UUID(int=37)
CLASSES = (UUID(int=47), UUID(int=48))
FIRST = date(2020, 1, 1)
ENDS = date(2020, 11, 25)

_PLACES: dict[Scope, tuple[UUID | None, ...]] = {
    Scope.SCHOOL: (SCHOOL,),
    Scope.MUNICIPALITY: (TOWN,),
    Scope.REGION: (REGION,),
    Scope.INSTALLATION: (None,),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One of the staff.

    Attributes:
        last: the last day of the role, if it ends.
    """

    id: UUID
    right: Right
    last: date | None = None

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.id, self.right.role, "password", self.right.school_id)

    def has_role(self, today: date) -> bool:
        return self.last is None or today <= self.last

    def asker(self, today: date) -> Asker:
        return Asker(self.id, (self.right,) if self.has_role(today) else ())

    def has_task(self, case: Case, today: date) -> bool:
        """Whether the case's task is his: by the role, in the place, on the day."""
        return self.right.role == case.assignee_role and self.has_role(today) and self._works_at(case)

    def may_free(self, today: date) -> bool:
        """Whether he may take tasks of the school from others: he manages its people."""
        right = self.right
        manages = right.role is Role.ADMINISTRATOR or (right.role, right.place_id) == (Role.DIRECTOR, SCHOOL)
        return manages and self.has_role(today)

    def _works_at(self, case: Case) -> bool:
        right = self.right
        if right.role in (Role.ADMINISTRATOR, Role.AUDITOR):
            return False
        if right.scope is Scope.CLASS:
            return right.school_id == SCHOOL and case.subject.class_id in (None, right.place_id)
        return right.place_id in _PLACES[right.scope]


def _people() -> tuple[Person, ...]:
    both = [
        Right(Role.TUTOR, Scope.CLASS, CLASSES[0], SCHOOL),
        Right(Role.CLERK, Scope.SCHOOL, SCHOOL, SCHOOL),
        Right(Role.DIRECTOR, Scope.SCHOOL, SCHOOL, SCHOOL),
        Right(Role.COORDINATOR, Scope.MUNICIPALITY, TOWN),
        Right(Role.OPERATOR, Scope.INSTALLATION),
    ]
    one = [
        Right(Role.TUTOR, Scope.CLASS, CLASSES[1], SCHOOL),
        Right(Role.CLERK, Scope.SCHOOL, ELSEWHERE, ELSEWHERE),
        Right(Role.DIRECTOR, Scope.SCHOOL, ELSEWHERE, ELSEWHERE),
        Right(Role.COORDINATOR, Scope.MUNICIPALITY, FAR_TOWN),
        Right(Role.COORDINATOR, Scope.REGION, REGION),
        Right(Role.OPERATOR, Scope.REGION, REGION),
        Right(Role.ADMINISTRATOR, Scope.INSTALLATION),
        Right(Role.AUDITOR, Scope.SCHOOL, SCHOOL, SCHOOL),
    ]
    held = [(right, None) for right in both + one] + [(right, ENDS) for right in both]
    return tuple(Person(UUID(int=1000 + number), *who) for number, who in enumerate(held))


PEOPLE = _people()


def employ_all(work: Work) -> None:
    """Give everybody an account and the role."""
    for one in PEOPLE:
        add_user(work.connection, Account(one.id, f"p{one.id.int}", "Кто-то", "", 1), None, work.now)
        term = Term(FIRST, one.last)
        add_role(work.connection, Assignment(work.new_id(), one.id, one.right, term, None, 1))


def place_of(_work: Work, school: UUID | None) -> Place:
    return Place(REGION, TOWN if school == SCHOOL else FAR_TOWN, school)
