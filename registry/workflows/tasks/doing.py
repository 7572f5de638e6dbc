"""How a task changes hands: taken, handed over, taken back, put back; and what is said about it.

The work itself is done in the room of the case's subject; here only whose work it is changes.
"""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from registry.access.models import roles
from registry.access.rules import Action, Place, Right, Scope, reaches, rights_for
from registry.errors import N_, ConflictError, InvalidError, NotFoundError
from registry.work import Work
from registry.workflows import models, moving, usecases, versions
from registry.workflows.cases import Case, Happening
from registry.workflows.names import NAMES
from registry.workflows.tasks.shares import Asker, kinds_of

LONGEST_COMMENT: Final = usecases.LONGEST_NOTE


@dataclass(frozen=True, slots=True)
class Handed:
    """To whom a task is handed over, and what is said along with it."""

    person_id: UUID
    comment: str = ""


def find(work: Work, case_id: UUID) -> Case:
    """Read a case, for a door that asks whose it is.

    Raises:
        NotFoundError: no such case.
    """
    found = models.find(work.connection, case_id)
    if found is None:
        raise NotFoundError(N_("Такого дела нет."), code="no-case")
    return found


def take(work: Work, asker: Asker, case_id: UUID, revision: int) -> Case:
    """Take a task that lies with nobody.

    Raises:
        NotFoundError: no such case.
        ConflictError: closed, no task, not a task of who asks, taken by another, or changed meanwhile.
    """
    case = _task(work, asker, case_id)
    if case.assignee_person == asker.user_id:
        raise ConflictError(N_("Эта задача уже у вас."), code="task-yours")
    if is_held(work, case):
        raise _taken()
    return _give(work, _seen(case, revision), Happening.TAKEN, asker.user_id)


def hand_over(work: Work, asker: Asker, case_id: UUID, revision: int, given: Handed) -> Case:
    """Give a task to a colleague who has the role in the place of the case.

    Raises:
        NotFoundError: no such case.
        ConflictError: as of `take`.
        InvalidError: nobody of that role there has this id, or the words are too long.
    """
    case = _task(work, asker, case_id)
    if case.assignee_person != asker.user_id and is_held(work, case):
        raise _taken()
    if given.person_id == case.assignee_person or given.person_id not in dict(colleagues(work, case)):
        raise InvalidError(
            N_("Передать задачу можно только коллеге с той же ролью в той же школе или ветви."),
            code="colleague",
        )
    return _give(
        work, _seen(case, revision), Happening.HANDED_OVER, given.person_id, _words(given.comment) or None
    )


def take_back(work: Work, asker: Asker, case_id: UUID, revision: int) -> Case:
    """Take a task from the colleague with whom it lies; a director who has not the role frees it for all.

    Raises:
        NotFoundError: no such case.
        ConflictError: closed, no task, not a task of who asks, with nobody, or changed meanwhile.
    """
    case = _open(work, case_id)
    own = has_task(work, asker, case)
    if not own and not may_free(work, asker, case):
        raise _not_yours()
    if case.assignee_person is None or case.assignee_person == asker.user_id:
        raise ConflictError(N_("Эта задача ни у кого из коллег не лежит."), code="task-free")
    kind, holder = (Happening.TAKEN, asker.user_id) if own else (Happening.PUT_BACK, None)
    return _give(work, _seen(case, revision), kind, holder)


def put_back(work: Work, asker: Asker, case_id: UUID, revision: int) -> Case:
    """Give one's own task back to all of the role.

    Raises:
        NotFoundError: no such case.
        ConflictError: closed, no task, not with who asks, or changed meanwhile.
    """
    case = _open(work, case_id)
    if case.assignee_person is None:
        raise ConflictError(N_("Эта задача ни у кого из коллег не лежит."), code="task-free")
    if case.assignee_person != asker.user_id:
        raise _taken()
    return _give(work, _seen(case, revision), Happening.PUT_BACK, None)


def comment(work: Work, case_id: UUID, revision: int, said: str) -> Case:
    """Say something about an open case: kept sealed, shown in its history.

    Raises:
        NotFoundError: no such case.
        ConflictError: closed, or changed meanwhile.
        InvalidError: nothing is said, or too much.
    """
    case = _seen(_open(work, case_id), revision)
    words = _words(said)
    if not words:
        raise InvalidError(N_("Напишите, что вы хотите сказать."), code="comment")
    said_of = replace(case, revision=case.revision + 1)
    moving.change(work, said_of, moving.Line(Happening.COMMENTED, case.state, note=words))
    return said_of


def colleagues(work: Work, case: Case) -> list[tuple[UUID, str]]:
    """List who may be given the task of a case: id and name; those of other schools never are among them."""
    if case.assignee_role is None:
        return []
    place = _place(work, case)
    held = roles.named_holders(work.connection, case.assignee_role, place, work.today)
    found = [(user_id, name) for user_id, name, right in held if _fits(right, case, place)]
    return list(dict.fromkeys(found))


def has_task(work: Work, asker: Asker, case: Case) -> bool:
    """Say whether a case's task is one of who asks: by his role in its place, or as a deputy's."""
    place = _place(work, case)
    return any(_fits(right, case, place) for right in asker.rights if right.role == case.assignee_role)


def is_held(work: Work, case: Case) -> bool:
    """Say whether a task lies with somebody who still has the role for it."""
    if case.assignee_person is None:
        return False
    rights = roles.rights_of(work.connection, case.assignee_person, work.today)
    return has_task(work, Asker(case.assignee_person, tuple(rights)), case)


def may_free(work: Work, asker: Asker, case: Case) -> bool:
    """Say whether who asks may take tasks from people there without having their role."""
    place = _place(work, case)
    return any(reaches(right, place) for right in rights_for(asker.rights, Action.USER_MANAGE))


def _fits(right: Right, case: Case, place: Place) -> bool:
    kinds = kinds_of(right)
    may_work = bool(rights_for([right], Action.CASE_ADVANCE))
    there = reaches(right, place)
    if right.scope is Scope.CLASS and case.subject.class_id is None:
        there = right.school_id is not None and right.school_id == case.school_id
    return may_work and there and (kinds is None or case.subject.kind in kinds)


def _place(work: Work, case: Case) -> Place:
    return replace(NAMES.place_of(work, case.school_id), classroom=case.subject.class_id)


def _task(work: Work, asker: Asker, case_id: UUID) -> Case:
    case = _open(work, case_id)
    if not has_task(work, asker, case):
        raise _not_yours()
    return case


def _open(work: Work, case_id: UUID) -> Case:
    case = find(work, case_id)
    if case.closed_at is not None:
        state = versions.definition_of(work.connection, case).state(case.state).title
        raise ConflictError(N_("Дело закрыто: «%(state)s»."), code="case-closed", state=state)
    return case


def _seen(case: Case, revision: int) -> Case:
    if case.revision != revision:
        raise ConflictError(
            N_("Дело уже изменил кто-то другой. Обновите страницу и посмотрите, что изменилось."),
            code="stale-revision",
        )
    return case


def _give(work: Work, case: Case, kind: Happening, person: UUID | None, note: str | None = None) -> Case:
    given = replace(case, revision=case.revision + 1, assignee_person=person)
    moving.change(work, given, moving.Line(kind, case.state, note=note, given_to=person))
    return given


def _words(said: str) -> str:
    words = said.strip()
    if len(words) > LONGEST_COMMENT:
        raise InvalidError(
            N_("Примечание длиннее %(most)s знаков: сократите его."), code="comment", most=LONGEST_COMMENT
        )
    return words


def _taken() -> ConflictError:
    return ConflictError(
        N_("Эту задачу уже взял другой сотрудник. Если она нужна вам, заберите её у него на странице дела."),
        code="task-taken",
    )


def _not_yours() -> ConflictError:
    return ConflictError(
        N_("У этого дела нет задачи для вас: её выполняет другая роль, или дело ждёт систему."),
        code="task-not-yours",
    )
