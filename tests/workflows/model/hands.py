"""Tasks that change hands, tried by whoever may or may not: taken, handed over, taken back, put back."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import rule

from registry.errors import ConflictError, InvalidError
from registry.workflows.cases import Case, Happening
from registry.workflows.tasks import doing
from registry.workflows.tasks.doing import Handed
from tests.workflows.model.machine import CLOSED, STALE, Answer, Machine
from tests.workflows.model.people import PEOPLE, Person

NOT_YOURS: Answer = (ConflictError, "task-not-yours")
YOURS: Answer = (ConflictError, "task-yours")
FREE: Answer = (ConflictError, "task-free")
TAKEN: Answer = (ConflictError, "task-taken")
ACTS = ("take", "take", "hand_over", "take_back", "put_back", "comment")


class Hands(Machine):
    """Lets tasks change hands."""

    @rule(data=st.data())
    def hand(self, data: st.DataObject) -> None:
        """Try one of these by anybody, most often by somebody who may."""
        case = self.some_case(data)
        near = [one for one in PEOPLE if case.assignee_role == one.right.role]
        own = [*self.colleagues(case), *(one for one in PEOPLE if case.assignee_person == one.id)]
        person = data.draw(st.sampled_from([*own * 8, *near, *PEOPLE]))
        revision = case.revision - data.draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1]))
        self.work.actor = person.actor
        act: Callable[..., None] = getattr(self, data.draw(st.sampled_from(ACTS)))
        act(data, case, person, revision)

    def take(self, _data: st.DataObject, case: Case, person: Person, revision: int) -> None:
        expected = self.task_of(person, case)
        if expected is None and case.assignee_person == person.id:
            expected = YOURS
        elif expected is None and self.is_held(case):
            expected = TAKEN
        asker = person.asker(self.work.today)
        done = self.attempt(
            expected or stale(case, revision), lambda: doing.take(self.work, asker, case.id, revision)
        )
        if done:
            self.lies_with(case, Happening.TAKEN, person, person)

    def hand_over(self, data: st.DataObject, case: Case, person: Person, revision: int) -> None:
        other = data.draw(st.sampled_from([*self.colleagues(case) * 2, *PEOPLE]))
        expected = self.task_of(person, case)
        if expected is None and case.assignee_person != person.id and self.is_held(case):
            expected = TAKEN
        elif expected is None and (other.id == case.assignee_person or other not in self.colleagues(case)):
            expected = InvalidError, "colleague"
        asker, given = (
            person.asker(self.work.today),
            Handed(other.id, data.draw(st.sampled_from(["", "Вам"]))),
        )
        done = self.attempt(
            expected or stale(case, revision),
            lambda: doing.hand_over(self.work, asker, case.id, revision, given),
        )
        if done:
            self.lies_with(case, Happening.HANDED_OVER, person, other)

    def take_back(self, _data: st.DataObject, case: Case, person: Person, revision: int) -> None:
        expected = self.task_of(person, case)
        own = expected is None
        if expected == NOT_YOURS and person.may_free(self.work.today):
            expected = None
        if expected is None and case.assignee_person in (None, person.id):
            expected = FREE
        asker = person.asker(self.work.today)
        done = self.attempt(
            expected or stale(case, revision), lambda: doing.take_back(self.work, asker, case.id, revision)
        )
        if done and own:
            self.lies_with(case, Happening.TAKEN, person, person)
        elif done:
            self.lies_with(case, Happening.PUT_BACK, person, None)

    def put_back(self, _data: st.DataObject, case: Case, person: Person, revision: int) -> None:
        expected = None if case.closed_at is None else CLOSED
        if expected is None and case.assignee_person != person.id:
            expected = FREE if case.assignee_person is None else TAKEN
        asker = person.asker(self.work.today)
        done = self.attempt(
            expected or stale(case, revision), lambda: doing.put_back(self.work, asker, case.id, revision)
        )
        if done:
            self.lies_with(case, Happening.PUT_BACK, person, None)

    def comment(self, data: st.DataObject, case: Case, person: Person, revision: int) -> None:
        said = data.draw(st.sampled_from(["Жду бумаги", "Жду бумаги", "  ", "ы" * 2001]))
        expected = (CLOSED if case.closed_at else None) or stale(case, revision)
        if expected is None and said != "Жду бумаги":
            expected = InvalidError, "comment"
        if self.attempt(expected, lambda: doing.comment(self.work, case.id, revision, said)):
            last = self.last_line(case)
            assert (last.kind, last.actor_id, last.given_to) == (Happening.COMMENTED, person.id, None)
            assert self.cases[case.id].assignee_person == case.assignee_person

    def task_of(self, person: Person, case: Case) -> Answer:
        if case.closed_at is not None:
            return CLOSED
        return None if person.has_task(case, self.work.today) else NOT_YOURS

    def is_held(self, case: Case) -> bool:
        """Whether it lies with somebody who still has the role for it."""
        holder = next((one for one in PEOPLE if one.id == case.assignee_person), None)
        return holder is not None and holder.has_task(case, self.work.today)

    def colleagues(self, case: Case) -> list[Person]:
        return [one for one in PEOPLE if one.has_task(case, self.work.today)]

    def lies_with(self, case: Case, kind: Happening, by: Person, whom: Person | None) -> None:
        now, last, person = self.cases[case.id], self.last_line(case), whom.id if whom else None
        assert (now.revision, now.assignee_role, now.assignee_person) == (
            case.revision + 1,
            case.assignee_role,
            person,
        )
        assert (last.kind, last.actor_id, last.given_to) == (kind, by.id, person)


def stale(case: Case, revision: int) -> Answer:
    return None if case.revision == revision else STALE
